#include "schedule/board.h"

#include <gtest/gtest.h>

#include "schedule/board_fixture.h"

namespace sillar::schedule {
namespace {

class BoardTest : public testing::Test {
 protected:
  BoardTest() {
    board_.set_fleet(plain_fleet(2), Rules::kSillar);
    board_.set_projects(std::vector{plain_project("a", 16)});
  }

  WorkloadId add(std::int32_t tasks, std::int32_t gang_min, std::int32_t at_most = 0) {
    Workload work = plain_workload(fmt::format("w{}", board_.job_count()), tasks, 1);
    work.gang_min = gang_min;
    work.array_at_most = at_most;
    return board_.add_job(ProjectId{0}, work, {});
  }
  void start_one(WorkloadId job) {
    const ShapeId shape = board_.request(board_.job(job).request).alternatives.front();
    Placement place;
    ASSERT_TRUE(board_.fit(board_.shape(shape), NodeId{0}, Room::kNow, place));
    board_.start(board_.next_pending(job, 0), shape, place, Time{});
  }
  [[nodiscard]] std::int64_t requested() const {
    return board_.counters().requested[board_.at(ProjectId{0}, kFirstClass)] / kDevice;
  }
  [[nodiscard]] bool listed(WorkloadId job) const {
    const PendingKeys* const keys = board_.pending(ProjectId{0}).find(board_.job(job).request);
    return keys != nullptr && keys->contains(board_.pending_key(job));
  }
  [[nodiscard]] TaskId task(WorkloadId job, std::uint32_t i) const {
    return TaskId{board_.job(job).first_task + i};
  }

  Board board_;
};

TEST_F(BoardTest, AHeldJobAsksForNothingAndIsNotListed) {
  const WorkloadId job = add(4, 1);
  EXPECT_EQ(requested(), 4);
  board_.set_held(job, true);
  EXPECT_EQ(requested(), 0);
  EXPECT_FALSE(listed(job));
  EXPECT_FALSE(board_.job(job).wants_more());
  EXPECT_EQ(board_.check_invariants(), "");
  board_.set_held(job, false);
  EXPECT_EQ(requested(), 4);
  EXPECT_TRUE(listed(job));
}

TEST_F(BoardTest, HoldingIsTakenBackWithTheTransaction) {
  const WorkloadId job = add(2, 1);
  start_one(job);
  board_.begin();
  board_.set_held(job, true);
  board_.evict(task(job, 0));
  EXPECT_EQ(requested(), 0);
  board_.set_held(job, false);
  EXPECT_EQ(requested(), 2);
  board_.set_held(job, true);
  board_.rollback(0);
  board_.end();
  EXPECT_FALSE(board_.job(job).held);
  EXPECT_EQ(requested(), 2);
  EXPECT_TRUE(listed(job));
  EXPECT_EQ(board_.check_invariants(), "");
}

TEST_F(BoardTest, AnArrayAsksForNoMoreThanMayRunAtATime) {
  const WorkloadId job = add(5, 1, 2);
  EXPECT_EQ(requested(), 2);
  start_one(job);
  EXPECT_EQ(requested(), 2);
  EXPECT_TRUE(listed(job));
  start_one(job);
  EXPECT_EQ(requested(), 2);
  EXPECT_FALSE(listed(job));
  board_.evict(task(job, 0));
  EXPECT_EQ(requested(), 2) << "it will ask again in the place of the one that goes";
  EXPECT_FALSE(listed(job)) << "which still holds its device";
  board_.stopped(task(job, 0));
  EXPECT_TRUE(listed(job));
  board_.finish(task(job, 1));
  EXPECT_EQ(requested(), 2);
  EXPECT_EQ(board_.check_invariants(), "");
}

TEST_F(BoardTest, AParkedTaskIsLeftOver) {
  const WorkloadId job = add(2, 1);
  board_.park(task(job, 0));
  EXPECT_EQ(requested(), 1);
  EXPECT_EQ(board_.next_pending(job, 0), task(job, 1));
  start_one(job);
  EXPECT_FALSE(listed(job));
  EXPECT_EQ(board_.job(job).left(), 2);
  board_.unpark(task(job, 0));
  EXPECT_TRUE(listed(job));
  EXPECT_EQ(board_.check_invariants(), "");
}

class Twin : public BoardTest {
 public:
  using BoardTest::add;
  using BoardTest::board_;
  using BoardTest::requested;

 private:
  void TestBody() override {}
};

TEST_F(BoardTest, ItsBytesTellWhatIsHeldAndParked) {
  const WorkloadId held = add(3, 1);
  const WorkloadId array = add(4, 1, 1);
  board_.set_held(held, true);
  board_.park(task(held, 1));
  board_.park(task(array, 3));
  std::string bytes;
  board_.append_state(bytes);

  Twin other;
  other.add(3, 1);
  other.add(4, 1, 1);
  ByteReader in(bytes);
  ASSERT_TRUE(other.board_.read_state(in));
  EXPECT_TRUE(other.board_.job(held).held);
  EXPECT_EQ(other.board_.job(array).parked, 1);
  EXPECT_EQ(other.requested(), requested());
  std::string again;
  other.board_.append_state(again);
  EXPECT_EQ(again, bytes);
  EXPECT_EQ(other.board_.check_invariants(), "");
}

}  // namespace
}  // namespace sillar::schedule
