#include "server/journal_check.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>

#include <utility>

#include "journal/sqlite_store.h"

namespace sillar::server {

JournalCheck::JournalCheck(std::string folder, std::function<void(const std::string&)> remark)
    : folder_(std::move(folder)), remark_(std::move(remark)), thread_([this] { run(); }) {}

JournalCheck::~JournalCheck() {
  stops_ = true;
  wait();
}

void JournalCheck::wait() {
  if (thread_.joinable()) thread_.join();
}

void JournalCheck::run() {
  const sched_param none{};
  // What the system does not grant costs a little time of others.
  (void)::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &none);
  for (;;) {
    journal::Mark began;
    const Status checked = check_once(began);
    if (stops_) return;
    if (checked) {
      health_ = JournalHealth::kIntact;
      return;
    }
    // Entries that were forgotten meanwhile are missing, and nothing is wrong with that.
    if (const auto again = open_for_reading(); again && again->first().seq > began.seq) continue;
    health_ = JournalHealth::kDamaged;
    remark_(fmt::format("the journal is damaged: {}", checked.error().message));
    return;
  }
}

Result<journal::Journal> JournalCheck::open_for_reading() const {
  SILLAR_TRY(store, journal::open_sqlite(folder_, journal::Access::kRead));
  return journal::Journal::open(std::move(store), journal::Access::kRead);
}

Status JournalCheck::check_once(journal::Mark& began) {
  SILLAR_TRY(opened, open_for_reading());
  began = opened.first();
  return opened.verify(began, opened.last(), [this](const journal::Mark&) { return !stops_; });
}

}  // namespace sillar::server
