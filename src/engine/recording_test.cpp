#include "engine/recording.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "schedule/board_fixture.h"

namespace sillar {
namespace {

constexpr Time kStart = Time::from_seconds(1'767'225'600);

// A small cluster under random arrivals, finishes, stops and faults.
std::string record_random_run(std::uint64_t seed, int inputs) {
  auto world = std::make_shared<World>();
  world->fleet = schedule::plain_fleet(6);
  world->projects = {schedule::plain_project("a", 24), schedule::plain_project("b", 16),
                     schedule::plain_project("c", 0, 2)};
  world->options.now = kStart;
  for (std::size_t n = 0; n < 6; ++n)
    world->prices.push_back({{40 * Money::kUnit, {}}, 8 * Money::kUnit, "test"});
  State state;
  Scratch scratch;
  Random random(seed);
  std::string text;
  Time now = kStart;
  const auto feed = [&](const auto& body) {
    const Input input{now, body};
    const auto facts = step(state, scratch, input);
    ASSERT_TRUE(facts.has_value()) << facts.error().message;
    text += recorded_lines(state, input, *facts);
  };
  feed(Configure{world});
  for (int i = 0; i < inputs; ++i) {
    now = now + Duration::seconds(static_cast<std::int64_t>(random.below(120)));
    const std::uint64_t dice = random.below(10);
    if (dice < 4) {
      const auto devices = static_cast<std::int32_t>(1 + random.below(8));
      Workload w = schedule::plain_workload(
          "w" + std::to_string(i), static_cast<std::int32_t>(1 + random.below(3)), devices);
      w.project = std::string(1, static_cast<char>('a' + random.below(3)));
      w.submitted = now;
      w.preemptible = random.below(4) != 0;
      w.priority = static_cast<std::int32_t>(random.below(3)) * 10;
      feed(Submit{std::make_shared<const Workload>(w)});
    } else if (dice < 8 && state.board.task_count() > 0) {
      const TaskId task{static_cast<std::uint32_t>(random.below(state.board.task_count()))};
      feed(TaskObserved{task, random.below(2) == 0 ? TaskEvent::kStopped : TaskEvent::kSucceeded});
    } else if (dice == 8) {
      feed(HealthObserved{NodeId{static_cast<std::uint32_t>(random.below(6))},
                          static_cast<std::int32_t>(random.below(8)),
                          random.below(3) == 0 ? Health::kQuarantined : Health::kHealthy});
    }
    feed(Decide{random.below(2) == 0});
    EXPECT_EQ(state.board.check_invariants(), "");
  }
  return text;
}

TEST(Recording, ReplaysWithoutADifference) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const std::string text = record_random_run(seed, 150);
    const auto replayed = replay("recording", text);
    ASSERT_TRUE(replayed.has_value()) << replayed.error().message;
    EXPECT_EQ(replayed->differences, 0U) << "seed " << seed;
    EXPECT_GT(replayed->facts, 200U);
  }
}

TEST(Recording, TellsWhatDiffers) {
  std::string text = record_random_run(3, 40);
  const std::size_t at = text.find("\"started\"");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 9, "\"stormed\"");
  const auto replayed = replay("recording", text);
  ASSERT_TRUE(replayed.has_value()) << replayed.error().message;
  EXPECT_EQ(replayed->differences, 1U);
  EXPECT_NE(replayed->first[0].recorded, replayed->first[0].decided);
}

TEST(Recording, RefusesWhatIsNone) {
  EXPECT_FALSE(replay("recording", "").has_value());
  EXPECT_FALSE(replay("recording", "{\"fact\":{}}\n").has_value());
  EXPECT_FALSE(
      replay("recording", "{\"input\":{\"at\":\"2026-01-01T00:00:00Z\",\"decide\":true}}\n")
          .has_value());
}

}  // namespace
}  // namespace sillar
