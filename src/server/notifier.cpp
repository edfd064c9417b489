#include "server/notifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace sillar::server {
namespace {

// The clock may jump; so it is looked at now and then.
constexpr Duration kLookMost = Duration::seconds(30);
// Until the control thread has room again.
constexpr std::chrono::milliseconds kPostPause{200};

using Shared = std::shared_ptr<const Delivery>;

// The channel's deliveries that may go next: those due first, and no end before its beginning.
std::vector<Shared> handed_over(std::vector<Shared> pending) {
  std::set<std::string_view> beginning;
  for (const Shared& delivery : pending)
    if (!delivery->over()) beginning.insert(delivery->alert.id);
  std::erase_if(pending, [&](const Shared& delivery) {
    return delivery->over() && beginning.contains(delivery->alert.id);
  });
  const auto sooner = [](const Shared& a, const Shared& b) {
    return std::pair(a->next, a->number) < std::pair(b->next, b->number);
  };
  const std::size_t most = std::min(pending.size(), kHandedOverMax);
  std::partial_sort(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(most),
                    pending.end(), sooner);
  pending.resize(most);
  return pending;
}

}  // namespace

void settle_delivery(Core& core, const Delivery& attempted, const SendOutcome& sent) {
  const auto now = core.parts().alerts.delivery(attempted.id);
  if (now == nullptr || now->state != DeliveryState::kPending) return;
  if (now->attempts != attempted.attempts) return;
  const std::int32_t most = now->alert.code == AlertCode::kTest ? kTestTriesMax : kTriesMax;
  core.record(PartId::kAlerts,
              Alerts::attempted_record(now->id, core.now(),
                                       outcome_of(sent, now->tries, core.now(), most)));
}

Notifier::Notifier(NotifierOptions options, Post post)
    : options_(std::move(options)), post_(std::move(post)) {
  for (const AlertChannel& channel : options_.channels) {
    auto worker = std::make_unique<Worker>();
    worker->channel = &channel;
    worker->thread = std::thread([this, &mine = *worker] { run(mine); });
    workers_.push_back(std::move(worker));
  }
}

void Notifier::publish(const Core& core) {
  const Alerts& alerts = core.parts().alerts;
  if (alerts.revision() == seen_) return;
  seen_ = alerts.revision();
  std::map<std::string_view, std::vector<Shared>> pending;
  for (const auto& [number, delivery] : alerts.deliveries())
    if (delivery->state == DeliveryState::kPending) pending[delivery->channel].push_back(delivery);
  for (const auto& [name, deliveries] : pending) {
    if (find_channel(options_.channels, name) != nullptr) continue;
    const SendOutcome sent{Sent::kNever, fmt::format("there is no channel '{}'", name), {}};
    for (const Shared& delivery : deliveries)
      (void)post_([delivery, sent](Core& now) { settle_delivery(now, *delivery, sent); }, {});
  }
  {
    const std::lock_guard lock(mutex_);
    for (const auto& worker : workers_) {
      worker->queue = handed_over(std::move(pending[worker->channel->name]));
    }
  }
  wake_.notify_all();
}

void Notifier::wake() {
  const std::lock_guard lock(mutex_);
  wake_.notify_all();
}

void Notifier::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (const auto& worker : workers_)
    if (worker->thread.joinable()) worker->thread.join();
}

// Waits for a delivery that may be sent now. Null: it is time to stop.
Notifier::Shared Notifier::take_due(Worker& worker) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (stopping_) return nullptr;
    const Time now = options_.clock();
    Duration pause = kLookMost;
    for (const Shared& delivery : worker.queue) {
      if (delivery->next <= now) return delivery;
      pause = std::min(pause, delivery->next - now);
    }
    wake_.wait_for(lock, std::chrono::nanoseconds(pause.ns));
  }
}

// Until it is durable, or it is time to stop; then it is sent once more after the next start.
void Notifier::tell(Worker& worker, const Shared& delivery, const SendOutcome& sent) {
  const Act act = [delivery, sent](Core& core) { settle_delivery(core, *delivery, sent); };
  const Done done = [this, &worker](bool durable) {
    const std::lock_guard lock(mutex_);
    worker.told = durable ? Told::kDurable : Told::kLost;
    wake_.notify_all();
  };
  for (;;) {
    const bool posted = post_(act, done);
    std::unique_lock lock(mutex_);
    if (posted) wake_.wait(lock, [&] { return stopping_ || worker.told != Told::kNothing; });
    const Told told = std::exchange(worker.told, Told::kNothing);
    if (stopping_ || told == Told::kDurable) return;
    wake_.wait_for(lock, kPostPause, [&] { return stopping_; });
  }
}

void Notifier::run(Worker& worker) {
  while (const Shared delivery = take_due(worker)) {
    const drivers::Notice notice = notice_of(*delivery, *worker.channel, options_.installation);
    tell(worker, delivery, options_.send(*worker.channel, notice, options_.clock()));
  }
}

}  // namespace sillar::server
