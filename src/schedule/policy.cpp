#include "schedule/policy.h"

#include "base/check.h"

namespace sillar::schedule {
namespace {

struct Entry {
  std::string_view name;
  Rules rules;
  QueueOrder order;
  std::vector<Action> actions;
};

// All backfill without reservations: what does not fit lets others pass.
const std::vector<Entry>& table() {
  using enum Action;
  static const std::vector<Entry> entries{
      // In order of submission; nothing is interrupted.
      {"fifo", Rules::kSillar, QueueOrder::kFifo, {kAllocate}},
      // Shortest first by true run times; nothing is interrupted.
      {"sjf", Rules::kSillar, QueueOrder::kSjf, {kAllocate}},
      // Least attained service in two queues, with rotation and consolidation.
      {"las", Rules::kSillar, QueueOrder::kLas, {kRotate, kStale}},
      // The project furthest below its share goes first; nothing is interrupted.
      {"fair", Rules::kSillar, QueueOrder::kShares, {kAllocate}},
      // KAI Scheduler's rules and phases.
      {"kai",
       Rules::kKai,
       QueueOrder::kShares,
       {kAllocate, kConsolidate, kReclaim, kPreempt, kStale}},
      // Learned ranks with rotation and leases. What rotation leaves over is filled afterwards.
      {"sillar", Rules::kSillar, QueueOrder::kRank, {kRotate, kAllocate, kStale}},
  };
  return entries;
}

}  // namespace

std::optional<Policy> find_policy(std::string_view name) {
  for (const Entry& entry : table()) {
    if (entry.name != name) continue;
    Policy policy;
    policy.rules = entry.rules;
    policy.options.order = entry.order;
    policy.options.actions = entry.actions;
    policy.options.reservations = false;
    if (entry.rules == Rules::kKai) policy.options.consolidation_victims_max = 16;
    return policy;
  }
  return std::nullopt;
}

CycleOptions policy_options(std::string_view name) {
  const std::optional<Policy> policy = find_policy(name);
  CHECK(policy.has_value(), "callers look names up first");
  return policy->options;
}

std::vector<std::string_view> policy_names() {
  std::vector<std::string_view> names;
  for (const Entry& entry : table()) names.push_back(entry.name);
  return names;
}

}  // namespace sillar::schedule
