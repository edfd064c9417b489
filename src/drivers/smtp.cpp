#include "drivers/smtp.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <memory>

#include "net/resolve.h"
#include "net/wire.h"

namespace sillar::drivers {
namespace {

constexpr std::size_t kLineBytesMax = 2048;  // RFC 5321 asks for 512.
constexpr std::size_t kReplyLinesMax = 100;
constexpr std::size_t kReplyShownMax = 200;

using net::Wire;

Wire::Moment after(Duration duration) {
  return std::chrono::steady_clock::now() +
         std::chrono::nanoseconds(std::min(duration, kDurationMax).ns);
}

struct Reply {
  int code = 0;
  std::vector<std::string> lines;  // Without the codes.

  [[nodiscard]] bool good() const { return code >= 200 && code < 400; }
  [[nodiscard]] bool offers(std::string_view word) const {
    return std::ranges::any_of(lines, [&](const std::string& line) {
      return line == word || (line.starts_with(word) && line[word.size()] == ' ');
    });
  }
};

// What a server says may be anything; what we repeat of it is one short plain line.
std::string shown(const Reply& reply) {
  std::string text = reply.lines.empty() ? std::string{} : reply.lines.back();
  text = front_of(text, kReplyShownMax);
  for (char& c : text)
    if (c < ' ' || c > '~') c = '?';
  return text;
}

Error refused(std::string_view step, const Reply& reply) {
  const ErrorCode code = reply.code >= 500 ? ErrorCode::kInvalidInput : ErrorCode::kIo;
  return {code,
          fmt::format("the mail server answered {} with {}: {}", step, reply.code, shown(reply))};
}

class Session {
 public:
  Session(std::unique_ptr<Wire> wire, Wire::Moment deadline)
      : wire_(std::move(wire)), deadline_(deadline) {}

  // One step of the conversation; only a good reply is returned.
  Result<Reply> say(std::string_view command, std::string_view step) {
    SILLAR_TRY_STATUS(wire_->write(fmt::format("{}\r\n", command), deadline_));
    return hear(step);
  }
  Result<Reply> hear(std::string_view step) {
    SILLAR_TRY(reply, read_reply());
    if (!reply.good()) return tl::unexpected(refused(step, reply));
    return reply;
  }
  Status write(std::string_view bytes) { return wire_->write(bytes, deadline_); }
  Status start_tls(const Wire::To& to) {
    // What came before the handshake came from anybody.
    if (!unread_.empty())
      return fail(ErrorCode::kInvalidInput, "the mail server speaks before STARTTLS has begun");
    return wire_->start_tls(to, deadline_);
  }

 private:
  Result<std::string> read_line() {
    for (;;) {
      const std::size_t end = unread_.find("\r\n");
      if (end != std::string::npos) {
        std::string line = unread_.substr(0, end);
        unread_.erase(0, end + 2);
        return line;
      }
      if (unread_.size() > kLineBytesMax)
        return fail(ErrorCode::kLimit, "the mail server's answer has too long a line");
      std::array<char, 1024> room{};
      SILLAR_TRY(count, wire_->read(room, deadline_));
      if (count == 0) return fail(ErrorCode::kIo, "the mail server has hung up");
      unread_.append(room.data(), count);
    }
  }
  Result<Reply> read_reply() {
    constexpr std::size_t kCodeBytes = 3;
    Reply reply;
    for (std::size_t i = 0; i < kReplyLinesMax; ++i) {
      SILLAR_TRY(line, read_line());
      const char* begin = line.data();
      int code = 0;
      const auto read = std::from_chars(begin, begin + std::min(line.size(), kCodeBytes), code);
      if (read.ec != std::errc{} || read.ptr != begin + kCodeBytes || code < 200 || code > 599)
        return fail(ErrorCode::kIo, "the mail server does not answer as one does");
      reply.code = code;
      const bool more = line.size() > kCodeBytes && line[kCodeBytes] == '-';
      reply.lines.push_back(line.substr(std::min(line.size(), kCodeBytes + 1)));
      if (!more) return reply;
    }
    return fail(ErrorCode::kLimit, "the mail server's answer has too many lines");
  }

