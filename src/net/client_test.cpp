#include "net/client.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "net/address.h"
#include "net/net_fixture.h"
#include "net/sse.h"
#include "net/tls_fixture.h"

namespace sillar::net {
namespace {

Url url_of(const Server& server, std::string_view target = "/", bool tls = false) {
  return {.tls = tls, .host = "127.0.0.1", .port = server.port(), .target = std::string(target)};
}

// A server that says the same to everybody: once it has been sent an empty line it answers, and
// closes.
class Parrot {
 public:
  explicit Parrot(std::string answer)
      : acceptor_(std::move(*Acceptor::listen("127.0.0.1", 0))), answer_(std::move(answer)) {
    acceptor_.start([this](const Descriptor& connection, const std::string&) {
      std::string said;
      char byte = 0;
      pollfd watched{connection.get(), POLLIN, 0};
      while (!said.ends_with("\r\n\r\n") && ::poll(&watched, 1, kPatienceMs) == 1 &&
             ::recv(connection.get(), &byte, 1, 0) == 1)
        said += byte;
      ::send(connection.get(), answer_.data(), answer_.size(), MSG_NOSIGNAL);
    });
  }
  ~Parrot() { acceptor_.stop(); }
  [[nodiscard]] Url url() const {
    return {.host = "127.0.0.1", .port = acceptor_.port(), .target = "/"};
  }

 private:
  Acceptor acceptor_;
  std::string answer_;
};

std::string message_of(const Result<Response>& response) {
  return response ? std::to_string(response->status) : response.error().message;
}

TEST(Client, SendsAndKeepsTheConnection) {
  const auto server = start(echo);
  Client client;
  for (int i = 0; i < 3; ++i) {
    const auto answer = client.send(url_of(*server, "/a%20b?c=d"),
                                    {.method = "POST", .headers = {}, .body = "text"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "POST /a b text");
    EXPECT_EQ(*answer->header("content-type"), "text/plain");
  }
  EXPECT_EQ(server->counts().connections_total, 1U);
}

TEST(Client, SendsWhatItWasGivenAndItsOwn) {
  const auto server = start([](const Request& request, Responder responder) {
    std::string all;
    for (const Header& header : request.headers) all += header.name + ": " + header.value + "\n";
    responder.send({.body = all});
  });
  Client client;
  const auto answer = client.send(
      url_of(*server),
      {.headers = {
           {"X-A", "b"}, {"Host", "evil"}, {"Content-Length", "7"}, {"Connection", "close"}}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "Host: 127.0.0.1:" + std::to_string(server->port()) +
                              "\nConnection: keep-alive\nUser-Agent: sillar\nX-A: b\n");
}

TEST(Client, FindsThatAKeptConnectionIsDead) {
  auto server = start(echo);
  const std::uint16_t port = server->port();
  Client client;
  ASSERT_TRUE(client.send(url_of(*server), {}));
  server.reset();
  ServerOptions options;
  options.port = port;
  server = start(echo, options);
  EXPECT_EQ(message_of(client.send(url_of(*server), {.method = "POST"})), "200");
}

TEST(Client, HasNoBodyAfterHead) {
  const auto server = start(echo);
  Client client;
  for (int i = 0; i < 2; ++i) {
    const auto answer = client.send(url_of(*server), {.method = "HEAD"});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "");
  }
}

TEST(Client, ReadsEveryKindOfBody) {
  const std::pair<const char*, const char*> cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\no\r\n1\r\nk\r\n0\r\nT: "
       "t\r\n\r\n",
       "ok"},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n"
       "Content-Length: 2\r\n\r\nok",
       "ok"},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
      // A redirection is an answer, and nobody goes there.
      {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", ""},
  };
  for (const auto& [answer, body] : cases) {
    const Parrot parrot(answer);
    Client client;
    const auto response = client.send(parrot.url(), {});
    ASSERT_TRUE(response) << answer << ": " << response.error().message;
    EXPECT_EQ(response->body, body);
    EXPECT_EQ(response->header("T"), nullptr);
  }
}

TEST(Client, SaysWhatIsWrongWithAnAnswer) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "the connection ended before the answer did"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok",
       "the connection ended before the answer did"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
       "the answer is not HTTP (bad Transfer-Encoding)"},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "the answer is not HTTP (bad version)"},
      {"HTTP/1.1 101 Switching\r\n\r\n", "the answer's status is 101"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n"
       "0123456789012345678901234567890123456789012345678901234567890123456789"
       "0123456789012345678901234567890",
       "the answer has more than 100 bytes"},
  };
  for (const auto& [answer, message] : cases) {
    const Parrot parrot(answer);
    Client client({.response_bytes_max = 100});
    EXPECT_EQ(message_of(client.send(parrot.url(), {.method = "POST"})),
              parrot.url().authority() + ": " + message);
  }
  const Parrot endless("HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'x') + "\r\n\r\n");
  Client client({.header_bytes_max = 1000});
  const auto response = client.send(endless.url(), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kLimit);
}

