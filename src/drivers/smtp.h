#pragma once

// Handing a message to a mail server (RFC 5321), in TLS from the start or after STARTTLS. One
// message, one connection, hard time-outs.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "drivers/mail.h"

namespace sillar::drivers {

enum class SmtpSecurity : std::uint8_t {
  kStartTls,  // The server must offer it, or nothing is sent.
  kTls,
  kNone,  // Never with a password.
};

struct SmtpServer {
  std::string host;
  std::uint16_t port = 587;
  SmtpSecurity security = SmtpSecurity::kStartTls;
  // For AUTH PLAIN: base64 of a NUL, the user, a NUL and the password. Empty: nobody logs in.
  std::string login;
  std::string hello = "localhost";  // Our own name.
  std::string ca_path;              // PEM; empty: the system's authorities.
  Duration connect_timeout = Duration::seconds(10);
  Duration total_timeout = Duration::seconds(60);  // Name lookup aside.
  // Whether this numeric address may be connected to; empty: any. As net/client.h.
  std::function<bool(std::string_view ip)> address_allowed;
};

// The server has taken the message on return. Errors: kInvalidInput when it refuses it for good
// (5xx), or cannot be asked as it has to be; kIo and kLimit when it may work another time.
// Requires: valid addresses, lines that end in CRLF.
[[nodiscard]] Status send_mail(const SmtpServer& server, const MailAddresses& addresses,
                               std::string_view message);

// As DATA sends it: a line that begins with a full stop has one more, and a line with nothing but
// one ends it.
[[nodiscard]] std::string dot_stuffed(std::string_view message);

}  // namespace sillar::drivers