  std::unique_ptr<Wire> wire_;
  Wire::Moment deadline_;
  std::string unread_;
};

// The first of the host's addresses that is allowed and can be reached.
Result<std::unique_ptr<Wire>> connect(const SmtpServer& server, Wire::To& to) {
  SILLAR_TRY(addresses, net::resolve(server.host));
  Error last{ErrorCode::kInvalidInput, "its name has no address"};
  for (const std::string& ip : addresses) {
    if (server.address_allowed && !server.address_allowed(ip)) {
      last = {ErrorCode::kInvalidInput, fmt::format("the address {} is not allowed", ip)};
      continue;
    }
    to.ip = ip;
    auto wire = Wire::connect(to, after(server.connect_timeout));
    if (wire) return wire;
    last = wire.error();
  }
  return tl::unexpected(last);
}

Result<Session> open_session(const SmtpServer& server) {
  Wire::To to{{}, server.port, server.host, nullptr, true};
  net::TlsContext tls;
  if (server.security != SmtpSecurity::kNone) {
    SILLAR_TRY(context, net::client_tls(server.ca_path, true));
    tls = std::move(context);
  }
  if (server.security == SmtpSecurity::kTls) to.tls = tls;
  SILLAR_TRY(wire, connect(server, to));
  Session session(std::move(wire), after(server.total_timeout));
  SILLAR_TRY_STATUS(session.hear("the connection"));
  const std::string hello = "EHLO " + server.hello;
  SILLAR_TRY(offers, session.say(hello, "EHLO"));
  if (server.security != SmtpSecurity::kStartTls) return session;
  if (!offers.offers("STARTTLS"))
    return fail(ErrorCode::kInvalidInput, "the mail server offers no STARTTLS; nothing was sent");
  SILLAR_TRY_STATUS(session.say("STARTTLS", "STARTTLS"));
  to.tls = tls;
  SILLAR_TRY_STATUS(session.start_tls(to));
  SILLAR_TRY_STATUS(session.say(hello, "EHLO"));
  return session;
}

Status converse(const SmtpServer& server, const MailAddresses& addresses,
                std::string_view message) {
  SILLAR_TRY(session, open_session(server));
  if (!server.login.empty()) SILLAR_TRY_STATUS(session.say("AUTH PLAIN " + server.login, "AUTH"));
  SILLAR_TRY_STATUS(session.say(fmt::format("MAIL FROM:<{}>", addresses.from), "MAIL FROM"));
  for (const std::string& to : addresses.to)
    SILLAR_TRY_STATUS(session.say(fmt::format("RCPT TO:<{}>", to), "RCPT TO"));
  SILLAR_TRY_STATUS(session.say("DATA", "DATA"));
  SILLAR_TRY_STATUS(session.write(dot_stuffed(message)));
  SILLAR_TRY_STATUS(session.hear("DATA"));
  // Taken. Whether it says goodbye changes nothing.
  (void)session.say("QUIT", "QUIT");
  return {};
}

}  // namespace

std::string dot_stuffed(std::string_view message) {
  std::string out;
  while (!message.empty()) {
    const std::size_t end = message.find("\r\n");
    const std::string_view line = message.substr(0, end);
    if (line.starts_with('.')) out += '.';
    out += line;
    out += "\r\n";
    message.remove_prefix(end == std::string_view::npos ? message.size() : end + 2);
  }
  return out + ".\r\n";
}

Status send_mail(const SmtpServer& server, const MailAddresses& addresses,
                 std::string_view message) {
  if (server.security == SmtpSecurity::kNone && !server.login.empty())
    return invalid("a password is sent to a mail server in TLS only");
  bool valid = is_mail_address(server.hello + "@" + server.hello) &&
               is_mail_address(addresses.from) && !addresses.to.empty();
  for (const std::string& to : addresses.to) valid = valid && is_mail_address(to);
  if (!valid) return invalid("the addresses of the mail are not \"local@domain\"");
  Status sent = converse(server, addresses, message);
  if (!sent)
    return tl::unexpected(sent.error().within(fmt::format("{}:{}", server.host, server.port)));
  return {};
}

}  // namespace sillar::drivers
