#include "engine/snapshot.h"

#include <gtest/gtest.h>

#include <set>

#include "base/hash.h"
#include "engine/fact_text.h"
#include "engine/random_life.h"
#include "engine/recording.h"
#include "engine/state_bytes.h"

namespace sillar {
namespace {

struct Engine {
  State state;
  Scratch scratch;

  explicit Engine(State from = {}) : state(std::move(from)) {}
  explicit Engine(const Input& first) {
    const auto facts = step(state, scratch, first);
    EXPECT_TRUE(facts.has_value()) << facts.error().message;
  }

  // Text of the input's facts.
  std::string feed(const Input& input) {
    const auto facts = step(state, scratch, input);
    return facts ? recorded_lines(state, input, *facts) : facts.error().message;
  }
};

Engine restored(const State& state) {
  const Snapshot snapshot = save(state);
  auto again = restore("snapshot", snapshot.bytes);
  EXPECT_TRUE(again.has_value()) << again.error().message;
  return Engine(again ? std::move(*again) : State{});
}

// What happened over all runs, so that the test knows that it tested something.
std::set<std::string> facts_in(const std::string& text) {
  std::set<std::string> found;
  constexpr std::string_view kStart = "{\"fact\":{\"fact\":\"";
  for (std::size_t at = text.find(kStart); at != text.npos; at = text.find(kStart, at + 1)) {
    const std::size_t from = at + kStart.size();
    found.insert(text.substr(from, text.find('"', from) - from));
  }
  return found;
}

TEST(Snapshot, ARestoredStateGoesOnAsIfNothingHadBeen) {
  std::set<std::string> seen;
  bool held = false, leased = false;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomLife life(seed);
    Engine one(life.configure());
    for (std::uint64_t i = 0; i < 40 + seed * 15; ++i) one.feed(life.next(one.state));
    Engine other = restored(one.state);
    ASSERT_EQ(state_hash(other.state), state_hash(one.state));
    ASSERT_EQ(other.state.board.check_invariants(), "");
    for (int i = 0; i < 150; ++i) {
      const Input input = life.next(one.state);
      const std::string told = one.feed(input);
      ASSERT_EQ(other.feed(input), told) << "input " << i;
      seen.merge(facts_in(told));
      if (i % 10 == 0) {
        ASSERT_EQ(state_hash(other.state), state_hash(one.state)) << "input " << i;
        held = held || !one.state.memory.holds.empty();
        leased = leased || !one.state.memory.rotation.leases.empty();
      }
      if (i % 50 == 49) other = restored(other.state);
    }
    EXPECT_EQ(state_hash(other.state), state_hash(one.state));
  }
  for (const char* fact : {"submitted",
                           "started",
                           "promised",
                           "promise-kept",
                           "evicted",
                           "moves",
                           "stopped",
                           "cancelled",
                           "finished",
                           "checkpointed",
                           "waits",
                           "health",
                           "price",
                           "held",
                           "rotation",
                           "ranks",
                           "cycle",
                           "workload-held",
                           "workload-released",
                           "confirmed",
                           "retries",
                           "backoff-ended",
                           "idle-began",
                           "idle-ended",
                           "idle-warned"})
    EXPECT_TRUE(seen.contains(fact)) << fact;
  EXPECT_TRUE(held);
  EXPECT_TRUE(leased);
}

TEST(Snapshot, DecidingLeavesTheStateAsItWas) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    RandomLife life(seed);
    Engine engine(life.configure());
    for (int i = 0; i < 120; ++i) {
      const Input input = life.next(engine.state);
      const std::string before = state_hash(engine.state);
      const auto facts = decide(engine.state, engine.scratch, input);
      ASSERT_EQ(state_hash(engine.state), before) << "seed " << seed << " input " << i;
      if (!facts) continue;
      (void)decide_explained(engine.state, engine.scratch, input.at);
      ASSERT_EQ(state_hash(engine.state), before) << "seed " << seed << " input " << i;
      for (const Fact& fact : *facts) apply(engine.state, fact);
      if (!facts->empty()) {
        EXPECT_NE(state_hash(engine.state), before);
      }
    }
  }
}

