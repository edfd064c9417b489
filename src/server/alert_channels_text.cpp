// The text form of channels.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/codecs.h"
#include "net/url.h"
#include "server/alert_channels.h"
#include "server/alert_lists.h"

namespace sillar::server {
namespace {

constexpr std::size_t kRecipientsMax = 50;
constexpr std::array<std::string_view, 3> kSecurities{"starttls", "tls", "none"};
constexpr std::array<std::string_view, 2> kLanguages{"en", "es"};

// A channel as a file states it.
struct ChannelText : AlertChannel {
  std::string url_file, url_env, secret_file, secret_env;
  std::string from;
  std::vector<std::string> to;
  std::optional<std::int32_t> port_stated;
};

bool read_source(Decoder& decoder, const Value& at, std::string_view what, std::string file,
                 std::string environment, SecretSource& out) {
  if (!file.empty() && !environment.empty())
    return decoder.fault(at,
                         fmt::format("{}_file and {}_env are both set; one is enough", what, what));
  if (!file.empty() && !file.starts_with('/'))
    return decoder.fault(at, fmt::format("{}_file is a path from /", what));
  out = {std::move(file), std::move(environment)};
  return true;
}

bool check_url(Decoder& decoder, const Value& at, const ChannelText& channel) {
  const bool stated = !channel.url.empty();
  if (channel.kind == ChannelKind::kEmail)
    return (!stated && channel.url_source.empty()) ||
           decoder.fault(at, "a channel of kind email has a 'host', not a 'url'");
  if (stated && !channel.url_source.empty())
    return decoder.fault(at, "'url' is set twice: by itself and from a file or the environment");
  if (!stated && channel.url_source.empty())
    return channel.kind == ChannelKind::kPagerDuty ||
           decoder.fault(at, fmt::format("a channel of kind {} needs a 'url', 'url_file' or "
                                         "'url_env'",
                                         channel_kind_name(channel.kind)));
  if (!stated) return true;
  const auto url = net::parse_url(channel.url);
  return url.has_value() || decoder.fault(at, fmt::format("url: {}", url.error().message));
}

bool check_mail(Decoder& decoder, const Value& at, const ChannelText& channel) {
  const bool email = channel.kind == ChannelKind::kEmail;
  const bool any = !channel.host.empty() || !channel.from.empty() || !channel.to.empty() ||
                   !channel.user.empty() || channel.port_stated;
  if (!email)
    return !any || decoder.fault(at,
                                 "'host', 'port', 'user', 'from' and 'to' belong to channels "
                                 "of kind email");
  if (channel.host.empty() || channel.from.empty() || channel.to.empty())
    return decoder.fault(at, "a channel of kind email needs 'host', 'from' and 'to'");
  if (channel.to.size() > kRecipientsMax)
    return decoder.fault(at, fmt::format("a channel has at most {} recipients", kRecipientsMax));
  bool good = true;
  std::vector<std::string> addresses = channel.to;
  addresses.push_back(channel.from);
  for (const std::string& address : addresses)
    if (!drivers::is_mail_address(address))
      good =
          decoder.fault(at, fmt::format("'{}' is not an address as in ops@example.org", address));
  if (channel.user.empty() != channel.secret.empty())
    good = decoder.fault(at, "who logs in has both a 'user' and a 'secret_file' or 'secret_env'");
  if (!channel.user.empty() && channel.security == drivers::SmtpSecurity::kNone)
    good = decoder.fault(at, "a password is sent to a mail server in TLS only");
  return good;
}

bool check_channel(Decoder& decoder, const Value& at, ChannelText& channel) {
  bool good =
      read_source(decoder, at, "url", channel.url_file, channel.url_env, channel.url_source);
  good =
      read_source(decoder, at, "secret", channel.secret_file, channel.secret_env, channel.secret) &&
      good;
  if (!good) return false;
  if (channel.port_stated)
    channel.port = static_cast<std::uint16_t>(*channel.port_stated);
  else if (channel.security == drivers::SmtpSecurity::kTls)
    channel.port = 465;
  channel.addresses = {channel.from, channel.to};
  good = check_url(decoder, at, channel);
  good = check_mail(decoder, at, channel) && good;
  const bool keyed =
      channel.kind == ChannelKind::kWebhook || channel.kind == ChannelKind::kPagerDuty;
  if (keyed && channel.secret.empty())
    good = decoder.fault(at, fmt::format("a channel of kind {} needs a 'secret_file' or "
                                         "'secret_env'",
                                         channel_kind_name(channel.kind)));
  return good;
}

const Table<ChannelText>& channel_table() {
  static const auto table = [] {
    Table<ChannelText> t("alert_channel", "Where alerts are sent.");
    t.required("name", &ChannelText::name, Name{}, "Its name, unique.");
    t.required("kind", &ChannelText::kind,
               Choice<ChannelKind, kChannelKinds.size()>{&kChannelKinds}, "What it speaks.");
    t.optional("url", &ChannelText::url, Name{}, "Where to; PagerDuty's own when absent.");
    t.optional("url_file", &ChannelText::url_file, Name{}, "A file with the URL.");
    t.optional("url_env", &ChannelText::url_env, Name{}, "A variable with the URL.");
    t.optional("secret_file", &ChannelText::secret_file, Name{},
               "A file with the key, token or password.");
    t.optional("secret_env", &ChannelText::secret_env, Name{},
               "A variable with the key, token or password.");
    t.optional("language", &ChannelText::language, Choice<Language, 2>{&kLanguages},
               "Of what people read: en or es.");
    t.optional("decimal_comma", &ChannelText::decimal_comma, Boolean{},
               "Whether amounts have a comma, as in Spain.");
    t.optional("tell_end", &ChannelText::tell_end, Boolean{},
               "Whether it is told when an alert is over; true when absent.");
    t.optional("allow", &ChannelText::allow,
               List<Choice<ChannelReach, kChannelReaches.size()>>{{&kChannelReaches}},
               "Addresses other than public ones that it may have: private, loopback.");
    t.optional("ca_file", &ChannelText::ca_file, Name{}, "Authorities to trust, in PEM.");
    t.optional("host", &ChannelText::host, Name{}, "Email: the mail server.");
    t.optional("port", &ChannelText::port_stated, Optional<Integer<std::int32_t>>{{1, 65'535}},
               "Email: its port; 587, or 465 with tls.");
    t.optional("security", &ChannelText::security,
               Choice<drivers::SmtpSecurity, kSecurities.size()>{&kSecurities},
               "Email: starttls, tls from the start, or none.");
    t.optional("user", &ChannelText::user, Name{}, "Email: who logs in.");
    t.optional("from", &ChannelText::from, Name{}, "Email: the sender.");
    t.optional("to", &ChannelText::to, List<Name>{}, "Email: the recipients.");
    t.after(check_channel);
    return t;
  }();
  return table;
}

bool check_names(Decoder& decoder, const Value& list, const std::vector<ChannelText>& channels) {
  if (channels.size() > kAlertChannelsMax)
    return decoder.fault(list, fmt::format("there are at most {} channels", kAlertChannelsMax));
  bool good = true;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < channels.size(); ++i)
    if (!names.insert(channels[i].name).second)
      good = decoder.fault(list.items[i],
                           fmt::format("a second channel named '{}'", channels[i].name));
  return good;
}

}  // namespace

bool read_alert_channels(Decoder& decoder, const Value& list, std::vector<AlertChannel>& out) {
  std::vector<ChannelText> channels;
  if (!List<Record<ChannelText>>{{&channel_table}}.read(decoder, list, channels)) return false;
  if (!check_names(decoder, list, channels)) return false;
  out.assign(channels.begin(), channels.end());
  return true;
}

const AlertChannel* find_channel(std::span<const AlertChannel> channels, std::string_view name) {
  const auto found = std::ranges::find(channels, name, &AlertChannel::name);
  return found == channels.end() ? nullptr : &*found;
}

}  // namespace sillar::server
