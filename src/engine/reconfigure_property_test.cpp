// Random lives in worlds that change: whatever comes and goes, ids stay, no task is lost, nothing
// is over-committed, the meter's sums close, and a restart, a snapshot and a replay give the same
// state.

#include <gtest/gtest.h>

#include <map>

#include "engine/entry.h"
#include "engine/fact_text.h"
#include "engine/recording.h"
#include "engine/snapshot.h"
#include "engine/world_life.h"

namespace sillar {
namespace {

using schedule::Phase;

template <class Record>
void expect_same_places(const std::vector<Record>& before, const std::vector<Record>& after) {
  ASSERT_GE(after.size(), before.size());
  for (std::size_t i = 0; i < before.size(); ++i) ASSERT_EQ(after[i].name, before[i].name);
}

// What healthy devices of nodes that are there add up to, by class.
std::vector<std::int64_t> capacity_of(const State& state) {
  std::vector<std::int64_t> capacity(state.board.resources());
  for (std::size_t n = 0; n < state.board.node_count(); ++n) {
    const schedule::NodeState& node = state.board.node(NodeId{n});
    const Node& record = state.world->fleet.nodes[n];
    const bool down = node.health == Health::kSuspect || node.health == Health::kQuarantined;
    if (record.retired || down) continue;
    capacity[kCpu] += record.cpu;
    capacity[kMemory] += record.memory_bytes;
    for (std::size_t d = 0; d < node.device_count; ++d) {
      const Health health = node.devices[d].health;
      if (health == Health::kHealthy || health == Health::kProbation)
        capacity[state.board.resource_of(record.accelerator_class)] += kDevice;
    }
  }
  return capacity;
}

// The integral of every node's price, kept beside the meter.
class Bill {
 public:
  void note(const State& state) {
    for (std::size_t n = 0; n < price_.size(); ++n) sum_[n] += price_[n] * (state.now - at_).ns;
    at_ = state.now;
    price_.resize(state.prices.size());
    sum_.resize(state.prices.size());
    for (std::size_t n = 0; n < price_.size(); ++n)
      price_[n] = state.world->fleet.nodes[n].retired ? 0 : state.prices[n].per_hour.nanos;
  }
  void expect_equal(const State& state) {
    note(state);
    const MeterTotals totals = state.meter->totals_at(state.now);
    constexpr Int128 kHour = Duration::hours(1).ns;
    Int128 billed = 0;
    for (std::size_t n = 0; n < sum_.size(); ++n) {
      ASSERT_TRUE(totals.nodes[n].billed_nanos == (sum_[n] + kHour / 2) / kHour) << "node " << n;
      billed += totals.nodes[n].billed_nanos;
    }
    ASSERT_TRUE(billed == totals.billed_nanos);
    ASSERT_TRUE(totals.billed_nanos == totals.workload_nanos + totals.idle_nanos);
  }

 private:
  Time at_;
  std::vector<Int128> price_, sum_;
};

std::map<TaskId, Phase> phases(const State& state) {
  std::map<TaskId, Phase> out;
  for (std::size_t t = 0; t < state.board.task_count(); ++t)
    out[TaskId{t}] = state.board.task(TaskId{t}).phase;
  return out;
}

// A change moves only the tasks that it says it moves.
void expect_told_moves(const std::map<TaskId, Phase>& before, const State& after,
                       const std::vector<Fact>& facts) {
  std::map<TaskId, Phase> expected = before;
  for (const Fact& fact : facts) {
    if (const auto* evicted = std::get_if<TaskEvicted>(&fact.body)) {
      ASSERT_EQ(expected[evicted->task], Phase::kRunning);
      expected[evicted->task] = Phase::kStopping;
    } else if (const auto* withdrawn = std::get_if<PromiseWithdrawn>(&fact.body)) {
      if (expected[withdrawn->task] == Phase::kReserved)
        expected[withdrawn->task] = Phase::kPending;
    }
  }
  ASSERT_EQ(phases(after), expected);
}

struct Seen {
  int changed = 0, refused = 0, evicting = 0, withdrawing = 0, retired = 0;
};

class ChangingWorld {
 public:
  ChangingWorld(std::uint64_t seed, Seen& seen) : life_(seed), seen_(seen) {}

