#pragma once

// What a person is told through a channel, and its form in each kind of channel. Pure: nothing here
// sends anything. Names in a notice may come from anybody, so each form makes them harmless in its
// own way: no mark-up, no mention, no header of theirs comes through.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "net/client.h"

namespace sillar::drivers {

enum class NoticeSeverity : std::uint8_t { kInfo, kWarning, kError, kCritical };
[[nodiscard]] std::string_view notice_severity_name(NoticeSeverity severity);

struct Notice {
  std::string installation;  // Whose control plane it is from.
  std::string delivery;      // Of this notice to this channel: the same each time it is tried.
  std::string alert;         // The same in the notice that opens something and in the one that ends
                             // it. At most 255 bytes.
  bool over = false;
  NoticeSeverity severity = NoticeSeverity::kWarning;
  std::string code;     // For programs: "budget-actual".
  std::string rule;     // Empty: none.
  std::string project;  // Empty: the fleet's.
  std::string subject;
  std::string language = "en";  // Of the texts for people.
  std::string title;            // One line.
  std::string text;
  std::vector<std::pair<std::string, std::string>> details;     // For people, in order.
  std::vector<std::pair<std::string, std::string>> parameters;  // For programs; names are unique.
  Time since;
  Time at;                     // When it fired, or was over.
  Time until = Time::never();  // When it will be over by itself.
};

// HMAC-SHA-256 with the channel's key, as lower-case hex digits.
using SignHex = std::function<std::string(std::string_view bytes)>;

// A CloudEvents 1.0 event in JSON, signed: Sillar-Signature is "v1=" and the HMAC over the value of
// Sillar-Timestamp (seconds since 1970), a full stop and the body. Sillar-Delivery is the delivery,
// for those who remember what they have had.
[[nodiscard]] net::ClientRequest webhook_request(const Notice& notice, Time now,
                                                 const SignHex& sign);
// An incoming webhook's message in Block Kit, of plain texts only.
[[nodiscard]] net::ClientRequest slack_request(const Notice& notice);
// A message with an Adaptive Card, as a Workflow of Microsoft Teams takes it; its texts are runs,
// which know no mark-up. At most 28 KB.
[[nodiscard]] net::ClientRequest teams_request(const Notice& notice);
// Events API v2: trigger and resolve, by the alert as dedup_key.
[[nodiscard]] net::ClientRequest pagerduty_request(const Notice& notice,
                                                   std::string_view routing_key);
// POST /api/v2/alerts. It is told an end from the start, so that what lasts need not be repeated.
[[nodiscard]] net::ClientRequest alertmanager_request(const Notice& notice);

// The front of a text, at most `bytes_max`, never part of a character.
[[nodiscard]] std::string_view front_of(std::string_view text, std::size_t bytes_max);

}  // namespace sillar::drivers
