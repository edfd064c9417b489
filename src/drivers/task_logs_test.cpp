#include "drivers/task_logs.h"

#include "drivers/local_fixture.h"
#include "drivers/log_files.h"

namespace sillar::drivers {
namespace {

std::string whole_log(const std::string& folder, const std::string& token, std::size_t step) {
  std::string text;
  std::int64_t offset = 0;
  for (;;) {
    const auto chunk = read_log(folder, token, LogStream::kOutput, offset, step);
    if (!chunk) return chunk.error().message;
    if (chunk->bytes.empty()) return text;
    if (chunk->offset > offset) text += '|';
    text += chunk->bytes;
    offset = chunk->next();
  }
}

struct WrittenLog {
  TemporaryFolder base;
  std::string token = std::string(kTokenDigits, 'a');
  Descriptor tasks = std::move(*make_folder(base.path() + "/tasks", 0700));
  TaskFolder task = std::move(*TaskFolder::create(tasks.get(), folder(), token));

  [[nodiscard]] std::string folder() const { return base.path() + "/tasks"; }
};

TEST(TaskLogs, TheBeginningAndTheEndOfALongLogStay) {
  const WrittenLog log;
  LogWriter writer(log.task.get(), LogStream::kOutput, 16);
  EXPECT_EQ(whole_log(log.folder(), log.token, 100), "");
  writer.write("abcdefghijklmnop");
  EXPECT_EQ(whole_log(log.folder(), log.token, 100), "abcdefghijklmnop");
  writer.write("q");
  EXPECT_EQ(whole_log(log.folder(), log.token, 100), "abcd|ijklmnopq");
  writer.write("rstuvwxyz");
  EXPECT_EQ(whole_log(log.folder(), log.token, 100), "abcd|qrstuvwxyz");
  EXPECT_EQ(whole_log(log.folder(), log.token, 3), "abcd|qrstuvwxyz");
  const auto chunk = read_log(log.folder(), log.token, LogStream::kOutput, 6, 2);
  ASSERT_TRUE(chunk);
  EXPECT_EQ(chunk->offset, 16);
  EXPECT_EQ(chunk->bytes, "qr");
  EXPECT_EQ(chunk->size, 26);
  EXPECT_FALSE(chunk->ended);
  const auto past = read_log(log.folder(), log.token, LogStream::kOutput, 1000);
  EXPECT_EQ(past->next(), 26);
  EXPECT_EQ(past->bytes, "");
}

TEST(TaskLogs, SegmentsAreReadFromTheirNames) {
  const std::string third = segment_name(LogStream::kOutput, 30);
  const std::string first = segment_name(LogStream::kOutput, 0);
  const auto found = segments_of(LogStream::kOutput,
                                 {third, "output.1", "output.", "order", first,
                                  "output.-00000000000000001", segment_name(LogStream::kError, 7)});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], (LogSegment{0, first}));
  EXPECT_EQ(found[1], (LogSegment{30, third}));
}

TEST(TaskLogs, NothingOfAnotherKind) {
  const WrittenLog log;
  EXPECT_EQ(read_log(log.folder(), "../x", LogStream::kOutput, 0).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(read_log(log.folder(), log.token, LogStream::kOutput, -1).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(
      read_log(log.folder(), std::string(kTokenDigits, 'b'), LogStream::kOutput, 0).error().code,
      ErrorCode::kNotFound);
}

class TaskLogsTest : public LocalTest {};

TEST_F(TaskLogsTest, ALogIsFollowedToItsEnd) {
  options.log_bytes_max = 40'000;
  open();
  LaunchOrder long_one = shell(1, "seq 1 100000; echo end");
  long_one.run.output = "all";
  launch(long_one);
  std::string text;
  LogChunk chunk;
  do {
    const auto read = read_log(options.folder, token(1), LogStream::kOutput, chunk.next());
    ASSERT_TRUE(read) << read.error().message;
    chunk = *read;
    text += chunk.bytes;
  } while (!chunk.ended || chunk.next() < chunk.size);
  EXPECT_TRUE(text.starts_with("1\n2\n"));
  EXPECT_TRUE(text.ends_with("99999\n100000\nend\n"));
  EXPECT_EQ(wait_end(1).exit_code, 0);
  const auto all = std::filesystem::file_size(options.work_folder + "/" + token(1) + "/all");
  EXPECT_EQ(chunk.size, static_cast<std::int64_t>(all));
}

TEST_F(TaskLogsTest, RetentionTakesTheOldestFirst) {
  open();
  for (const int i : {1, 2, 3}) {
    launch(shell(i, "head -c 10000 /dev/zero; mkdir -p deep/er; touch deep/er/file"));
    wait_end(i);
  }
  Fifo ready(base.path() + "/ready");
  launch(shell(4, fmt::format("echo ready >{}; exec sleep 1000", ready.path())));
  EXPECT_EQ(ready.line(), "ready");
  for (const int i : {1, 2}) ASSERT_TRUE(driver->forget(token(i)));
  const auto remove = [&](std::int64_t bytes, Duration age) {
    const auto removed = remove_old_logs(options.folder, options.work_folder,
                                         {.bytes_max = bytes, .age_max = age}, wall_clock());
    EXPECT_TRUE(removed);
    return removed ? removed->tasks : -1;
  };
  EXPECT_EQ(remove(1 << 20, Duration::hours(1)), 0);
  EXPECT_EQ(remove(28'000, Duration::hours(1)), 1);
  EXPECT_NE(log(1).find("No such file"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(options.work_folder + "/" + token(1)));
  EXPECT_EQ(log(2).size(), 10'000U);
  // One is not forgotten, one runs: they stay, whatever the bound.
  EXPECT_EQ(remove(0, Duration{}), 1);
  EXPECT_EQ(log(3).size(), 10'000U);
  EXPECT_EQ(log(4), "");
  stop(4, Duration{});
  wait_end(4);
}

TEST(RemoveTree, DeepFoldersAndLinks) {
  TemporaryFolder base;
  const Descriptor parent(::open(base.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::filesystem::create_directories(base.path() + "/kept/inside");
  std::filesystem::create_directories(base.path() + "/gone");
  std::filesystem::create_directory_symlink(base.path() + "/kept", base.path() + "/gone/link");
  std::string deep = base.path() + "/gone";
  for (int i = 0; i < 200; ++i) deep += "/d";
  std::filesystem::create_directories(deep);
  EXPECT_TRUE(remove_tree(parent.get(), "gone"));
  EXPECT_TRUE(remove_tree(parent.get(), "gone"));
  EXPECT_FALSE(std::filesystem::exists(base.path() + "/gone"));
  EXPECT_TRUE(std::filesystem::exists(base.path() + "/kept/inside"));
}

}  // namespace
}  // namespace sillar::drivers
