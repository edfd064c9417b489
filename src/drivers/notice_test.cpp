#include "drivers/notice.h"

#include <gtest/gtest.h>

#include "base/document.h"
#include "drivers/mail.h"

namespace sillar::drivers {
namespace {

constexpr Time kAt = Time::from_seconds(1'790'000'000);

Notice notice() {
  Notice n;
  n.installation = "0123";
  n.delivery = "d1";
  n.alert = "a1";
  n.severity = NoticeSeverity::kError;
  n.code = "budget-actual";
  n.rule = "money";
  n.project = "acme/a";
  n.subject = "month";
  n.title = "Budget month of acme/a: 80 % is spent";
  n.text = "80.00 of 100.00 USD.";
  n.details = {{"Project", "acme/a"}, {"Amount", "80.00 USD"}};
  n.parameters = {{"amount", "80.00"}, {"currency", "USD"}};
  n.since = kAt - Duration::hours(1);
  n.at = kAt;
  return n;
}

// Names of people who mean no good.
Notice hostile() {
  Notice n = notice();
  n.subject = "<!channel> <https://evil.example|click> *b* _i_ `c` & \"q\"\r\nBcc: x@y\xFF";
  n.title = n.subject + " [link](https://evil.example)";
  n.text = n.title;
  n.details = {{"Subject", n.subject}};
  return n;
}

std::string header(const net::ClientRequest& request, std::string_view name) {
  const std::string* value = net::find_header(request.headers, name);
  return value == nullptr ? "" : *value;
}

TEST(Notice, WebhookIsASignedEvent) {
  std::string signed_bytes;
  const auto request = webhook_request(notice(), kAt, [&](std::string_view bytes) {
    signed_bytes = bytes;
    return std::string("c0ffee");
  });
  const std::string body =
      R"({"specversion":"1.0","id":"d1","source":"/sillar/0123","type":"sillar.alert.fired",)"
      R"("time":"2026-09-21T14:13:20Z","datacontenttype":"application/json","data":{"alert":"a1",)"
      R"("code":"budget-actual","severity":"error","rule":"money","project":"acme/a",)"
      R"("subject":"month","since":"2026-09-21T13:13:20Z","language":"en",)"
      R"("title":"Budget month of acme/a: 80 % is spent","text":"80.00 of 100.00 USD.",)"
      R"("parameters":{"amount":"80.00","currency":"USD"}}})";
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.body, body);
  EXPECT_EQ(signed_bytes, "1790000000." + body);
  EXPECT_EQ(header(request, "Content-Type"), "application/cloudevents+json");
  EXPECT_EQ(header(request, "Sillar-Timestamp"), "1790000000");
  EXPECT_EQ(header(request, "Sillar-Signature"), "v1=c0ffee");
  EXPECT_EQ(header(request, "Sillar-Delivery"), "d1");
}

TEST(Notice, SlackIsBlocksOfPlainText) {
  EXPECT_EQ(
      slack_request(notice()).body,
      R"({"text":"Budget month of acme/a: 80 % is spent","mrkdwn":false,"blocks":[)"
      R"({"type":"header","text":{"type":"plain_text",)"
      R"("text":"Budget month of acme/a: 80 % is spent","emoji":false}},)"
      R"({"type":"section","text":{"type":"plain_text","text":"80.00 of 100.00 USD.",)"
      R"("emoji":false},"fields":[{"type":"plain_text","text":"Project: acme/a","emoji":false},)"
      R"({"type":"plain_text","text":"Amount: 80.00 USD","emoji":false}]}]})");
  const std::string body = slack_request(hostile()).body;
  EXPECT_EQ(body.find_first_of("<>"), std::string::npos);
  EXPECT_NE(body.find("&lt;!channel&gt;"), std::string::npos);
}

TEST(Notice, TeamsIsACardOfRuns) {
  EXPECT_EQ(
      teams_request(notice()).body,
      R"({"type":"message","attachments":[)"
      R"({"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,)"
      R"("content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json",)"
      R"("type":"AdaptiveCard","version":"1.4","lang":"en",)"
      R"("fallbackText":"Budget month of acme/a: 80 % is spent","body":[)"
      R"({"type":"RichTextBlock","inlines":[{"type":"TextRun",)"
      R"("text":"Budget month of acme/a: 80 % is spent","weight":"Bolder"}]},)"
      R"({"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"80.00 of 100.00 USD."}]},)"
      R"({"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"Project: ",)"
      R"("weight":"Bolder"},{"type":"TextRun","text":"acme/a"}]},)"
      R"({"type":"RichTextBlock","inlines":[{"type":"TextRun","text":"Amount: ",)"
      R"("weight":"Bolder"},{"type":"TextRun","text":"80.00 USD"}]}]}}]})");
  EXPECT_EQ(teams_request(hostile()).body.find("TextBlock\",\"text"), std::string::npos);
  constexpr std::size_t kTeamsBytesMax = 28'000;
  Notice long_one = notice();
  long_one.title = long_one.text = std::string(100'000, 'x');
  for (int i = 0; i < 100; ++i) long_one.details.emplace_back("n", std::string(10'000, 'y'));
  EXPECT_LT(teams_request(long_one).body.size(), kTeamsBytesMax);
}

TEST(Notice, PagerDutyTriggersAndResolves) {
  EXPECT_EQ(pagerduty_request(notice(), "key").body,
            R"({"routing_key":"key","event_action":"trigger","dedup_key":"a1","client":"sillar",)"
            R"("payload":{"summary":"Budget month of acme/a: 80 % is spent. 80.00 of 100.00 USD.",)"
            R"("source":"acme/a","severity":"error","timestamp":"2026-09-21T14:13:20Z",)"
            R"("component":"month","group":"money","class":"budget-actual",)"
            R"("custom_details":{"amount":"80.00","currency":"USD"}}})");
  Notice over = notice();
  over.over = true;
  EXPECT_EQ(pagerduty_request(over, "key").body,
            R"({"routing_key":"key","event_action":"resolve","dedup_key":"a1"})");
}

TEST(Notice, AlertmanagerIsToldWhenItEnds) {
  const std::string labels =
      R"([{"labels":{"alertname":"money","code":"budget-actual","severity":"error",)"
      R"("subject":"month","project":"acme/a","alert":"a1"},)"
      R"("annotations":{"summary":"Budget month of acme/a: 80 % is spent",)"
      R"("description":"80.00 of 100.00 USD."},"startsAt":"2026-09-21T13:13:20Z","endsAt":)";
  Notice n = notice();
  EXPECT_EQ(alertmanager_request(n).body, labels + R"("2026-10-21T14:13:20Z"}])");
  n.until = n.at + Duration::hours(24);
  EXPECT_EQ(alertmanager_request(n).body, labels + R"("2026-09-22T14:13:20Z"}])");
  n.over = true;
  n.at = kAt + Duration::hours(2);
  EXPECT_EQ(alertmanager_request(n).body, labels + R"("2026-09-21T16:13:20Z"}])");
}

TEST(Notice, EveryFormOfAHostileNameIsOneDocument) {
  const auto sign = [](std::string_view) { return std::string("0"); };
  for (const auto& request :
       {webhook_request(hostile(), kAt, sign), slack_request(hostile()), teams_request(hostile()),
        pagerduty_request(hostile(), "k"), alertmanager_request(hostile())}) {
    EXPECT_TRUE(parse_document("body", request.body).has_value()) << request.body;
    for (const auto& [name, value] : request.headers)
      EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos);
  }
}

TEST(Notice, AFrontEndsBetweenCharacters) {
  EXPECT_EQ(front_of("año", 2), "a");
  EXPECT_EQ(front_of("año", 3), "añ");
  EXPECT_EQ(front_of("a", 2), "a");
}

TEST(Mail, IsAPlainMessage) {
  EXPECT_EQ(mail_message(notice(), {"sillar@example.org", {"a@x", "b@y"}}),
            "Date: Mon, 21 Sep 2026 14:13:20 +0000\r\n"
            "From: sillar@example.org\r\n"
            "To: a@x,\r\n b@y\r\n"
            "Subject: Budget month of acme/a: 80 % is spent\r\n"
            "Message-ID: <a1@example.org>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "X-Sillar-Delivery: d1\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Language: en\r\n"
            "Content-Type: text/plain;charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "80.00 of 100.00 USD.\r\n"
            "\r\n"
            "Project: acme/a\r\n"
            "Amount: 80.00 USD\r\n"
            "\r\n"
            "--=20\r\n"
            "sillar 0123\r\n"
            "budget-actual\r\n");
}

TEST(Mail, NoNameBecomesAHeader) {
  const std::string mail = mail_message(hostile(), {"sillar@example.org", {"a@x"}});
  const std::string headers = mail.substr(0, mail.find("\r\n\r\n"));
  EXPECT_EQ(headers.find("\r\nBcc"), std::string::npos);
  for (std::size_t at = mail.find('\n'); at != std::string::npos; at = mail.find('\n', at + 1))
    EXPECT_EQ(mail[at - 1], '\r');
  for (const char c : mail) EXPECT_TRUE((c >= ' ' && c <= '~') || c == '\r' || c == '\n');
}

TEST(Mail, HeadersOfOtherLettersAreWords) {
  EXPECT_EQ(mail_header_text("plain"), "plain");
  EXPECT_EQ(mail_header_text("se gastará"), "=?utf-8?Q?se_gastar=C3=A1?=");
  EXPECT_EQ(mail_header_text("a\r\nb"), "a  b");
  EXPECT_EQ(mail_header_text("=?utf-8?Q?x?="), "=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=");
  std::string spanish;
  for (int i = 0; i < 60; ++i) spanish += "ñ";
  const std::string folded = mail_header_text(spanish);
  for (std::size_t at = 0; at != std::string::npos && at < folded.size();) {
    const std::size_t end = std::min(folded.find("\r\n", at), folded.size());
    EXPECT_LE(end - at, 76U);
    at = end + 2;
  }
  EXPECT_NE(folded.find("?=\r\n =?utf-8?Q?=C3=B1"), std::string::npos);
}

TEST(Mail, QuotedPrintableKeepsLinesShortAndEndsVisible) {
  EXPECT_EQ(quoted_printable("a=b \nñ\n"), "a=3Db=20\r\n=C3=B1\r\n");
  const std::string longest = quoted_printable(std::string(200, 'x'));
  for (std::size_t at = 0; at < longest.size();) {
    const std::size_t end = std::min(longest.find("\r\n", at), longest.size());
    EXPECT_LE(end - at, 76U);
    at = end + 2;
  }
}

TEST(Mail, AddressesAreStrict) {
  for (const char* good : {"a@b", "first.last+tag@mail.example.org", "x_y@a-b.c"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad : {"a", "a@", "@b", "a b@c", "a@b c", "a@b\r\n", "<a@b>", "\"a\"@b", "a@b@c",
                          ".a@b", "a.@b", "a..b@c", "a@.b", "a@b..c", "a@b>", "ñ@b"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
}

}  // namespace
}  // namespace sillar::drivers
