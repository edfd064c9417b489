#include "server/alert_delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "net/address.h"
#include "net/client.h"
#include "net/tls.h"
#include "net/url.h"
#include "server/crypto.h"
#include "server/encoding.h"
#include "server/secret_file.h"

namespace sillar::server {
namespace {

constexpr Duration kConnectMost = Duration::seconds(5);
constexpr Duration kSendMost = Duration::seconds(15);
// How long what is told and done with stays with receivers that keep what lasts.
constexpr Duration kToldLasts = Duration::hours(1);
constexpr std::size_t kAnswerBytesMax = std::size_t{64} << 10;

Result<std::string> read_source(const SecretSource& source) {
  std::string text;
  if (!source.file.empty()) {
    const std::size_t slash = source.file.rfind('/');
    SILLAR_TRY(read, read_secret(source.file.substr(0, slash), source.file.substr(slash + 1)));
    text = std::move(read);
  } else {
    const char* value = std::getenv(source.environment.c_str());
    if (value == nullptr)
      return fail(ErrorCode::kNotFound,
                  fmt::format("the variable {} is not set", source.environment));
    text = value;
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  const bool printable =
      std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= ' '; });
  if (text.empty() || !printable)
    return invalid(fmt::format("{} holds no secret of one line",
                               source.file.empty() ? source.environment : source.file));
  return text;
}

SendOutcome failed(const Error& error) {
  const bool later = error.code == ErrorCode::kIo || error.code == ErrorCode::kLimit;
  return {later ? Sent::kLater : Sent::kNever, error.message, {}};
}

Result<net::Url> url_of(const AlertChannel& channel) {
  std::string text = channel.url;
  if (!channel.url_source.empty()) {
    SILLAR_TRY(read, read_source(channel.url_source));
    text = std::move(read);
  }
  if (text.empty()) text = kPagerDutyUrl;
  const auto url = net::parse_url(text);
  // What is wrong with it would show it.
  if (!url) return invalid(fmt::format("the channel '{}' has no valid URL", channel.name));
  return *url;
}

Result<net::ClientRequest> request_of(const AlertChannel& channel, const drivers::Notice& notice,
                                      Time now) {
  std::string secret;
  if (!channel.secret.empty()) {
    SILLAR_TRY(read, read_source(channel.secret));
    secret = std::move(read);
  }
  switch (channel.kind) {
    case ChannelKind::kSlack:
      return drivers::slack_request(notice);
    case ChannelKind::kTeams:
      return drivers::teams_request(notice);
    case ChannelKind::kPagerDuty:
      return drivers::pagerduty_request(notice, secret);
    case ChannelKind::kAlertmanager: {
      net::ClientRequest request = drivers::alertmanager_request(notice);
      if (!secret.empty()) request.headers.push_back({"Authorization", "Bearer " + secret});
      return request;
    }
    case ChannelKind::kWebhook:
    case ChannelKind::kEmail:
      break;
  }
  return drivers::webhook_request(notice, now, [&](std::string_view bytes) {
    return hex(bytes_of(hmac_sha256(secret, bytes)));
  });
}

SendOutcome read_answer(const net::Response& answer) {
  if (answer.status >= 200 && answer.status < 300) return {};
  SendOutcome outcome;
  outcome.error = fmt::format("the receiver answered with status {}", answer.status);
  const bool later =
      answer.status >= 500 || answer.status == 408 || answer.status == 425 || answer.status == 429;
  outcome.sent = later ? Sent::kLater : Sent::kNever;
  if (const std::string* wish = answer.header("Retry-After")) {
    std::int64_t seconds = 0;
    const auto read = std::from_chars(wish->data(), wish->data() + wish->size(), seconds);
    if (read.ec == std::errc{} && seconds > 0)
      outcome.retry_after = Duration::seconds(std::min(seconds, kBackoffMost.whole_seconds()));
  }
  return outcome;
}

SendOutcome send_http(const AlertChannel& channel, const drivers::Notice& notice, Time now) {
  const auto url = url_of(channel);
  if (!url) return failed(url.error());
  const auto request = request_of(channel, notice, now);
  if (!request) return failed(request.error());
  net::ClientOptions options;
  options.connect_timeout = kConnectMost;
  options.total_timeout = kSendMost;
  options.ca_path = channel.ca_file;
  options.response_bytes_max = kAnswerBytesMax;
  options.address_allowed = [&](std::string_view ip) { return may_reach(channel, ip); };
  const auto answer = net::Client(std::move(options)).send(*url, *request);
  return answer ? read_answer(*answer) : failed(answer.error());
}

SendOutcome send_email(const AlertChannel& channel, const drivers::Notice& notice) {
  drivers::SmtpServer server;
  server.host = channel.host;
  server.port = channel.port;
  server.security = channel.security;
  server.connect_timeout = kConnectMost;
  server.total_timeout = kSendMost;
  server.ca_path = channel.ca_file;
  server.hello = channel.addresses.from.substr(channel.addresses.from.find('@') + 1);
  server.address_allowed = [&](std::string_view ip) { return may_reach(channel, ip); };
  if (!channel.user.empty()) {
    const auto password = read_source(channel.secret);
    if (!password) return failed(password.error());
    std::string login(1, '\0');
    login += channel.user;
    login += '\0';
    server.login = base64(login + *password);
  }
  const Status sent = drivers::send_mail(server, channel.addresses,
                                         drivers::mail_message(notice, channel.addresses));
  return sent ? SendOutcome{} : failed(sent.error());
}

}  // namespace