  void run(int inputs) {
    for (int i = 0; i < inputs; ++i) {
      SCOPED_TRACE(testing::Message() << "input " << i);
      feed(i == 0 ? life_.configure() : life_.next(state_));
      if (testing::Test::HasFatalFailure()) return;
      if (i % 25 == 24) restore_and_compare();
      if (testing::Test::HasFatalFailure()) return;
    }
    bill_.expect_equal(state_);
    const auto replayed = replay("recording", text_);
    ASSERT_TRUE(replayed.has_value()) << replayed.error().message;
    EXPECT_EQ(replayed->differences, 0U) << replayed->first.front().recorded << "\n"
                                         << replayed->first.front().decided;
    EXPECT_EQ(state_hash(replayed->state), state_hash(state_));
  }

 private:
  void feed(const Input& input) {
    const std::shared_ptr<const World> before = state_.world;
    const std::map<TaskId, Phase> phases_before = phases(state_);
    const std::string hash_before = before ? state_hash(state_) : "";
    const auto facts = decide(state_, scratch_, input);
    if (before) {
      ASSERT_EQ(state_hash(state_), hash_before) << "deciding leaves the state alone";
    }
    const bool change = before && std::holds_alternative<Configure>(input.body);
    if (!facts) {
      seen_.refused += change ? 1 : 0;
      return;
    }
    bill_.note(state_);
    for (const Fact& fact : *facts) apply(state_, fact);
    bill_.note(state_);
    text_ += recorded_lines(state_, input, *facts);
    const std::string bytes = entry_bytes(input, *facts);
    const Status applied = apply_entry(followed_, "entry", bytes);
    ASSERT_TRUE(applied.has_value()) << applied.error().message;
    ASSERT_EQ(state_.board.check_invariants(), "");
    ASSERT_EQ(state_.board.capacities(), capacity_of_rules());
    if (change && !facts->empty()) check_change(*before, phases_before, input, *facts);
  }

  [[nodiscard]] std::vector<std::int64_t> capacity_of_rules() const { return capacity_of(state_); }

  void check_change(const World& before, const std::map<TaskId, Phase>& phases_before,
                    const Input& input, const std::vector<Fact>& facts) {
    ++seen_.changed;
    expect_same_places(before.fleet.nodes, state_.world->fleet.nodes);
    expect_same_places(before.fleet.classes, state_.world->fleet.classes);
    expect_same_places(before.projects, state_.world->projects);
    expect_told_moves(phases_before, state_, facts);
    ASSERT_EQ(state_hash(followed_), state_hash(state_)) << "applied from its bytes";
    for (const Fact& fact : facts) {
      seen_.evicting += std::holds_alternative<TaskEvicted>(fact.body) ? 1 : 0;
      seen_.withdrawing += std::holds_alternative<PromiseWithdrawn>(fact.body) ? 1 : 0;
    }
    for (const Node& node : state_.world->fleet.nodes) seen_.retired += node.retired ? 1 : 0;
    const auto again = decide(state_, scratch_, input);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    ASSERT_TRUE(again->empty()) << "what is there already is no change";
    const auto text = world_from("world", world_value(*state_.world));
    ASSERT_TRUE(text.has_value()) << text.error().message;
    ASSERT_EQ(world_hash(**text), world_hash(*state_.world));
    ASSERT_TRUE(**text == *state_.world) << "a world is what its text says";
  }

  void restore_and_compare() {
    const Snapshot snapshot = save(state_);
    auto restored = restore("snapshot", snapshot.bytes);
    ASSERT_TRUE(restored.has_value()) << restored.error().message;
    ASSERT_EQ(state_hash(*restored), snapshot.state_hash);
    ASSERT_EQ(restored->board.check_invariants(), "");
    state_ = std::move(*restored);
    scratch_ = Scratch();
  }

  WorldLife life_;
  Seen& seen_;
  State state_, followed_;
  Scratch scratch_;
  Bill bill_;
  std::string text_;
};

TEST(Reconfigure, WhateverComesAndGoesNothingIsLost) {
  Seen seen;
  for (std::uint64_t seed = 0; seed < 30 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    ChangingWorld(seed, seen).run(220);
  }
  EXPECT_GT(seen.changed, 200);
  EXPECT_GT(seen.refused, 50);
  EXPECT_GT(seen.evicting, 10);
  EXPECT_GT(seen.withdrawing, 3);
  EXPECT_GT(seen.retired, 50);
}

}  // namespace
}  // namespace sillar
