#include "demo/feeder.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <fstream>

#include "base/document.h"
#include "base/quantity.h"

namespace sillar::demo {
namespace {

constexpr Duration kLookPace = Duration::seconds(2);
constexpr std::size_t kPositionBytesMax = 64;

}  // namespace

Feeder::Feeder(FeederOptions options, const Script& script)
    : options_(std::move(options)), script_(script) {}

Result<std::unique_ptr<Feeder>> Feeder::open(FeederOptions options, const Script& script) {
  std::unique_ptr<Feeder> feeder(new Feeder(std::move(options), script));
  for (const std::string& key : feeder->options_.keys) {
    SILLAR_TRY(client, server::ApiClient::open({feeder->options_.url, key, {}}));
    feeder->clients_.push_back(std::move(client));
  }
  SILLAR_TRY_STATUS(feeder->load());
  feeder->began_ = feeder->options_.clock();
  feeder->queues_.resize(feeder->clients_.size());
  feeder->began_at_ = script.at(feeder->next_);
  return feeder;
}

// "NEXT SUBMITTED"
Status Feeder::load() {
  const auto text = read_file(options_.position, kPositionBytesMax);
  if (!text && text.error().code == ErrorCode::kNotFound) return {};
  if (!text) return tl::unexpected(text.error());
  const char* end = text->data() + text->size();
  const auto next = std::from_chars(text->data(), end, next_);
  if (next.ec == std::errc{} && next.ptr != end && *next.ptr == ' ' &&
      std::from_chars(next.ptr + 1, end, submitted_).ec == std::errc{})
    return {};
  return invalid(
      fmt::format("{}: two numbers were expected, where the demo is; remove the file to begin anew",
                  options_.position));
}

// Without a sync: what a power cut takes back is submitted again, and there once.
void Feeder::save() {
  const std::string fresh = options_.position + ".new";
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << next_ << ' ' << submitted_ << '\n';
    if (!out.flush()) return;
  }
  (void)std::rename(fresh.c_str(), options_.position.c_str());
}

Time Feeder::due() const {
  return began_ + (script_.at(next_) - began_at_);
}

void Feeder::remark_once(const std::string& text) {
  if (text != last_remark_) options_.remark(text);
  last_remark_ = text;
}

bool Feeder::queue_is_long(std::size_t team, Time now) {
  Queue& queue = queues_[team];
  if (now - queue.looked < kLookPace) return queue.is_long;
  queue.looked = now;
  const auto answer = clients_[team].get("/api/v1/queue?limit=1");
  const Value* count = answer ? answer->root.find("waiting") : nullptr;
  if (count == nullptr) return queue.is_long;
  queue.is_long = parse_integer(count->scalar).value_or(0) >= options_.waiting_max;
  return queue.is_long;
}

bool Feeder::submit(std::uint64_t number) {
  const auto answer = clients_[script_.arrival(number).team].post(
      "/api/v1/workloads", script_.body(number),
      fmt::format("demo-{}-{}", number, script_.speed()));
  if (answer) {
    ++submitted_;
    return true;
  }
  const Error& error = answer.error();
  switch (error.code) {
    case ErrorCode::kConflict:  // There already.
      return true;
    case ErrorCode::kIo:
    case ErrorCode::kLimit:  // The server is busy, or ends.
      return false;
    case ErrorCode::kDenied:
      options_.remark(fmt::format(
          "The demo feeds no more: {} Remove {} to have its keys made anew at the next start.",
          error.message, "demo-keys"));
      ended_ = true;
      return false;
    default:
      remark_once(fmt::format("{} was refused; {}", script_.name(number), error.message));
      return true;
  }
}

Time Feeder::advance() {
  const Time now = options_.clock();
  const std::uint64_t before = next_;
  for (int i = 0; i < kAtOnce && !ended_ && due() <= now; ++i) {
    if (submitted_ >= options_.submitted_max) {
      options_.remark(fmt::format(
          "The demo has submitted {} workloads and feeds no more; for another round, start it with "
          "another --data folder.",
          submitted_));
      ended_ = true;
      break;
    }
    if (queue_is_long(script_.arrival(next_).team, now)) {
      ++passed_over_;
    } else if (!submit(next_)) {
      break;
    }
    ++next_;
  }
  if (next_ != before) save();
  return ended_ ? Time::never() : due();
}

}  // namespace sillar::demo