bool may_reach(const AlertChannel& channel, std::string_view ip) {
  const auto allows = [&](ChannelReach reach) {
    return std::ranges::find(channel.allow, reach) != channel.allow.end();
  };
  switch (net::address_kind(ip).value_or(net::AddressKind::kReserved)) {
    case net::AddressKind::kPublic:
      return true;
    case net::AddressKind::kPrivate:
      // Inside fc00::/7, and still a cloud's metadata service.
      return allows(ChannelReach::kPrivate) && ip != "fd00:ec2::254";
    case net::AddressKind::kLoopback:
      return allows(ChannelReach::kLoopback);
    case net::AddressKind::kLinkLocal:
    case net::AddressKind::kReserved:
      break;
  }
  return false;
}

drivers::Notice notice_of(const Delivery& delivery, const AlertChannel& channel,
                          std::string_view installation) {
  const Alert& alert = delivery.alert;
  const AlertLocale locale = channel.locale();
  drivers::Notice notice;
  notice.installation = installation;
  notice.delivery = delivery.id;
  notice.alert = alert.id;
  notice.over = delivery.over();
  notice.severity = static_cast<drivers::NoticeSeverity>(alert.severity);
  notice.code = alert_code_name(alert.code);
  notice.rule = alert.rule;
  notice.project = alert.project;
  notice.subject = alert.subject;
  notice.language = channel.language == Language::kSpanish ? "es" : "en";
  notice.title = alert_title(alert, locale);
  notice.text = alert_sentence(alert, locale);
  for (AlertDetail& detail : alert_details(alert, locale))
    notice.details.emplace_back(std::move(detail.name), std::move(detail.value));
  notice.parameters = alert.parameters;
  if (alert.threshold > 0)
    notice.parameters.emplace_back("percent", std::to_string(alert.threshold));
  notice.since = alert.since;
  notice.at = notice.over ? alert.ended : alert.fired;
  notice.until = alert.end == AlertEnd::kAtOnce ? notice.at + kToldLasts : alert.until;
  return notice;
}

Status check_channel(const AlertChannel& channel) {
  const auto check = [&]() -> Status {
    if (!channel.secret.empty()) SILLAR_TRY_STATUS(read_source(channel.secret));
    if (channel.kind != ChannelKind::kEmail) SILLAR_TRY_STATUS(url_of(channel));
    if (!channel.ca_file.empty()) SILLAR_TRY_STATUS(net::client_tls(channel.ca_file, true));
    return {};
  };
  Status checked = check();
  if (checked) return {};
  return tl::unexpected(checked.error().within(fmt::format("channel '{}'", channel.name)));
}

SendOutcome send_notice(const AlertChannel& channel, const drivers::Notice& notice, Time now) {
  return channel.kind == ChannelKind::kEmail ? send_email(channel, notice)
                                             : send_http(channel, notice, now);
}

DeliveryOutcome outcome_of(const SendOutcome& sent, std::int32_t tries, Time now,
                           std::int32_t most) {
  DeliveryOutcome outcome;
  outcome.next = now;
  if (sent.sent == Sent::kYes) return outcome;
  outcome.error = sent.error;
  if (sent.sent == Sent::kNever || tries + 1 >= most) {
    outcome.state = DeliveryState::kDead;
    return outcome;
  }
  outcome.state = DeliveryState::kPending;
  Duration pause = kBackoffFirst;
  for (std::int32_t i = 0; i < tries && pause < kBackoffMost; ++i) pause = pause * 2;
  outcome.next = now + std::clamp(std::max(pause, sent.retry_after), kBackoffFirst, kBackoffMost);
  return outcome;
}

}  // namespace sillar::server
