// Answers that go on: net/responder.h over a server.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "net/net_fixture.h"

namespace sillar::net {
namespace {

// A server whose handler streams, and hands each stream to the test.
class Streams : public testing::Test {
 protected:
  explicit Streams(std::size_t bytes_max = kStreamBytesMax) : bytes_max_(bytes_max) {}

  std::shared_ptr<EventStream> open(RawClient& client, std::string_view request = get("/")) {
    opened_ = {};
    client.send(request);
    return opened_.get_future().get();
  }

  const std::size_t bytes_max_;
  std::promise<std::shared_ptr<EventStream>> opened_;
  std::unique_ptr<Server> server_ = start([this](const Request&, Responder responder) {
    opened_.set_value(responder.stream(
        {.headers = {{"Content-Type", "text/plain"}}, .body = "head;"}, bytes_max_));
  });
};

class NarrowStreams : public Streams {
 protected:
  NarrowStreams() : Streams(100'000) {}
};

TEST_F(Streams, SendsChunksAsTheyComeAndEndsTheBody) {
  RawClient client(server_->port());
  const auto stream = open(client);
  EXPECT_NE(client.read_until("\r\n\r\n")
                .find("Transfer-Encoding: chunked\r\n"
                      "Connection: close\r\n\r\n"),
            std::string::npos);
  EXPECT_EQ(client.read_until("head;\r\n"), "5\r\nhead;\r\n");
  EXPECT_TRUE(stream->write("one"));
  EXPECT_EQ(client.read_until("one\r\n"), "3\r\none\r\n");
  EXPECT_TRUE(stream->write(""));  // Says nothing, and ends nothing.
  EXPECT_TRUE(stream->write("0123456789abcdef"));
  std::promise<void> closed;
  stream->on_close([&] { closed.set_value(); });
  EXPECT_EQ(server_->counts().streams_open, 1U);
  stream->close();
  EXPECT_EQ(client.read_all(), "10\r\n0123456789abcdef\r\n0\r\n\r\n");
  closed.get_future().wait();
  EXPECT_FALSE(stream->write("more"));
  EXPECT_EQ(server_->counts().streams_open, 0U);
  bool at_once = false;
  stream->on_close([&] { at_once = true; });
  EXPECT_TRUE(at_once);
}

TEST_F(Streams, SendsPlainBytesToHttp10) {
  RawClient client(server_->port());
  const auto stream = open(client, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
  stream->write("one");
  stream->close();
  EXPECT_TRUE(client.read_all().ends_with("Connection: close\r\n\r\nhead;one"));
}

TEST_F(Streams, SendsOnlyTheHeadToHead) {
  RawClient client(server_->port());
  const auto stream = open(client, "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(client.read_all().ends_with("\r\n\r\n"));
}

TEST_F(Streams, LearnsThatAnIdleClientHasLeft) {
  RawClient client(server_->port());
  const auto stream = open(client);
  client.read_until("head;\r\n");
  std::promise<void> closed;
  stream->on_close([&] { closed.set_value(); });
  client.close();
  closed.get_future().wait();
  EXPECT_FALSE(stream->write("one"));
}

TEST_F(NarrowStreams, CutsOffAClientThatReadsTooSlowly) {
  RawClient client(server_->port());
  const auto stream = open(client);
  std::promise<void> closed;
  stream->on_close([&] { closed.set_value(); });
  // More than the kernel's buffers of both sides take.
  const std::string chunk(1000, 'x');
  std::size_t written = 0;
  while (stream->write(chunk)) ASSERT_LT(++written, 1'000'000U);
  closed.get_future().wait();
  EXPECT_FALSE(stream->write("more"));
  // What was sent can be read, and then it is cut short: there is no last chunk.
  EXPECT_FALSE(client.read_all().ends_with("0\r\n\r\n"));
}

TEST_F(NarrowStreams, TakesNoChunkBeyondItsLimit) {
  RawClient client(server_->port());
  const auto stream = open(client);
  EXPECT_FALSE(stream->write(std::string(100'000, 'x')));
  EXPECT_FALSE(stream->write("small"));
  client.read_all();
}

TEST_F(Streams, KeepsTheOrderOfEachOfManyWriters) {
  RawClient client(server_->port());
  const auto stream = open(client);
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w)
    writers.emplace_back([&, w] {
      for (int i = 0; i < 1000; ++i) EXPECT_TRUE(stream->write(fmt::format("{}:{};", w, i)));
    });
  for (std::thread& writer : writers) writer.join();
  stream->close();
  std::string all = client.read_all();
  for (int w = 0; w < 4; ++w) {
    std::size_t at = 0;
    for (int i = 0; i < 1000; ++i) {
      at = all.find(fmt::format("\n{}:{};", w, i), at);
      ASSERT_NE(at, std::string::npos) << w << ":" << i;
    }
  }
}

TEST_F(Streams, EndsProperlyWhenTheServerDrains) {
  RawClient client(server_->port());
  const auto stream = open(client);
  client.read_until("head;\r\n");
  stream->write("last");
  EXPECT_TRUE(server_->drain(Duration::seconds(20)));
  EXPECT_EQ(client.read_all(), "4\r\nlast\r\n0\r\n\r\n");
  EXPECT_FALSE(stream->write("more"));
}

TEST_F(Streams, OutlivesTheServer) {
  RawClient client(server_->port());
  const auto stream = open(client);
  std::promise<void> closed;
  stream->on_close([&] { closed.set_value(); });
  server_.reset();
  closed.get_future().wait();
  EXPECT_FALSE(stream->write("more"));
  stream->close();
}

TEST_F(Streams, IgnoresWhatTheClientStillSays) {
  RawClient client(server_->port());
  const auto stream = open(client, get("/") + get("/second"));
  client.send(get("/third"));
  client.read_until("head;\r\n");
  stream->write("one");
  stream->close();
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "3\r\none\r\n0\r\n\r\n");
  EXPECT_EQ(server_->counts().requests_total, 1U);
}

TEST_F(Streams, CutsOffAClientThatWillNotStopTalking) {
  RawClient client(server_->port());
  const auto stream = open(client);
  std::promise<void> closed;
  stream->on_close([&] { closed.set_value(); });
  client.send(std::string(100'000, 'x'));
  closed.get_future().wait();
}

TEST(StreamsOfALaterAnswer, MayBeginOnAnyThread) {
  std::promise<Responder> asked;
  const auto server =
      start([&](const Request&, Responder responder) { asked.set_value(std::move(responder)); });
  RawClient client(server->port());
  client.send(get("/"));
  Responder responder = asked.get_future().get();
  const auto stream = responder.stream({});
  stream->write("one");
  stream->close();
  EXPECT_TRUE(client.read_all().ends_with("3\r\none\r\n0\r\n\r\n"));
}

TEST(StreamsOfALaterAnswer, EndAtOnceWhenTheClientHasLeft) {
  std::promise<Responder> asked;
  const auto server =
      start([&](const Request&, Responder responder) { asked.set_value(std::move(responder)); });
  Responder responder;
  {
    RawClient client(server->port());
    client.send(get("/"));
    responder = asked.get_future().get();
  }
  const auto stream = responder.stream({});
  std::promise<void> closed;
  stream->on_close([&] { closed.set_value(); });
  closed.get_future().wait();
}

// A responder without a connection, as a test of a handler has it.
TEST(Responder, AnswersWhomeverItWasMadeFor) {
  class Kept final : public Exchange {
   public:
    explicit Kept(std::vector<int>& statuses) : statuses_(statuses) {}
    void answer(Response response) override { statuses_.push_back(response.status); }
    std::shared_ptr<EventStream> stream(Response head, std::size_t) override {
      statuses_.push_back(head.status);
      return nullptr;
    }

   private:
    std::vector<int>& statuses_;
  };
  std::vector<int> statuses;
  {
    Responder responder(std::make_unique<Kept>(statuses));
    EXPECT_TRUE(responder.pending());
    responder.send({.status = 201});
    EXPECT_FALSE(responder.pending());
    Responder dropped(std::make_unique<Kept>(statuses));
    Responder replaced(std::make_unique<Kept>(statuses));
    replaced = std::move(dropped);
    EXPECT_EQ(statuses, (std::vector<int>{201, 500}));
    EXPECT_EQ(replaced.stream({.status = 203}), nullptr);
  }
  EXPECT_EQ(statuses, (std::vector<int>{201, 500, 203}));
}

}  // namespace
}  // namespace sillar::net
