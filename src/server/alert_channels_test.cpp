#include "server/alert_channels.h"

#include <gtest/gtest.h>

#include "server/alert_settings.h"

namespace sillar::server {
namespace {

Result<AlertSettings> load(std::string_view text) {
  const auto document = parse_document("alerts.yaml", text);
  EXPECT_TRUE(document.has_value()) << document.error().message;
  return load_alert_settings(*document);
}

TEST(AlertChannels, AreReadFromAFile) {
  const auto settings = load(R"(
channels:
  - {name: ops, kind: webhook, url: "https://example.org/hook", secret_file: /etc/sillar/key}
  - {name: chat, kind: slack, url_env: SLACK_URL, language: es, decimal_comma: true}
  - {name: teams, kind: teams, url_file: /etc/sillar/teams}
  - {name: pager, kind: pagerduty, secret_env: PAGER_KEY}
  - {name: prom, kind: alertmanager, url: "http://prom:9093/api/v2/alerts", allow: [private]}
  - {name: mail, kind: email, host: smtp.example.org, security: tls, user: u, secret_env: P,
     from: sillar@example.org, to: [ops@example.org], tell_end: false}
)");
  ASSERT_TRUE(settings.has_value()) << settings.error().message;
  const std::vector<AlertChannel>& channels = settings->channels;
  ASSERT_EQ(channels.size(), 6U);
  EXPECT_EQ(channels[1].language, Language::kSpanish);
  EXPECT_EQ(channels[4].allow, std::vector<ChannelReach>{ChannelReach::kPrivate});
  EXPECT_EQ(channels[5].port, 465);
  EXPECT_FALSE(channels[5].tell_end);
}

TEST(AlertChannels, ARuleNamesOneThatThereIs) {
  const auto fault = load(R"(
channels: [{name: pager, kind: pagerduty, secret_env: P}]
rules:
  - {name: r, kind: failed, channels: [pager, pagr]}
)");
  ASSERT_FALSE(fault.has_value());
  EXPECT_EQ(fault.error().message,
            "alerts.yaml:4:47: rules[0]: there is no channel 'pagr'; did you mean 'pager'?");
}

TEST(AlertChannels, FaultsNameLineAndField) {
  const struct {
    std::string_view text;
    std::string_view message;
  } cases[] = {
      {"channels:\n- {name: a, kind: webhook, url: 'https://x.org/'}",
       "a channel of kind webhook needs a 'secret_file' or 'secret_env'"},
      {"channels:\n- {name: a, kind: slack}",
       "a channel of kind slack needs a 'url', 'url_file' or 'url_env'"},
      {"channels:\n- {name: a, kind: slack, url: 'ftp://x.org/'}", "channels[0]: url: "},
      {"channels:\n- {name: a, kind: slack, url_file: x}", "url_file is a path from /"},
      {"channels:\n- {name: a, kind: slack, url_file: /x, url_env: X}",
       "url_file and url_env are both set; one is enough"},
      {"channels:\n- {name: a, kind: email, host: h, from: 'a b@c', to: [x@y]}",
       "channels[0].from: "},
      {"channels:\n- {name: a, kind: email, host: h, from: 'a@b', to: ['x>@y']}",
       "'x>@y' is not an address as in ops@example.org"},
      {"channels:\n- {name: a, kind: email, host: h, from: a@b, to: [x@y], user: u}",
       "who logs in has both a 'user' and a 'secret_file' or 'secret_env'"},
      {"channels:\n- {name: a, kind: email, host: h, from: a@b, to: [x@y], user: u, secret_env: S, "
       "security: "
       "none}",
       "a password is sent to a mail server in TLS only"},
      {"channels:\n- {name: a, kind: slack, url_env: X, to: [x@y]}",
       "'host', 'port', 'user', 'from' and 'to' belong to channels of kind email"},
      {"channels:\n- {name: a, kind: slack, url_env: X, secrt_env: Y}",
       "unknown field 'secrt_env'; did you mean 'secret_env'?"},
      {"channels:\n- {name: a, kind: slack, url_env: X}\n- {name: a, kind: slack, url_env: X}",
       "alerts.yaml:3:3: channels: a second channel named 'a'"},
  };
  for (const auto& c : cases) {
    const auto channels = load(c.text);
    ASSERT_FALSE(channels.has_value()) << c.text;
    EXPECT_NE(channels.error().message.find(c.message), std::string::npos)
        << channels.error().message;
  }
}

}  // namespace
}  // namespace sillar::server