TEST(Snapshot, AForkLivesItsOwnLife) {
  RandomLife life(1);
  Engine trunk(life.configure());
  for (int i = 0; i < 60; ++i) trunk.feed(life.next(trunk.state));
  const std::string before = state_hash(trunk.state);
  Engine fork(trunk.state);
  RandomLife other = life;
  for (int i = 0; i < 60; ++i) fork.feed(other.next(fork.state));
  EXPECT_EQ(state_hash(trunk.state), before);
  EXPECT_NE(state_hash(fork.state), before);
  for (int i = 0; i < 60; ++i) trunk.feed(life.next(trunk.state));
  EXPECT_EQ(state_hash(trunk.state), state_hash(fork.state)) << "equal inputs, equal states";
}

TEST(Snapshot, AStateBeforeItsFirstInputIsOne) {
  const Engine again = restored(State{});
  EXPECT_EQ(again.state.world, nullptr);
  EXPECT_EQ(state_hash(again.state), state_hash(State{}));
}

State small_state() {
  RandomLife life(6);
  Engine engine(life.configure());
  for (int i = 0; i < 60; ++i) engine.feed(life.next(engine.state));
  return std::move(engine.state);
}

TEST(Snapshot, DamageOfAnyByteAndAnyCutIsRefused) {
  const Snapshot good = save(small_state());
  ASSERT_TRUE(restore("s", good.bytes).has_value());
  for (std::size_t i = 0; i < good.bytes.size(); ++i) {
    std::string bad = good.bytes;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    ASSERT_FALSE(restore("s", bad).has_value()) << "byte " << i;
    ASSERT_FALSE(restore("s", std::string_view(good.bytes).substr(0, i)).has_value()) << i;
  }
  const auto message = [](std::string_view bytes) { return restore("s", bytes).error().message; };
  EXPECT_EQ(message("PNG"), "s: this is not a snapshot");
  std::string bytes = good.bytes;
  bytes[8] = 9;
  EXPECT_EQ(message(bytes), "s: the snapshot is of version 9; this program reads version 2");
  EXPECT_NE(message(good.bytes + "x").find("bytes more"), std::string::npos);
  bytes = good.bytes;
  bytes.back() ^= 1;
  EXPECT_EQ(message(bytes), "s: the snapshot is damaged: its checksum differs");
}

