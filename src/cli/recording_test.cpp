// Recordings through the product's own verbs: replay without a difference, snapshots that questions
// start from, and facts that are equal in every build.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "base/random.h"
#include "cli/cli_fixture.h"
#include "cli/recorder.h"
#include "cli/view.h"
#include "engine/snapshot.h"

namespace sillar::cli {
namespace {

// `jobs` jobs of one to sixteen GPUs, about one in three minutes, over five projects.
std::string philly_trace(int jobs) {
  Random random(7);
  std::string text = "timestamp,cluster,num_gpus,duration\n";
  Time at = Time::from_seconds(1'506'816'000);
  for (int i = 0; i < jobs; ++i) {
    at = at + Duration::seconds(static_cast<std::int64_t>(random.below(360)));
    std::string stamp = format_time(at).substr(0, 19);
    stamp[10] = ' ';
    const std::uint64_t gpus = random.below(3) == 0 ? std::uint64_t{1} << random.below(5) : 1;
    const std::uint64_t seconds = 60 + random.below(random.below(8) == 0 ? 40'000 : 4'000);
    text += fmt::format("{},vc{},{},{}\n", stamp, random.below(5), gpus, seconds);
  }
  return text;
}

std::vector<std::string> words(std::vector<std::string> more) {
  std::vector<std::string> all{"simulate", "--trace", "trace.csv", "--format", "philly",
                               "--gpus",   "48",      "-q",        "-o",       "json"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// A run with faults and prices, recorded in the folder "dir".
TestProcess recorded(int jobs) {
  TestProcess process;
  process.files["trace.csv"] = philly_trace(jobs);
  const Outcome outcome =
      process.run(words({"--record", "dir", "--device-mtbf", "40d", "--device-repair", "4h",
                         "--prices", "examples/data/gpu-prices/catalog.csv"}));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  return process;
}

Value answer(const Outcome& outcome) {
  const auto document = parse_document("answer", outcome.out);
  EXPECT_TRUE(document.has_value()) << outcome.out << outcome.err;
  return document ? document->root : Value{};
}

std::int64_t number(const Value& value, std::string_view path) {
  const Value* found = find_path(value, path);
  return found == nullptr ? -1 : std::stoll(found->scalar);
}

TEST(Recording, TenThousandInputsReplayWithoutADifference) {
  TestProcess process = recorded(2600);
  ASSERT_TRUE(process.files.contains("dir/snapshot-10000.bin"));
  ASSERT_TRUE(process.files.contains("dir/snapshot-20000.bin"));

  const Value all = answer(process.run({"replay", "dir", "-q", "-o", "json"}));
  EXPECT_GE(number(all, "inputs"), 20'000);
  EXPECT_EQ(number(all, "snapshots"), 3);
  EXPECT_EQ(number(all, "differences"), 0);
  const Value last = answer(process.run({"replay", "dir", "--last", "-q", "-o", "json"}));
  EXPECT_EQ(number(last, "inputs"), number(all, "inputs") - 20'000);
  EXPECT_EQ(number(last, "snapshots"), 1) << "the one at the end";
  EXPECT_EQ(number(last, "differences"), 0);

  // Questions start from the snapshot before them, and say the same without it.
  const std::string& text = process.files["dir/recording.jsonl"];
  const std::size_t mark = text.find("{\"snapshot\":");
  const std::size_t at = text.find("\"at\":\"", mark) + 6;
  const std::string after =
      format_time(*parse_time(text.substr(at, text.find('"', at) - at)) + Duration::hours(1));
  const std::vector<std::string> explain{"explain", "job-00600", "--recording", "dir",
                                         "--at",    after,       "-o",          "json"};
  const Outcome with = process.run(explain);
  EXPECT_EQ(with.code, 0) << with.err;
  EXPECT_EQ(with.err, "");
  process.files["dir/snapshot-10000.bin"][1000] ^= 1;
  const Outcome without = process.run(explain);
  EXPECT_EQ(without.out, with.out);
  EXPECT_NE(without.err.find("checksum"), std::string::npos) << without.err;

  const Outcome damaged = process.run({"replay", "dir", "-q", "-o", "json"});
  EXPECT_EQ(damaged.code, 1);
  EXPECT_EQ(number(answer(damaged), "differences"), 1);
  EXPECT_NE(damaged.out.find("snapshot-10000.bin holds another state"), std::string::npos);
}

// What comes before the snapshot that is used is not read: here it could not be.
TEST(Recording, QuestionsGoBackToASnapshotThatCanBeUsed) {
  TestProcess process = recorded(2600);
  const std::string& text = process.files["dir/recording.jsonl"];
  const std::string last =
      last_snapshot(text, Time::never()).value_or(SnapshotPlace{}).mark.file_name();
  ASSERT_TRUE(process.files.contains("dir/" + last));
  const std::vector<std::string> question{"explain", "job-00600", "--recording",
                                          "dir",     "-o",        "json"};
  const Outcome fast = process.run(question);
  EXPECT_EQ(fast.code, 0) << fast.err;

  process.files["dir/recording.jsonl"][0] = 'x';
  process.files["dir/" + last][1000] ^= 1;
  const Outcome from_second = process.run(question);
  EXPECT_EQ(from_second.out, fast.out);
  EXPECT_NE(from_second.err.find(last), std::string::npos) << from_second.err;
  process.files.erase("dir/snapshot-20000.bin");
  const Outcome from_first = process.run(question);
  EXPECT_EQ(from_first.out, fast.out);
  EXPECT_EQ(from_first.err, from_second.err) << "only the first is spoken of";
  process.files["dir/snapshot-10000.bin"] = "";
  EXPECT_EQ(process.run(question).code, 2);
}

TEST(Recording, ASnapshotsLineIsHeldAgainstTheState) {
  TestProcess process = recorded(1800);
  ASSERT_TRUE(process.files.contains("dir/snapshot-10000.bin"));
  const std::string kept = process.files["dir/snapshot-10000.bin"];
  std::string& text = process.files["dir/recording.jsonl"];
  const std::size_t state = text.find("\"state\":\"") + 9;
  text[state] = text[state] == '0' ? '1' : '0';
  const Value changed = answer(process.run({"replay", "dir", "-q", "-o", "json"}));
  EXPECT_EQ(number(changed, "differences"), 1);
  const Outcome last = process.run({"replay", "dir", "--last"});
  EXPECT_EQ(last.code, 2);
  EXPECT_NE(last.err.find("speaks of another state"), std::string::npos) << last.err;

  process.files["dir/snapshot-10000.bin"] = "";
  EXPECT_EQ(process.run({"replay", "dir", "--last"}).code, 2);
  process.files.erase("dir/snapshot-10000.bin");
  EXPECT_EQ(process.run({"replay", "dir", "--last"}).code, 3);
}

// Its checksum is right, and it tells of a wait that began before anything could.
TEST(Recording, AForgedSnapshotIsRefusedAsADamagedOneIs) {
  TestProcess process = recorded(1800);
  std::string& file = process.files["dir/snapshot-10000.bin"];
  auto state = restore("kept", file);
  ASSERT_TRUE(state.has_value()) << state.error().message;
  state->workloads[0].queued = kDurationMax;
  file = save(*state).bytes;
  const Outcome last = process.run({"replay", "dir", "--last"});
  EXPECT_EQ(last.code, 2);
  EXPECT_EQ(
      last.err,
      "sillar: dir/snapshot-10000.bin: the snapshot has an impossible record of a workload\n");
}

// However short, a recording ends with the state that it came to.
TEST(Recording, AShortOneHasASnapshotAtItsEnd) {
  TestProcess process = recorded(20);
  const std::string& text = process.files["dir/recording.jsonl"];
  const std::size_t mark = text.rfind("{\"snapshot\":");
  ASSERT_NE(mark, std::string::npos);
  EXPECT_EQ(text.find('\n', mark), text.size() - 1) << "its line is the last";
  const Value all = answer(process.run({"replay", "dir", "-q", "-o", "json"}));
  const std::string file = fmt::format("dir/snapshot-{}.bin", number(all, "inputs"));
  ASSERT_TRUE(process.files.contains(file));
  EXPECT_EQ(number(all, "snapshots"), 1);
  EXPECT_EQ(number(all, "differences"), 0);

  // Nothing follows it, so the last stretch is all of it.
  const Value last = answer(process.run({"replay", "dir", "--last", "-q", "-o", "json"}));
  EXPECT_EQ(number(last, "inputs"), number(all, "inputs"));
  EXPECT_EQ(number(last, "snapshots"), 1);
  EXPECT_EQ(number(last, "differences"), 0);

  // Questions about the end are answered from it, and alike without it.
  process.files["more.yaml"] = "- {name: more, project: philly/vc1, request: {accelerators: 8}}\n";
  const std::string end(text.substr(text.find("\"at\":\"", mark) + 6, 20));
  for (const std::vector<std::string>& question :
       {std::vector<std::string>{"explain", "job-00007", "--recording", "dir", "-o", "json"},
        {"explain", "job-00007", "--recording", "dir", "--at", end, "-o", "json"},
        {"plan", "more.yaml", "--recording", "dir", "-o", "json"}}) {
    TestProcess without = process;
    without.files[file][1000] ^= 1;
    const Outcome fast = process.run(question);
    EXPECT_EQ(fast.code, 0) << fast.err;
    EXPECT_EQ(fast.err, "");
    const Outcome slow = without.run(question);
    EXPECT_EQ(slow.out, fast.out);
    EXPECT_NE(slow.err.find("checksum"), std::string::npos) << slow.err;
  }
}

// Decisions, ledgers and states may depend on nothing but the inputs: not on the build, its
// sanitizers or the machine. Every build checks its facts against these hashes. They change with
// the rules of scheduling; then the new ones are what this test prints, once the change is meant.
TEST(Recording, FactsAndStatesAreEqualInEveryBuild) {
  TestProcess process = recorded(1800);
  std::string facts;
  std::string state;
  const std::string& text = process.files["dir/recording.jsonl"];
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    const std::string_view line = std::string_view(text).substr(at, end - at);
    if (line.starts_with("{\"fact\":")) facts += line;
    if (line.starts_with("{\"snapshot\":")) state = line.substr(line.size() - 36, 32);
    at = end;
  }
  EXPECT_EQ(hash_bytes(facts).hex(), "83a22b40fef7374582761640e2d80eb9");
  EXPECT_EQ(state, "e91879149d23562730f7e8badb6177cf");
}

}  // namespace
}  // namespace sillar::cli
