#include "drivers/smtp.h"

#include <gtest/gtest.h>

#include "drivers/mail_server_fixture.h"
#include "net/tls_fixture.h"

namespace sillar::drivers {
namespace {

const MailAddresses kAddresses{"sillar@example.org", {"ops@example.org", "cfo@example.org"}};
constexpr std::string_view kMessage = "Subject: x\r\n\r\n.hidden\r\n..\r\nend\r\n";

SmtpServer to_server(const TestMailServer& server, SmtpSecurity security) {
  SmtpServer to;
  to.host = "localhost";
  to.port = server.port();
  to.security = security;
  to.hello = "sillar.example.org";
  return to;
}

class Smtp : public testing::Test {
 protected:
  [[nodiscard]] net::TlsContext context() const {
    auto context = net::server_tls(certificate_.path(), certificate_.key_path());
    EXPECT_TRUE(context.has_value());
    return *context;
  }
  net::Certificate certificate_{"DNS:localhost"};
};

TEST_F(Smtp, HandsAMessageOverInTheClear) {
  TestMailServer server({});
  const auto sent = send_mail(to_server(server, SmtpSecurity::kNone), kAddresses, kMessage);
  ASSERT_TRUE(sent.has_value()) << sent.error().message;
  const std::vector<std::string> commands{
      "EHLO sillar.example.org", "MAIL FROM:<sillar@example.org>", "RCPT TO:<ops@example.org>",
      "RCPT TO:<cfo@example.org>", "DATA"};
  const auto heard = server.commands();
  ASSERT_GE(heard.size(), commands.size());
  EXPECT_TRUE(std::equal(commands.begin(), commands.end(), heard.begin()));
  ASSERT_EQ(server.messages().size(), 1U);
  EXPECT_EQ(server.messages()[0], "Subject: x\r\n\r\n..hidden\r\n...\r\nend\r\n");
}

TEST_F(Smtp, LogsInOnceItIsInTls) {
  TestMailServer server({context(), false, {}});
  SmtpServer to = to_server(server, SmtpSecurity::kStartTls);
  to.ca_path = certificate_.path();
  to.login = "AHUAcA==";
  const auto sent = send_mail(to, kAddresses, kMessage);
  ASSERT_TRUE(sent.has_value()) << sent.error().message;
  const auto heard = server.commands();
  ASSERT_GE(heard.size(), 4U);
  EXPECT_EQ(heard[1], "STARTTLS");
  EXPECT_EQ(heard[2], "tls EHLO sillar.example.org");
  EXPECT_EQ(heard[3], "tls AUTH PLAIN AHUAcA==");
}

TEST_F(Smtp, SpeaksTlsFromTheStart) {
  TestMailServer server({context(), true, {}});
  SmtpServer to = to_server(server, SmtpSecurity::kTls);
  to.ca_path = certificate_.path();
  const auto sent = send_mail(to, kAddresses, kMessage);
  ASSERT_TRUE(sent.has_value()) << sent.error().message;
  EXPECT_EQ(server.messages().size(), 1U);
}

TEST_F(Smtp, SendsNothingToWhoIsNotTrusted) {
  TestMailServer server({context(), false, {}});
  const auto sent = send_mail(to_server(server, SmtpSecurity::kStartTls), kAddresses, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code, ErrorCode::kIo);
  EXPECT_NE(sent.error().message.find("its certificate is not trusted"), std::string::npos);
  EXPECT_TRUE(server.messages().empty());
}

TEST_F(Smtp, SendsNothingWithoutTheTlsThatWasAskedFor) {
  TestMailServer server({});
  const auto sent = send_mail(to_server(server, SmtpSecurity::kStartTls), kAddresses, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_NE(sent.error().message.find("offers no STARTTLS"), std::string::npos);
  EXPECT_EQ(server.commands().size(), 1U);
}

TEST_F(Smtp, NeverSendsAPasswordInTheClear) {
  TestMailServer server({});
  SmtpServer to = to_server(server, SmtpSecurity::kNone);
  to.login = "AHUAcA==";
  const auto sent = send_mail(to, kAddresses, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_TRUE(server.commands().empty());
}

TEST_F(Smtp, TellsARefusalForGoodFromOneForNow) {
  const struct {
    const char* command;
    const char* answer;
    ErrorCode code;
  } cases[] = {
      {"MAIL", "550 no", ErrorCode::kInvalidInput},
      {"RCPT TO:<cfo", "551-not\r\n551 here", ErrorCode::kInvalidInput},
      {"DATA", "451 later", ErrorCode::kIo},
      {".", "452 full", ErrorCode::kIo},
      {"EHLO", "nonsense", ErrorCode::kIo},
      {"MAIL", "", ErrorCode::kIo},  // It hangs up.
  };
  for (const auto& c : cases) {
    TestMailServer server({nullptr, false, {{c.command, c.answer}}});
    const auto sent = send_mail(to_server(server, SmtpSecurity::kNone), kAddresses, kMessage);
    ASSERT_FALSE(sent.has_value()) << c.answer;
    EXPECT_EQ(sent.error().code, c.code) << sent.error().message;
  }
}

TEST_F(Smtp, AsksWhetherAnAddressIsAllowed) {
  TestMailServer server({});
  SmtpServer to = to_server(server, SmtpSecurity::kNone);
  std::vector<std::string> asked;
  to.address_allowed = [&](std::string_view ip) {
    asked.emplace_back(ip);
    return false;
  };
  const auto sent = send_mail(to, kAddresses, kMessage);
  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(sent.error().message.find("is not allowed"), std::string::npos);
  EXPECT_FALSE(asked.empty());
  EXPECT_TRUE(server.commands().empty());
}

TEST_F(Smtp, RefusesAddressesThatWouldBeCommands) {
  TestMailServer server({});
  for (const char* bad : {"a@b>\r\nRCPT TO:<c@d", "a b@c", "", "a@", "@b", "a@b c", "a@b\n"})
    EXPECT_FALSE(
        send_mail(to_server(server, SmtpSecurity::kNone), {"a@b", {bad}}, kMessage).has_value());
  SmtpServer to = to_server(server, SmtpSecurity::kNone);
  to.hello = "x\r\nRSET";
  EXPECT_FALSE(send_mail(to, kAddresses, kMessage).has_value());
  EXPECT_TRUE(server.commands().empty());
}

}  // namespace
}  // namespace sillar::drivers
