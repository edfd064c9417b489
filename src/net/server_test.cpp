#include "net/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"
#include "net/net_fixture.h"

namespace sillar::net {
namespace {

// Keeps requests for somebody else to answer.
class Shelf {
 public:
  Handler handler() {
    return [this](Request request, Responder responder) {
      const std::lock_guard lock(mutex_);
      paths_.push_back(request.path);
      responders_.push_back(std::move(responder));
      changed_.notify_all();
    };
  }
  std::vector<Responder> take(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return responders_.size() >= count; });
    return std::exchange(responders_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> paths_;
  std::vector<Responder> responders_;
};

// Waits for something that other threads bring about, by being told.
class Signal {
 public:
  void raise() {
    const std::lock_guard lock(mutex_);
    raised_ = true;
    changed_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(kPatienceMs), [&] { return raised_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool raised_ = false;
};

TEST(Server, AnswersAndKeepsTheConnection) {
  const auto server = start(echo);
  RawClient client(server->port());
  for (const char* path : {"/a", "/b", "/c"}) {
    client.send(get(path));
    const Response answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "GET " + std::string(path) + " ");
    EXPECT_EQ(*answer.header("Connection"), "keep-alive");
    EXPECT_EQ(answer.header("Date")->size(), std::string("Sun, 06 Nov 1994 08:49:37 GMT").size());
  }
  EXPECT_EQ(server->counts().connections_total, 1U);
  EXPECT_EQ(server->counts().requests_total, 3U);
  EXPECT_EQ(server->address(), "127.0.0.1:" + std::to_string(server->port()));
}

TEST(Server, ClosesWhenAskedTo) {
  const auto server = start(echo);
  RawClient client(server->port());
  client.send(get("/", "Connection: close\r\n"));
  const std::string all = client.read_all();
  EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(all.ends_with("\r\n\r\nGET / ")) << all;
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  Shelf shelf;
  const auto server = start(shelf.handler());
  RawClient client(server->port());
  std::string all;
  for (int i = 0; i < 20; ++i) all += get("/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 20; ++i) {
    std::vector<Responder> one = shelf.take(1);
    ASSERT_EQ(one.size(), 1U);  // The next request waits for this one's answer.
    one.front().send({.status = 200, .body = std::to_string(i)});
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(client.read_answer().body, std::to_string(i));
}

TEST(Server, AnswersHeadWithoutABody) {
  const auto server = start(echo);
  RawClient client(server->port());
  client.send("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/b"));
  EXPECT_EQ(*client.read_answer(true).header("Content-Length"), "8");
  EXPECT_EQ(client.read_answer().body, "GET /b ");
}

TEST(Server, TakesBodiesByLengthAndInChunks) {
  const auto server = start(echo);
  RawClient client(server->port());
  client.send("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(client.read_answer().body, "POST /a hello");
  client.send(
      "POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: dropped\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "POST /a hello");
  client.send(get("/next"));
  EXPECT_EQ(client.read_answer().body, "GET /next ");
}

TEST(Server, TakesAndSendsLargeBodies) {
  ServerOptions options;
  options.limits.body_bytes_max = 8 << 20;
  const auto server = start(echo, options);
  RawClient client(server->port());
  const std::string body(8 << 20, 'x');
  std::thread sender([&] {
    client.send("PUT /large HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n");
    client.send(body);
  });
  sender.join();
  EXPECT_EQ(client.read_answer().body, "PUT /large " + body);
}

TEST(Server, TellsAClientThatWaitsToSendItsBody) {
  const auto server = start(echo);
  RawClient client(server->port());
  client.send(
      "POST /a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(client.read_answer().body, "POST /a ok");
}

TEST(Server, RefusesABodyBeforeItIsSent) {
  ServerOptions options;
  options.limits.body_bytes_max = 100;
  const auto server = start(echo, options);
  RawClient client(server->port());
  client.send(
      "POST /a HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n");
  const Response answer = client.read_answer();
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(*answer.header("Content-Type"), "application/problem+json");
  EXPECT_NE(answer.body.find("more than 100 bytes (body_bytes_max)"), std::string::npos);
  EXPECT_EQ(client.read_all(), "");
  EXPECT_EQ(server->counts().requests_refused, 1U);
}

TEST(Server, AnswersHttp10AndCloses) {
  const auto server = start(echo);
  RawClient client(server->port());
  client.send("GET /old HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(client.read_all().ends_with("\r\n\r\nGET /old "));
}

TEST(Server, AnswersFromAnyThreadAndInAnyOrder) {
  Shelf shelf;
  const auto server = start(shelf.handler(), {.threads = 2});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(std::make_unique<RawClient>(server->port()));
    clients.back()->send(get("/"));
  }
  std::vector<Responder> responders;
  while (responders.size() < clients.size())
    for (Responder& responder : shelf.take(1)) responders.push_back(std::move(responder));
  std::thread other([&] {
    for (Responder& responder : responders) responder.send({.status = 201, .body = "made"});
  });
  other.join();
  for (auto& client : clients) EXPECT_EQ(client->read_answer().body, "made");
}

TEST(Server, AnswersARequestThatItsHandlerDropped) {
  const auto server = start([](const Request&, const Responder&) {});
  RawClient client(server->port());
  client.send(get("/"));
  EXPECT_EQ(client.read_answer().status, 500);
}

TEST(Server, SaysWhoAsksAndBelievesNobodyElse) {
  const auto server = start([](const Request& request, Responder responder) {
    responder.send({.body = request.peer + (request.tls ? " tls" : " plain")});
  });
  RawClient client(server->port());
  client.send(get("/", "X-Forwarded-For: 8.8.8.8\r\nX-Forwarded-Proto: https\r\n"));
  EXPECT_EQ(client.read_answer().body, "127.0.0.1 plain");
}

TEST(Server, DropsAnAnswerThatNobodyWaitsFor) {
  Shelf shelf;
  auto server = start(shelf.handler());
  std::vector<Responder> left;
  {
    RawClient client(server->port());
    client.send(get("/"));
    left = shelf.take(1);
  }
  left.front().send({.status = 200, .body = std::string(1 << 20, 'x')});
  RawClient client(server->port());
  client.send(get("/"));
  left = shelf.take(1);
  server.reset();  // While a request waits for its answer.
  left.front().send({});
  EXPECT_EQ(client.read_all(), "");
}

TEST(Server, NeverSendsAHeaderThatWouldEndTheHead) {
  const auto server = start([](const Request&, Responder responder) {
    responder.send({.status = 200, .headers = {{"X-A", "b\r\nSet-Cookie: c"}}, .body = "text"});
  });
  const std::uint64_t bugs = bug_count();
  RawClient client(server->port());
  client.send(get("/"));
  const Response answer = client.read_answer();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.header("Set-Cookie"), nullptr);
  EXPECT_EQ(bug_count(), bugs + 1);
}

TEST(Server, ServesAThousandRequestsOver64Connections) {
  const auto server = start(echo, {.threads = 2});
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      std::vector<std::unique_ptr<RawClient>> clients;
      for (int c = 0; c < 16; ++c) clients.push_back(std::make_unique<RawClient>(server->port()));
      for (int i = 0; i < 250; ++i) {
        const std::string path = "/" + std::to_string(t * 1000 + i);
        RawClient& client = *clients[static_cast<std::size_t>(i % 16)];
        client.send(get(path));
        if (client.read_answer().body == "GET " + path + " ") ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 1000);
  EXPECT_EQ(server->counts().connections_total, 64U);
}

TEST(Server, RefusesConnectionsBeyondItsLimit) {
  const auto server = start(echo, {.connections_max = 1});
  RawClient first(server->port());
  first.send(get("/"));
  EXPECT_EQ(first.read_answer().status, 200);
  RawClient second(server->port());
  const Response answer = second.read_answer();
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("connections_max"), std::string::npos);
  EXPECT_EQ(second.read_all(), "");
  EXPECT_EQ(server->counts().connections_refused, 1U);
}

TEST(Server, GivesUpOnASlowHead) {
  ServerOptions options;
  options.limits.header_timeout = {50'000'000};
  const auto server = start(echo, options);
  RawClient client(server->port());
  client.send("GET / HTTP/1.1\r\nHost: lo");
  const Response answer = client.read_answer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_NE(answer.body.find("header_timeout"), std::string::npos);
  EXPECT_EQ(client.read_all(), "");
}

TEST(Server, GivesUpOnASlowBody) {
  ServerOptions options;
  options.limits.header_timeout = {50'000'000};
  const auto server = start(echo, options);
  RawClient client(server->port());
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
  const Response answer = client.read_answer();
  EXPECT_EQ(answer.status, 408);
  EXPECT_NE(answer.body.find("body_bytes_per_second_min"), std::string::npos);
}

TEST(Server, ClosesAnIdleConnectionSilently) {
  ServerOptions options;
  options.limits.idle_timeout = {50'000'000};
  const auto server = start(echo, options);
  RawClient client(server->port());
  EXPECT_EQ(client.read_all(), "");
}

TEST(Server, DoesNotWaitForAHandlerForEver) {
  ServerOptions options;
  options.limits.answer_timeout = {50'000'000};
  Shelf shelf;
  const auto server = start(shelf.handler(), options);
  RawClient client(server->port());
  client.send(get("/"));
  std::vector<Responder> late = shelf.take(1);
  EXPECT_EQ(client.read_answer().status, 503);
  late.front().send({.status = 200, .body = "late"});
  EXPECT_EQ(client.read_all(), "");
}

TEST(Server, DrainsWhatRunsAndClosesWhatIsIdle) {
  Shelf shelf;
  const auto server = start(shelf.handler());
  RawClient busy(server->port());
  RawClient idle(server->port());
  idle.send(get("/"));
  for (Responder& responder : shelf.take(1)) responder.send({});
  EXPECT_EQ(idle.read_answer().status, 200);
  busy.send(get("/"));
  std::vector<Responder> running = shelf.take(1);
  std::thread draining([&] { EXPECT_TRUE(server->drain(Duration::seconds(20))); });
  EXPECT_EQ(idle.read_all(), "");
  running.front().send({.status = 200, .body = "done"});
  const Response answer = busy.read_answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(*answer.header("Connection"), "close");
  draining.join();
  EXPECT_EQ(server->counts().connections_open, 0U);
}

TEST(Server, StopsWaitingWhenADrainTakesTooLong) {
  Shelf shelf;
  const auto server = start(shelf.handler());
  RawClient client(server->port());
  client.send(get("/"));
  const std::vector<Responder> running = shelf.take(1);
  EXPECT_FALSE(server->drain({1}));
  EXPECT_EQ(client.read_all(), "");  // It was cut.
}

TEST(Server, DoesNotWaitForAClientThatReadsNothing) {
  ServerOptions options;
  options.limits.idle_timeout = {50'000'000};
  options.limits.body_bytes_per_second_min = std::int64_t{1} << 40;
  const auto server = start(
      [](const Request&, Responder responder) {
        responder.send({.body = std::string(std::size_t{64} << 20, 'x')});
      },
      options);
  RawClient client(server->port());
  client.send(get("/"));
  EXPECT_EQ(client.read_bytes(15), "HTTP/1.1 200 OK");
  // True only because the answer that is under way is given up.
  EXPECT_TRUE(server->drain(Duration::seconds(20)));
}

TEST(Server, RefusesOptionsThatContradictThemselves) {
  const auto message_of = [](ServerOptions options) {
    const auto server = Server::start(std::move(options), echo);
    return server ? std::string() : server.error().message;
  };
  EXPECT_EQ(message_of({.address = "localhost"}),
            "\"localhost\" is not a numeric IP address to listen on");
  EXPECT_EQ(message_of({.threads = 0}), "threads must be 1 to 64, not 0");
  EXPECT_EQ(message_of({.allowed_hosts = {}}),
            "allowed_hosts is empty: every request would be refused");
  EXPECT_EQ(message_of({.key_path = "key.pem"}),
            "TLS needs both a certificate and its key, and only one of them is given");
  const auto first = start(echo);
  EXPECT_EQ(message_of({.port = first->port()}),
            first->address() + ": cannot listen there (Address already in use)");
}

}  // namespace
}  // namespace sillar::net
