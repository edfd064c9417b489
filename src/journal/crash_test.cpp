// Kill -9 at any moment: what was acknowledged is there, batches are whole, the chain is intact.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "base/random.h"
#include "journal/journal_fixture.h"

namespace sillar::journal {
namespace {

constexpr std::size_t kSnapshotEvery = 7;  // Batches.

// Entry `i` of a batch of `size`: by these a reader knows whether batches are whole.
std::string body_of(std::size_t i, std::size_t size, Random& random) {
  return fmt::format("{} {} {}", i, size, std::string(random.below(3000), 'x'));
}

// Appends until it is killed, and tells the pipe each number that was acknowledged. Never returns.
[[noreturn]] void write_until_killed(const std::string& folder, int pipe, std::uint64_t seed) {
  constexpr int kFailed = 3;
  Random random(seed);
  auto journal = open_journal(folder, Access::kWrite);
  if (!journal) ::_exit(kFailed);
  for (std::size_t batch = 1;; ++batch) {
    std::vector<std::string> bodies(1 + random.below(20));
    for (std::size_t i = 0; i < bodies.size(); ++i) bodies[i] = body_of(i, bodies.size(), random);
    if (!journal->append(journal->last().seq + 1, bodies)) ::_exit(kFailed);
    const std::uint64_t seq = journal->last().seq;
    if (::write(pipe, &seq, sizeof(seq)) != sizeof(seq)) ::_exit(kFailed);
    if (batch % kSnapshotEvery != 0) continue;
    if (!journal->keep_snapshot("state " + std::to_string(seq))) ::_exit(kFailed);
    if (!journal->trim({.entries_max = 50})) ::_exit(kFailed);
  }
}

// Kills a writer after a random number of acknowledgements and a random while; the last number that
// it told.
std::uint64_t kill_a_writer(const std::string& folder, Random& random) {
  std::array<int, 2> pipe{};
  EXPECT_EQ(::pipe(pipe.data()), 0);
  const std::uint64_t seed = random.below(1'000'000);
  const pid_t child = ::fork();
  EXPECT_GE(child, 0);
  if (child == 0) {
    ::close(pipe[0]);
    write_until_killed(folder, pipe[1], seed);
  }
  ::close(pipe[1]);
  std::uint64_t told = 0;
  const auto next = [&] {
    std::uint64_t seq = 0;
    if (::read(pipe[0], &seq, sizeof(seq)) != sizeof(seq)) return false;
    told = seq;
    return true;
  };
  for (std::uint64_t acks = random.below(25); acks > 0 && next(); --acks) {
  }
  for (std::uint64_t spin = random.below(400'000); spin > 0; --spin) asm volatile("");
  EXPECT_EQ(::kill(child, SIGKILL), 0);
  while (next()) {  // What it said before it died counts.
  }
  ::close(pipe[0]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it failed by itself";
  return told;
}

// Batches from the first whole one that is kept.
void expect_whole_batches(Journal& journal) {
  Mark at = journal.first();
  std::size_t next = 0;
  std::size_t size = 0;
  bool begun = false;
  for (;;) {
    const auto chunk = journal.read(at);
    ASSERT_TRUE(chunk.has_value()) << chunk.error().message;
    if (chunk->rows.empty()) break;
    for (const Row& row : chunk->rows) {
      const std::size_t blank = row.body.find(' ');
      const std::size_t i = std::stoul(row.body);
      if (i == 0) {
        EXPECT_TRUE(!begun || next == size) << "a batch is cut before entry " << row.mark.seq;
        size = std::stoul(row.body.substr(blank + 1));
        begun = true;
      } else if (begun) {
        EXPECT_EQ(i, next) << "entry " << row.mark.seq;
      }
      next = i + 1;
    }
    at = chunk->end;
  }
  EXPECT_TRUE(!begun || next == size) << "the last batch is cut";
}

// SILLAR_CRASH_ROUNDS asks for more than the few that every run has.
int rounds() {
  constexpr int kRounds = 20;
  const char* asked = std::getenv("SILLAR_CRASH_ROUNDS");
  return asked == nullptr ? kRounds : std::atoi(asked);
}

TEST(Crash, NothingThatWasAcknowledgedIsLostAndNoBatchIsCut) {
  const TestFolder scratch;
  const std::string folder = scratch.path("journal");
  Random random(20261124);
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < rounds(); ++round) {
    SCOPED_TRACE(testing::Message() << "round " << round);
    acknowledged = std::max(acknowledged, kill_a_writer(folder, random));
    auto journal = open_journal(folder, Access::kWrite);
    ASSERT_TRUE(journal.has_value()) << journal.error().message;
    EXPECT_GE(journal->last().seq, acknowledged);
    const Status verified = journal->verify(journal->first(), journal->last());
    EXPECT_TRUE(verified.has_value()) << verified.error().message;
    expect_whole_batches(*journal);
    const auto snapshots = journal->snapshots();
    ASSERT_TRUE(snapshots.has_value());
    EXPECT_LE(snapshots->size(), kSnapshotsKept + 1) << "one may have just been put";
    for (const std::uint64_t seq : *snapshots) {
      const auto kept = journal->snapshot(seq);
      EXPECT_TRUE(kept.has_value()) << kept.error().message;
    }
  }
  EXPECT_GT(acknowledged, 200U);
}

}  // namespace
}  // namespace sillar::journal
