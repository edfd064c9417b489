#include "demo/script.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"
#include "base/json_writer.h"
#include "base/quantity.h"

namespace sillar::demo {
namespace {

constexpr Duration kRoundPause = Duration::hours(1);
// A stranger's work without a command: how long it takes, in real time.
constexpr Duration kUnscripted = Duration::minutes(5);
constexpr Duration kPullMin = Duration::seconds(20);  // Of trace time, from placement to start.
constexpr std::uint64_t kPullSpreadSeconds = 100;
// In so many attempts, by chance that follows from name and attempt: those that fail (the traces do
// not say of most jobs how they ended), and those whose machine is lost. Losses are by real time,
// so that at high speed not every machine is in quarantine.
constexpr std::uint64_t kAttempts = 100'000;
constexpr std::uint64_t kFailures = 4'000;
constexpr std::uint64_t kLossesAtSpeedOne = 24'000;
constexpr std::uint64_t kLossesMax = 1'000;
// Each further attempt goes on from a checkpoint, with half of what was left.
constexpr std::int32_t kHalvingsMax = 6;
// An owner says as limit a little more than double what it takes, and estimates a quarter too much.
constexpr std::int64_t kLimitTimes = 2;
constexpr Duration kLimitMin = Duration::minutes(30);

std::uint64_t chance(std::string_view salt, std::string_view name, std::int32_t attempt) {
  return hash_bytes(fmt::format("{}\n{}\n{}", salt, name, attempt)).low;
}

std::string duration_text(Duration duration) {
  return format_duration(Duration{std::max<std::int64_t>(duration.ns / 1'000'000, 1) * 1'000'000});
}

std::string_view kind_of(const Arrival& arrival) {
  if (arrival.team == kNotebooks) return "interactive";
  if (arrival.team == kServing) return "inference";
  return arrival.tasks > 1 || arrival.accelerators > 1 ? "training" : "batch";
}

void write_request(JsonWriter& json, const Arrival& arrival) {
  json.key("request").begin_object();
  if (arrival.accelerators > 0) json.field("accelerators", std::int64_t{arrival.accelerators});
  if (arrival.fraction > 0) json.field("fraction", std::int64_t{arrival.fraction});
  if (const std::string_view classes = team(arrival.team).classes;
      !classes.empty() && arrival.accelerators + arrival.fraction > 0) {
    json.key("classes").begin_array();
    std::string_view rest = classes;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(", "), rest.size());
      json.string(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    json.end_array();
  }
  if (arrival.cpu > 0) json.field("cpu", fmt::format("{}m", arrival.cpu));
  if (arrival.memory_bytes > 0)
    json.field("memory", fmt::format("{}Mi", arrival.memory_bytes >> 20));
  json.end_object();
}

}  // namespace

Script::Script(std::vector<Arrival> arrivals, std::int64_t speed)
    : arrivals_(std::move(arrivals)), speed_(speed) {
  CHECK(!arrivals_.empty(), "a script has arrivals");
  CHECK(speed_ >= 1 && speed_ <= kSpeedMax, "a speed within bounds");
  period_ = arrivals_.back().at + kRoundPause;
}

const Arrival& Script::arrival(std::uint64_t number) const {
  return arrivals_[number % arrivals_.size()];
}

Duration Script::at(std::uint64_t number) const {
  const auto round = static_cast<std::int64_t>(number / arrivals_.size());
  return real(Duration{period_.ns * round + arrival(number).at.ns});
}

std::string Script::name(std::uint64_t number) const {
  return fmt::format("{}-{:06}", short_name(team(arrival(number).team)), number);
}

std::optional<std::uint64_t> Script::number_of(std::string_view name) const {
  const std::size_t dash = name.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::string_view digits = name.substr(dash + 1);
  while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
  const auto number = parse_integer(digits);
  if (!number || *number < 0) return std::nullopt;
  const auto found = static_cast<std::uint64_t>(*number);
  return this->name(found) == name ? std::optional(found) : std::nullopt;
}

std::string Script::body(std::uint64_t number) const {
  const Arrival& arrival = this->arrival(number);
  const std::string name = this->name(number);
  const std::uint64_t odds = chance("body", name, 0);
  const bool serving = arrival.team == kServing;
  JsonWriter json;
  json.begin_object()
      .field("name", name)
      .field("project", team(arrival.team).project)
      .field("kind", kind_of(arrival))
      .field("priority",
             serving ? std::int64_t{100} : 40 + 10 * static_cast<std::int64_t>(odds % 3))
      .field_bool("preemptible", !serving);
  if (arrival.tasks > 1)
    json.key("gang")
        .begin_object()
        .field("min", std::int64_t{arrival.tasks})
        .field("max", std::int64_t{arrival.tasks})
        .end_object();
  write_request(json, arrival);
  json.field("estimate", duration_text(real(Duration{arrival.runs.ns / 4 * 5})));
  json.field("limit", duration_text(real(kLimitMin + arrival.runs * kLimitTimes)));
  json.key("retry")
      .begin_object()
      .field("limit", std::int64_t{1})
      .field("backoff", "2s")
      .end_object();
  json.key("labels").begin_object().field(
      "source", serving || arrival.team == kNotebooks ? "openb" : "philly");
  json.end_object().end_object();
  return json.take();
}

drivers::SimulatedRun Script::run(const drivers::LaunchOrder& order) const {
  drivers::SimulatedRun run;
  const std::string_view name = order.workload;
  run.starts_after = real(kPullMin + Duration::seconds(static_cast<std::int64_t>(
                                         chance("pull", name, 0) % kPullSpreadSeconds)));
  const auto number = number_of(name);
  if (!number) {
    run.ends_after = run.starts_after + kUnscripted;
    return run;
  }
  const Arrival& arrival = this->arrival(*number);
  const int halvings = std::clamp(order.attempt - 1, 0, kHalvingsMax);
  const Duration whole{real(arrival.runs).ns >> halvings};
  run.ends_after = run.starts_after + whole;
  const std::uint64_t odds = chance("end", name, order.attempt) % kAttempts;
  const std::uint64_t losses =
      std::min(kLossesAtSpeedOne / static_cast<std::uint64_t>(speed_), kLossesMax);
  if (odds >= kFailures + losses && !arrival.failed) return run;
  // Somewhere on the way.
  run.ends_after =
      run.starts_after + Duration{whole.ns / 8 * static_cast<std::int64_t>(1 + odds % 7)};
  if (odds >= kFailures && odds < kFailures + losses) {
    run.end = drivers::ObservationKind::kLost;
    run.message = "the machine went away";
    return run;
  }
  run.exit_code = 1;
  run.message = "simulated: the job failed";
  return run;
}

}  // namespace sillar::demo
