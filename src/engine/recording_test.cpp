#include "engine/recording.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"
#include "engine/random_life.h"
#include "engine/snapshot.h"
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

// A random life, with a snapshot every ten inputs.
struct Kept {
  std::string text;
  std::map<std::string, std::string> files;

  Result<std::string> file(const std::string& name) const {
    const auto found = files.find(name);
    if (found == files.end()) return fail(ErrorCode::kNotFound, name);
    return found->second;
  }
};

Kept keep_random_life(std::uint64_t seed) {
  RandomLife life(seed);
  State state;
  Scratch scratch;
  Kept kept;
  std::uint64_t inputs = 0;
  for (Input input = life.configure(); inputs < 95; input = life.next(state)) {
    const auto facts = step(state, scratch, input);
    if (!facts) continue;
    kept.text += recorded_lines(state, input, *facts);
    if (++inputs % 10 != 0) continue;
    Snapshot snapshot = save(state);
    const SnapshotMark mark{inputs, input.at, snapshot.state_hash};
    kept.text += mark.line();
    kept.files[mark.file_name()] = std::move(snapshot.bytes);
  }
  return kept;
}

TEST(Recording, ReplaysFromAnySnapshot) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    SCOPED_TRACE(seed);
    const Kept kept = keep_random_life(seed);
    ReplayOptions options;
    options.snapshot_file = [&](const std::string& name) { return kept.file(name); };
    const auto all = replay("recording", kept.text, options);
    ASSERT_TRUE(all.has_value()) << all.error().message;
    EXPECT_EQ(all->differences, 0U);
    EXPECT_EQ(all->snapshots, 9U);

    std::set<std::uint64_t> starts;
    Time until = Time::never();
    while (auto place = last_snapshot(kept.text, until)) {
      auto state = restore("snapshot", *kept.file(place->mark.file_name()));
      ASSERT_TRUE(state.has_value()) << state.error().message;
      starts.insert(place->mark.inputs);
      const auto rest =
          replay_from({std::move(*state), place->mark.inputs, place->line}, "recording",
                      std::string_view(kept.text).substr(place->offset), options);
      ASSERT_TRUE(rest.has_value()) << rest.error().message;
      EXPECT_EQ(rest->differences, 0U);
      EXPECT_EQ(rest->inputs, 95 - place->mark.inputs);
      EXPECT_EQ(state_hash(rest->state), state_hash(all->state));
      until = place->mark.at - Duration{1};
    }
    EXPECT_GT(starts.size(), 3U);
  }
}

TEST(Recording, TellsWhereASnapshotDiffers) {
  Kept kept = keep_random_life(1);
  const auto differences = [&](const std::string& text) {
    ReplayOptions options;
    options.snapshot_file = [&](const std::string& name) { return kept.file(name); };
    auto replayed = replay("recording", text, options);
    EXPECT_TRUE(replayed.has_value());
    return replayed ? std::move(replayed->first) : std::vector<ReplayDifference>{};
  };
  EXPECT_TRUE(differences(kept.text).empty());
  const std::size_t line = kept.text.find("{\"snapshot\"");
  std::string other = kept.text;
  other.replace(kept.text.find("\"state\":\"", line) + 9, 1, "x");
  const auto found = differences(other);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].input, 10U);
  EXPECT_EQ(static_cast<std::ptrdiff_t>(found[0].line),
            1 + std::count(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(line), '\n'));
  kept.files["snapshot-10.bin"] += "x";
  ASSERT_EQ(differences(kept.text).size(), 1U);
  EXPECT_EQ(differences(kept.text)[0].decided, "snapshot-10.bin holds another state");
  kept.files.erase("snapshot-10.bin");
  EXPECT_EQ(differences(kept.text).size(), 1U);
}

TEST(Recording, StartsOnlyFromALineThatIsWrittenSo) {
  const std::string good =
      "x\n{\"snapshot\":{\"inputs\":1,\"at\":\"2026-01-01T00:00:00Z\",\"state\":\"ab\"}}\n";
  const auto place = last_snapshot(good, Time::never());
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->offset, good.size());
  EXPECT_EQ(place->line, 3U);
  EXPECT_EQ(place->mark.state_hash, "ab");
  EXPECT_FALSE(last_snapshot(good, Time{}));
  EXPECT_FALSE(last_snapshot(std::string_view(good).substr(0, good.size() - 1), Time::never()));
  std::string spaced = good;
  spaced.insert(spaced.find(','), " ");
  EXPECT_FALSE(last_snapshot(spaced, Time::never()));
  EXPECT_TRUE(last_snapshot(good + spaced, Time::never()));
  EXPECT_FALSE(last_snapshot("\n{\"snapshot\":", Time::never()));
  EXPECT_FALSE(last_snapshot("", Time::never()));
}

}  // namespace
}  // namespace sillar