TEST(Client, SaysWhyItCannotConnect) {
  auto listening = Acceptor::listen("127.0.0.1", 0);
  ASSERT_TRUE(listening);
  const std::uint16_t port = listening->port();
  listening->stop();
  Client client;
  const auto refused = client.send({.host = "127.0.0.1", .port = port}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kIo);
  EXPECT_EQ(refused.error().message, "127.0.0.1:" + std::to_string(port) + ": Connection refused");
  EXPECT_EQ(message_of(client.send({.host = "127.0.0.1", .port = port}, {.method = "get it"})),
            "\"get it\" is not a method");
  EXPECT_EQ(message_of(client.send({.host = "127.0.0.1", .port = port},
                                   {.headers = {{"A", "b\r\nC: d"}}})),
            "a header's name or value has a character that cannot be sent");
}

TEST(Client, AsksAboutTheAddressThatItConnectsTo) {
  const auto server = start(echo);
  std::string asked;
  Client client({.address_allowed = [&](std::string_view ip) {
    asked += std::string(ip) + " ";
    return address_kind(ip) == AddressKind::kPublic;
  }});
  Url url = url_of(*server);
  url.host = "localhost";
  const auto answer = client.send(url, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(asked.find("127.0.0.1 "), std::string::npos);
  EXPECT_EQ(server->counts().connections_total, 0U);
}

TEST(Client, GivesUpAfterItsTime) {
  Responder kept;
  const auto server =
      start([&](const Request&, Responder responder) { kept = std::move(responder); });
  Client client({.total_timeout = {50'000'000}});
  const auto answer = client.send(url_of(*server), {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kLimit);
  EXPECT_EQ(answer.error().message, server->address() + ": nothing came for too long");
}

TEST(Client, ReadsAStreamUntilItEnds) {
  const auto server = start([](const Request&, Responder responder) {
    const auto stream = responder.stream({.headers = {{"Content-Type", "text/event-stream"}}});
    for (int i = 0; i < 100; ++i)
      stream->write(format_event({.id = std::to_string(i), .data = "event"}));
    stream->close();
  });
  Client client;
  SseParser parser;
  std::size_t events = 0;
  const auto head = client.stream(url_of(*server), {}, [&](std::string_view chunk) {
    events += parser.feed(chunk)->size();
    return true;
  });
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(*head->header("Content-Type"), "text/event-stream");
  EXPECT_EQ(events, 100U);
  EXPECT_EQ(parser.last_event_id(), "99");
}

TEST(Client, StopsAStreamInItsMiddleAndInASilence) {
  std::promise<void> closed;
  const auto server = start([&](const Request&, Responder responder) {
    const auto stream = responder.stream({});
    stream->on_close([&] { closed.set_value(); });
    stream->write("one");
  });
  Client client({.stream_tick = {1'000'000}});
  std::string seen;
  EXPECT_TRUE(client.stream(url_of(*server), {}, [&](std::string_view chunk) {
    seen += chunk;
    return seen.empty() || !chunk.empty();  // Until it has been silent for a tick.
  }));
  EXPECT_EQ(seen, "one");
  closed.get_future().wait();
  closed = {};
  EXPECT_TRUE(client.stream(url_of(*server), {}, [&](std::string_view) { return false; }));
  closed.get_future().wait();
}

TEST(Client, HandsNothingOnOfARefusal) {
  const auto server = start(
      [](const Request&, Responder responder) { responder.send(problem(403, "not for you")); });
  Client client;
  const auto answer = client.stream(url_of(*server), {}, [](std::string_view chunk) {
    EXPECT_EQ(chunk, "");
    return true;
  });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 403);
  EXPECT_NE(answer->body.find("not for you"), std::string::npos);
}

TEST(Client, NoticesAStreamThatIsCutOff) {
  const Parrot parrot("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
  Client client;
  std::string seen;
  const auto end = client.stream(parrot.url(), {}, [&](std::string_view chunk) {
    seen += chunk;
    return true;
  });
  EXPECT_FALSE(end);
  EXPECT_EQ(seen, "one");
}

class Tls : public testing::Test {
 protected:
  Certificate certificate_{"DNS:localhost,IP:127.0.0.1"};
  std::unique_ptr<Server> server_ = start(echo, [&] {
    ServerOptions options;
    options.certificate_path = certificate_.path();
    options.key_path = certificate_.key_path();
    return options;
  }());
};

TEST_F(Tls, CarriesRequestsOfAnySize) {
  Client client({.ca_path = certificate_.path()});
  const std::string body(900'000, 'x');
  for (int i = 0; i < 3; ++i) {
    const auto answer =
        client.send(url_of(*server_, "/a", true), {.method = "PUT", .headers = {}, .body = body});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->body, "PUT /a " + body);
  }
  EXPECT_EQ(server_->counts().connections_total, 1U);
  Url by_name = url_of(*server_, "/b", true);
  by_name.host = "localhost";
  EXPECT_EQ(message_of(client.send(by_name, {})), "200");
}

TEST_F(Tls, TellsItsHandler) {
  bool tls = false;
  ServerOptions options;
  options.certificate_path = certificate_.path();
  options.key_path = certificate_.key_path();
  const auto server = start(
      [&](const Request& request, Responder responder) {
        tls = request.tls;
        responder.send({.status = 204});
      },
      options);
  Client client({.ca_path = certificate_.path()});
  EXPECT_EQ(message_of(client.send(url_of(*server, "/", true), {})), "204");
  EXPECT_TRUE(tls);
}

TEST_F(Tls, DoesNotTrustAnybody) {
  Client client;
  const auto unknown = client.send(url_of(*server_, "/", true), {});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kIo);
  EXPECT_EQ(unknown.error().message,
            server_->address() + ": TLS: its certificate is not trusted (self-signed certificate)");
  const Certificate other("DNS:example.org");
  ServerOptions options;
  options.certificate_path = other.path();
  options.key_path = other.key_path();
  const auto server = start(echo, options);
  Client of_other({.ca_path = other.path()});
  const auto wrong_name = of_other.send(url_of(*server, "/", true), {});
  ASSERT_FALSE(wrong_name);
  EXPECT_EQ(wrong_name.error().message,
            server->address() + ": TLS: its certificate is not trusted (IP address mismatch)");
  Client careless({.verify = false});
  EXPECT_EQ(message_of(careless.send(url_of(*server, "/", true), {})), "200");
}

TEST_F(Tls, StreamsAndLearnsThatTheClientLeft) {
  std::promise<void> closed;
  ServerOptions options;
  options.certificate_path = certificate_.path();
  options.key_path = certificate_.key_path();
  const auto server = start(
      [&](const Request&, Responder responder) {
        const auto stream = responder.stream({});
        stream->on_close([&] { closed.set_value(); });
        stream->write("one");
      },
      options);
  Client client({.ca_path = certificate_.path()});
  std::string seen;
  EXPECT_TRUE(client.stream(url_of(*server, "/", true), {}, [&](std::string_view chunk) {
    seen += chunk;
    return false;
  }));
  EXPECT_EQ(seen, "one");
  closed.get_future().wait();
}

TEST_F(Tls, RefusesPlainHttp) {
  RawClient client(server_->port());
  client.send(get("/"));
  EXPECT_EQ(client.read_all().find("200 OK"), std::string::npos);
  EXPECT_EQ(server_->counts().requests_total, 0U);
}

TEST_F(Tls, SaysWhatIsWrongWithItsFiles) {
  const auto message_of_start = [](const std::string& certificate, const std::string& key) {
    ServerOptions options;
    options.certificate_path = certificate;
    options.key_path = key;
    const auto server = Server::start(options, echo);
    return server ? std::string() : server.error().message;
  };
  const Certificate other("DNS:localhost");
  EXPECT_EQ(message_of_start("no-such.pem", other.key_path()),
            "no-such.pem: cannot be read (No such file or directory)");
  EXPECT_NE(
      message_of_start(certificate_.path(), other.key_path()).find("is not the private key of "),
      std::string::npos);
  EXPECT_NE(message_of_start(certificate_.key_path(), certificate_.key_path())
                .find("is not a certificate chain in PEM"),
            std::string::npos);
}

}  // namespace
}  // namespace sillar::net
