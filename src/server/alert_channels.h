#pragma once

// Channels: where alerts are sent. They come from the operator's own file and from nowhere else,
// so that nobody who may write a rule can make this server call an address of his. Secrets stay in
// files or in the environment, read anew for each delivery; no journal, log or answer has them.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/smtp.h"
#include "server/alert_rules.h"
#include "server/alert_text.h"

namespace sillar::server {

enum class ChannelKind : std::uint8_t {
  kWebhook,
  kSlack,
  kTeams,
  kPagerDuty,
  kAlertmanager,
  kEmail,
};
inline constexpr std::array<std::string_view, 6> kChannelKinds{
    "webhook", "slack", "teams", "pagerduty", "alertmanager", "email"};
[[nodiscard]] inline std::string_view channel_kind_name(ChannelKind kind) {
  return kChannelKinds[static_cast<std::size_t>(kind)];
}

// Destinations that are refused unless a channel allows them. Link-local addresses, every cloud's
// metadata service among them, are never allowed.
enum class ChannelReach : std::uint8_t { kPrivate, kLoopback };
inline constexpr std::array<std::string_view, 2> kChannelReaches{"private", "loopback"};

// At most one is set.
struct SecretSource {
  std::string file;
  std::string environment;  // A variable's name.

  [[nodiscard]] bool empty() const { return file.empty() && environment.empty(); }
  friend bool operator==(const SecretSource&, const SecretSource&) = default;
};

struct AlertChannel {
  std::string name;  // Unique.
  ChannelKind kind = ChannelKind::kWebhook;
  std::string url;          // All but email; empty: where `url_source` says, or PagerDuty's own.
  SecretSource url_source;  // Addresses of Slack and Teams are secrets.
  SecretSource secret;      // Key of the signature, routing key, bearer token, password.
  Language language = Language::kEnglish;
  bool decimal_comma = false;
  bool tell_end = true;  // Also when an alert is over.
  std::vector<ChannelReach> allow;
  std::string ca_file;  // PEM; empty: the system's authorities.
  // kEmail.
  std::string host;
  std::uint16_t port = 587;
  drivers::SmtpSecurity security = drivers::SmtpSecurity::kStartTls;
  std::string user;  // Empty: nobody logs in.
  drivers::MailAddresses addresses;

  [[nodiscard]] AlertLocale locale() const { return {language, decimal_comma}; }
  friend bool operator==(const AlertChannel&, const AlertChannel&) = default;
};

inline constexpr std::string_view kPagerDutyUrl = "https://events.pagerduty.com/v2/enqueue";

// Null: there is none of that name.
[[nodiscard]] const AlertChannel* find_channel(std::span<const AlertChannel> channels,
                                               std::string_view name);

}  // namespace sillar::server
