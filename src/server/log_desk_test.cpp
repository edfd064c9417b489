#include "server/log_desk.h"

#include <gtest/gtest.h>

#include "drivers/local_fixture.h"
#include "drivers/log_files.h"

namespace sillar::server {
namespace {

// What leaves on one connection.
struct Seen {
  std::mutex mutex;
  std::condition_variable changed;
  net::Response head;
  std::string body;
  bool ended = false;

  void wait(const std::function<bool()>& until) {
    std::unique_lock lock(mutex);
    changed.wait(lock, until);
  }
};

class SeenStream : public net::EventStream {
 public:
  explicit SeenStream(Seen& seen) : seen_(seen) {}
  bool write(std::string chunk) override {
    note([&] { seen_.body += chunk; });
    return true;
  }
  void close() override {
    note([&] { seen_.ended = true; });
  }
  void on_close(std::function<void()>) override {}

 private:
  void note(const std::function<void()>& what) {
    {
      const std::lock_guard lock(seen_.mutex);
      what();
    }
    seen_.changed.notify_all();
  }
  Seen& seen_;
};

class SeenExchange : public net::Exchange {
 public:
  explicit SeenExchange(Seen& seen) : seen_(seen) {}
  void answer(net::Response response) override {
    {
      const std::lock_guard lock(seen_.mutex);
      seen_.head = std::move(response);
      seen_.ended = true;
    }
    seen_.changed.notify_all();
  }
  std::shared_ptr<net::EventStream> stream(net::Response head, std::size_t) override {
    const std::lock_guard lock(seen_.mutex);
    seen_.head = std::move(head);
    return std::make_shared<SeenStream>(seen_);
  }

 private:
  Seen& seen_;
};

class LogDeskTest : public testing::Test {
 protected:
  std::shared_ptr<Call> call() {
    return std::make_shared<Call>(net::Request{},
                                  net::Responder(std::make_unique<SeenExchange>(seen_)));
  }
  [[nodiscard]] std::string folder() const { return base_.path() + "/tasks"; }

  Seen seen_;
  drivers::TemporaryFolder base_;
  std::string token_ = std::string(32, 'a');
  drivers::Descriptor tasks_ = std::move(*drivers::make_folder(base_.path() + "/tasks", 0700));
  drivers::TaskFolder task_ =
      std::move(*drivers::TaskFolder::create(tasks_.get(), folder(), token_));
};

TEST_F(LogDeskTest, WithoutFollowingItEndsWithWhatIsThere) {
  drivers::LogWriter writer(task_.get(), drivers::LogStream::kOutput, 1 << 20);
  writer.write("one\ntwo\n");
  LogDesk desk(folder());
  desk.answer(call(), {token_, drivers::LogStream::kOutput, 4, false});
  seen_.wait([&] { return seen_.ended; });
  EXPECT_EQ(seen_.body, "two\n");
  EXPECT_EQ(*seen_.head.header("Sillar-Log-Offset"), "4");
}

TEST_F(LogDeskTest, FollowingSeesWhatComesAndEndsWithTheDesk) {
  drivers::LogWriter writer(task_.get(), drivers::LogStream::kOutput, 1 << 20);
  writer.write("one\n");
  LogDesk desk(folder());
  desk.answer(call(), {token_, drivers::LogStream::kOutput, 0, true});
  seen_.wait([&] { return seen_.body == "one\n"; });
  writer.write("two\n");
  seen_.wait([&] { return seen_.body == "one\ntwo\n"; });
  EXPECT_EQ(desk.readers(), 1U);
  desk.stop();
  EXPECT_TRUE(seen_.ended);
}

TEST_F(LogDeskTest, WhatIsNotThereIsAProblem) {
  LogDesk desk(folder());
  desk.answer(call(), {std::string(32, 'b'), drivers::LogStream::kOutput, 0, true});
  seen_.wait([&] { return seen_.ended; });
  EXPECT_EQ(seen_.head.status, 404);
  desk.stop();
  desk.answer(call(), {token_, drivers::LogStream::kOutput, 0, false});
  EXPECT_EQ(seen_.head.status, 503);
}

}  // namespace
}  // namespace sillar::server
