#include "server/issuer_desk.h"

#include <chrono>

namespace sillar::server {

IssuerDesk::IssuerDesk(IssuerDeskOptions options)
    : options_(std::move(options)), keys_(options_.sources, options_.fetch) {
  if (!options_.sources.empty()) thread_ = std::thread([this] { run(); });
}

IssuerDesk::~IssuerDesk() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void IssuerDesk::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    if (keys_.refresh(options_.clock(), options_.remark)) options_.changed(keys_.issuers());
    lock.lock();
    wake_.wait_for(lock, std::chrono::nanoseconds(options_.pace.ns), [&] { return stopping_; });
  }
}

}  // namespace sillar::server
