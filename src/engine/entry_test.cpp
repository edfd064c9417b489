#include "engine/entry.h"

#include <gtest/gtest.h>

#include <set>

#include "engine/engine.h"
#include "engine/random_life.h"
#include "engine/recording.h"

namespace sillar {
namespace {

// Applying what was kept is as good as having decided it, whatever happened.
TEST(Entry, FactsThatWereKeptGiveTheSameState) {
  std::set<std::size_t> kinds;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomLife life(seed);
    State decided;
    State applied;
    Scratch scratch;
    for (std::uint64_t i = 0; i < 120 + seed * 15; ++i) {
      const Input input = i == 0 ? life.configure() : life.next(decided);
      const auto facts = step(decided, scratch, input);
      if (!facts) continue;
      for (const Fact& fact : *facts) kinds.insert(fact.body.index());
      const std::string bytes = entry_bytes(input, *facts);
      const auto entry = read_entry("entry", bytes);
      ASSERT_TRUE(entry.has_value()) << entry.error().message;
      ASSERT_EQ(entry_bytes(entry->input, entry->facts), bytes);
      ASSERT_EQ(recorded_lines(decided, entry->input, entry->facts),
                recorded_lines(decided, input, *facts));
      const Status status = apply_entry(applied, "entry", bytes);
      ASSERT_TRUE(status.has_value()) << status.error().message;
      if (i % 20 == 0) {
        ASSERT_EQ(state_hash(applied), state_hash(decided)) << "input " << i;
      }
    }
    EXPECT_EQ(state_hash(applied), state_hash(decided));
    EXPECT_EQ(applied.board.check_invariants(), "");
  }
  EXPECT_GE(kinds.size(), 18U) << "the lives are full of events";
}

TEST(Entry, WhatIsCutShortOrTooLongIsRefused) {
  RandomLife life(3);
  State state;
  Scratch scratch;
  for (int i = 0; i < 60; ++i) {
    const Input input = i == 0 ? life.configure() : life.next(state);
    const auto facts = step(state, scratch, input);
    if (!facts) continue;
    const std::string bytes = entry_bytes(input, *facts);
    for (std::size_t cut = 0; cut < bytes.size(); cut += 1 + cut / 16)
      EXPECT_FALSE(read_entry("entry", std::string_view(bytes).substr(0, cut)).has_value());
    EXPECT_FALSE(read_entry("entry", bytes + '\0').has_value());
  }
}

TEST(Entry, AnotherVersionIsNamed) {
  std::string bytes = entry_bytes({Time{0}, Decide{true}}, {});
  bytes[0] = 8;  // Zigzag of 4.
  const auto entry = read_entry("journal: entry 7", bytes);
  ASSERT_FALSE(entry.has_value());
  EXPECT_EQ(entry.error().message,
            "journal: entry 7: the entry is of version 4; this program reads version 2");
}

TEST(Entry, FactsAboutWhatIsNotThereAreRefused) {
  RandomLife life(5);
  State state;
  Scratch scratch;
  const Input first = life.configure();
  ASSERT_TRUE(step(state, scratch, first).has_value());
  const Input input{first.at, Decide{true}};
  auto workload = std::make_shared<Workload>();
  workload->name = "w";
  workload->project = "nowhere";
  for (const FactBody& body : std::initializer_list<FactBody>{
           TaskStopped{TaskId{7}}, WorkloadCancelled{WorkloadId{0}},
           HealthChanged{NodeId{99}, -1, Health::kHealthy},
           HealthChanged{NodeId{0}, 99, Health::kHealthy}, PriceChanged{NodeId{99}, {}},
           NodesHeld{{{WorkloadId{0}, first.at, first.at, {}}}}, RemaindersCarried{{{9999, 1}}},
           RotationMoved{first.at, 0, {}, {WorkloadId{0}}}, Submitted{workload},
           NodeDrained{NodeId{99}, true}, FaultNoted{NodeId{0}, -1, WorkloadId{0}},
           QuarantineBegan{NodeId{0}, 99, {}, first.at, 0},
           ProbationBegan{NodeId{99}, -1, first.at}, QuarantineEnded{NodeId{0}, 99}}) {
    State copy = state;
    const Status status = apply_entry(copy, "entry", entry_bytes(input, {{first.at, body}}));
    EXPECT_FALSE(status.has_value()) << "kind " << body.index();
  }
  EXPECT_FALSE(apply_entry(state, "entry",
                           entry_bytes(input, {{first.at - Duration::seconds(1), CycleEnded{}}})))
      << "before what is known";
  State fresh;
  EXPECT_FALSE(apply_entry(fresh, "entry", entry_bytes(input, {{first.at, CycleEnded{}}})))
      << "before the first configuration";
}

}  // namespace
}  // namespace sillar
