#include "drivers/mail.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/calendar.h"
#include "base/utf8.h"

namespace sillar::drivers {
namespace {

constexpr std::size_t kAddressBytesMax = 254;
constexpr std::size_t kSubjectBytesMax = 400;
constexpr std::size_t kEncodedWordMax = 75;  // RFC 2047.
constexpr std::size_t kLineMax = 76;         // RFC 2045.

bool is_plain(char c) {
  return c >= ' ' && c <= '~';
}

bool is_atom(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-/=?^_`{|}~.";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

bool dots_are_inside(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos;
}

// One character of the text, whole, as RFC 2047 "Q" writes it.
std::string q_encoded(std::string_view character) {
  if (character == " ") return "_";
  const char c = character[0];
  const bool as_it_is = character.size() == 1 && is_atom(c) && c != '=' && c != '?' && c != '_';
  if (as_it_is) return std::string(character);
  std::string out;
  for (const char byte : character) out += fmt::format("={:02X}", static_cast<unsigned char>(byte));
  return out;
}

// Blanks for control characters, a question mark for what is no UTF-8.
std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    if (length == 0)
      out += '?';
    else if (first < ' ' || first == 0x7F)
      out += ' ';
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string_view domain_of(std::string_view address) {
  return address.substr(address.find('@') + 1);
}

std::string body_text(const Notice& notice) {
  std::string text = notice.text + "\n";
  if (!notice.details.empty()) text += '\n';
  for (const auto& [name, value] : notice.details) text += fmt::format("{}: {}\n", name, value);
  text += fmt::format("\n-- \nsillar {}\n{}\n", notice.installation, notice.code);
  return text;
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || text.size() > kAddressBytesMax) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  return std::ranges::all_of(local, is_atom) && dots_are_inside(local) &&
         std::ranges::all_of(domain, is_host_character) && dots_are_inside(domain);
}

std::string mail_header_text(std::string_view text) {
  constexpr std::string_view kOpen = "=?utf-8?Q?";
  constexpr std::string_view kClose = "?=";
  constexpr std::size_t kNameBytes = 9;  // "Subject: "
  std::string clean = printable(text);
  // "=?" in a plain text would be read as a word of this kind.
  if (std::ranges::all_of(clean, is_plain) && clean.size() <= kEncodedWordMax &&
      clean.find("=?") == std::string::npos)
    return clean;
  std::string out(kOpen);
  std::size_t line = kNameBytes + kOpen.size();
  for (std::string_view rest = clean; !rest.empty();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(rest), 1);
    const std::string encoded = q_encoded(rest.substr(0, length));
    if (line + encoded.size() + kClose.size() > kEncodedWordMax) {
      out += kClose;
      out += "\r\n ";
      out += kOpen;
      line = kOpen.size();
    }
    out += encoded;
    line += encoded.size();
    rest.remove_prefix(length);
  }
  out += kClose;
  return out;
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t line = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      out += "\r\n";
      line = 0;
      continue;
    }
    const bool last = i + 1 == text.size() || text[i + 1] == '\n';
    const bool as_it_is = is_plain(c) && c != '=' && !(c == ' ' && last);
    const std::size_t width = as_it_is ? 1 : 3;
    if (line + width > kLineMax - 1) {
      out += "=\r\n";
      line = 0;
    }
    if (as_it_is)
      out += c;
    else
      out += fmt::format("={:02X}", static_cast<unsigned char>(c));
    line += width;
  }
  return out;
}

std::string mail_date(Time time) {
  constexpr std::array<std::string_view, 7> kDays{"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::int64_t kDaySeconds = 86'400;
  const std::int64_t seconds = (time - Time{}).whole_seconds();
  const std::int64_t days = seconds / kDaySeconds;
  const std::int64_t of_day = seconds % kDaySeconds;
  const Civil date = civil_from_days(days);
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000",
                     kDays[static_cast<std::size_t>(days % 7)], date.day, kMonths[date.month - 1],
                     date.year, of_day / 3600, of_day / 60 % 60, of_day % 60);
}

std::string mail_message(const Notice& notice, const MailAddresses& addresses) {
  const std::string_view domain = domain_of(addresses.from);
  std::string out;
  const auto header = [&](std::string_view name, std::string_view value) {
    out += fmt::format("{}: {}\r\n", name, value);
  };
  header("Date", mail_date(notice.at));
  header("From", addresses.from);
  header("To", fmt::format("{}", fmt::join(addresses.to, ",\r\n ")));
  header("Subject", mail_header_text(front_of(notice.title, kSubjectBytesMax)));
  if (notice.over) {
    header("Message-ID", fmt::format("<{}.over@{}>", notice.alert, domain));
    header("In-Reply-To", fmt::format("<{}@{}>", notice.alert, domain));
    header("References", fmt::format("<{}@{}>", notice.alert, domain));
  } else {
    header("Message-ID", fmt::format("<{}@{}>", notice.alert, domain));
  }
  header("Auto-Submitted", "auto-generated");
  header("X-Sillar-Delivery", notice.delivery);
  header("MIME-Version", "1.0");
  header("Content-Language", notice.language);
  header("Content-Type", "text/plain;charset=utf-8");
  header("Content-Transfer-Encoding", "quoted-printable");
  return out + "\r\n" + quoted_printable(body_text(notice));
}

}  // namespace sillar::drivers