// A state is told to be of another moment than it is, with a checksum that is right.
TEST(Snapshot, TimesAndAmountsThatCannotBeAreRefused) {
  const State good = small_state();
  ASSERT_GT(good.workloads.size(), 0U);
  ASSERT_TRUE(good.meter.has_value());
  const auto refused = [&](auto forge) {
    State bad = good;
    forge(bad);
    const auto state = restore("s", save(bad).bytes);
    return state ? std::string("it is not") : state.error().message;
  };
  const WorkloadId first{0};
  constexpr std::string_view kRecord = "s: the snapshot has an impossible record of a workload";
  constexpr std::string_view kJob = "s: the snapshot has a job at impossible times";
  for (const Time at : {Time{-1}, kTimeMax + Duration{1}, Time{INT64_MIN}, Time::never()}) {
    EXPECT_NE(refused([&](State& s) { s.now = at; }), "it is not");
    EXPECT_NE(refused([&](State& s) { s.remainders_carried = at; }), "it is not");
    EXPECT_EQ(refused([&](State& s) { s.memory.ranks.rebuild(at, {}); }),
              "s: the snapshot has impossible ranks");
    EXPECT_EQ(refused([&](State& s) { s.memory.holds = {{first, at, s.now, {}}}; }),
              "s: the snapshot has an impossible reservation");
    EXPECT_NE(refused([&](State& s) {
                Workload odd = *s.workloads[0].spec;
                odd.submitted = at;
                s.workloads[0].spec = std::make_shared<const Workload>(odd);
              }),
              "it is not");
    if (at == Time::never()) continue;
    EXPECT_EQ(refused([&](State& s) { s.workloads[0].first_started = at; }), kRecord);
    EXPECT_EQ(refused([&](State& s) { s.workloads[0].finished = at; }), kRecord);
    EXPECT_EQ(refused([&](State& s) { s.workloads[0].idle_since = at; }), kRecord);
    EXPECT_EQ(refused([&](State& s) { s.memory.rotation.leases = {{first, at, {}, {}}}; }),
              "s: the snapshot has an impossible lease");
  }
  const Duration long_ago = good.now - Time{0} + Duration{1};
  EXPECT_EQ(refused([&](State& s) { s.board.set_attained(first, long_ago); }), kJob);
  EXPECT_EQ(refused([&](State& s) { s.board.set_attained(first, Duration{-1}); }), kJob);
  EXPECT_EQ(refused([&](State& s) { s.workloads[0].queued = long_ago; }), kRecord);
  EXPECT_EQ(refused([&](State& s) { s.workloads[0].evictions = -1; }), kRecord);
  EXPECT_EQ(refused([&](State& s) { s.workloads[0].failed_tasks = 1'000'000; }), kRecord);
  EXPECT_EQ(refused([&](State& s) { s.workloads[0].lost_device_ns = -1; }), kRecord);
  EXPECT_EQ(refused([&](State& s) { s.memory.holds = {{first, s.now, Time::never(), {}}}; }),
            "s: the snapshot has an impossible reservation");
  EXPECT_EQ(refused([&](State& s) { s.memory.rotation.due = Time{INT64_MAX - 1}; }),
            "s: the snapshot has an impossible rotation");
  EXPECT_EQ(refused([&](State& s) { s.memory.rotation.leases = {{first, s.now, {}, long_ago}}; }),
            "s: the snapshot has an impossible lease");
  EXPECT_EQ(refused([&](State& s) { s.memory.remainder_carry.assign(1, INT64_MAX); }),
            "s: the snapshot has an impossible remainder");
  EXPECT_EQ(refused([&](State& s) { s.meter->close_hours(s.now + Duration::hours(2)); }),
            "s: the meter's state has an impossible account");
}

// Whoever makes the checksum right again still gets an error, or a state that is one.
TEST(Snapshot, ABodyThatNoStateGaveIsRefusedOrIsAState) {
  const State good = small_state();
  std::string body, ranks;
  append_state(body, good);
  good.memory.ranks.append_state(ranks);
  const std::size_t ranks_at = body.size() - ranks.size();  // Most of it, yet little of its make.
  Random random(1);
  int refused = 0;
  for (int round = 0; round < 1000; ++round) {
    std::string bad = body;
    const std::size_t at = random.below(random.below(8) == 0 ? bad.size() : ranks_at);
    bad[at] = static_cast<char>(random.below(256));
    const auto state = read_state("body", bad);
    if (!state) {
      ++refused;
      EXPECT_TRUE(state.error().message.starts_with("body")) << state.error().message;
      continue;
    }
    ASSERT_EQ(state->board.check_invariants(), "") << "byte " << at;
    std::string once, twice;
    append_state(once, *state);
    const auto again = read_state("again", once);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    append_state(twice, *again);
    ASSERT_EQ(once, twice) << "byte " << at;
    Engine engine(*again);
    for (const Duration later : {Duration::minutes(1), Duration::hours(50), kDurationMax})
      engine.feed({std::min(engine.state.now + later, kTimeMax), Decide{true}});
    ASSERT_EQ(engine.state.board.check_invariants(), "") << "byte " << at;
    if (engine.state.meter) (void)engine.state.meter->totals_at(kTimeMax);
  }
  EXPECT_GT(refused, 200);
  for (std::size_t cut = 0; cut < body.size(); cut += 1 + cut / 64)
    EXPECT_FALSE(read_state("body", std::string_view(body).substr(0, cut)).has_value()) << cut;
}

}  // namespace
}  // namespace sillar
