#pragma once

// A notice as an e-mail message (RFC 5322, 2045-2047), and what may be an address in one. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "drivers/notice.h"

namespace sillar::drivers {

struct MailAddresses {
  std::string from;
  std::vector<std::string> to;

  friend bool operator==(const MailAddresses&, const MailAddresses&) = default;
};

// "local@domain" of plain characters: no quoting, no comment, nothing that ends a header or a
// command.
[[nodiscard]] bool is_mail_address(std::string_view text);

// Plain text in UTF-8, quoted-printable, lines that end in CRLF. What ends something answers the
// message that opened it. Requires: valid addresses.
[[nodiscard]] std::string mail_message(const Notice& notice, const MailAddresses& addresses);

// A header's text as RFC 2047 words where it is not plain ASCII, folded. Control characters become
// blanks.
[[nodiscard]] std::string mail_header_text(std::string_view text);
[[nodiscard]] std::string quoted_printable(std::string_view text);
// "Tue, 24 Nov 2026 15:11:32 +0000"
[[nodiscard]] std::string mail_date(Time time);

}  // namespace sillar::drivers
