#include "net/url.h"

#include <gtest/gtest.h>

#include "net/address.h"

namespace sillar::net {
namespace {

TEST(Url, ReadsAndPrints) {
  struct Case {
    std::string_view text;
    Url url;
    std::string_view printed;
  };
  const Case cases[] = {
      {"http://example.org", {false, "example.org", 80, "/"}, "http://example.org/"},
      {"HTTPS://Example.ORG:443/A?b=C",
       {true, "example.org", 443, "/A?b=C"},
       "https://example.org/A?b=C"},
      {"https://example.org?x", {true, "example.org", 443, "/?x"}, "https://example.org/?x"},
      {"http://[::1]:8080/", {false, "::1", 8080, "/"}, "http://[::1]:8080/"},
      {"http://127.0.0.1:65535/%20",
       {false, "127.0.0.1", 65535, "/%20"},
       "http://127.0.0.1:65535/%20"},
      {"http://my_host-1", {false, "my_host-1", 80, "/"}, "http://my_host-1/"},
  };
  for (const Case& each : cases) {
    const auto url = parse_url(each.text);
    ASSERT_TRUE(url) << each.text << ": " << url.error().message;
    EXPECT_EQ(*url, each.url) << each.text;
    EXPECT_EQ(url->text(), each.printed);
  }
}

TEST(Url, RefusesWhatIsOdd) {
  for (const char* text : {"",
                           "example.org",
                           "ftp://example.org",
                           "http:/example.org",
                           "http://",
                           "http:///a",
                           "http://user@example.org/",
                           "http://user:password@example.org/",
                           "http://example.org/#a",
                           "http://example.org:0/",
                           "http://example.org:65536/",
                           "http://example.org:/",
                           "http://example.org:80a/",
                           "http://example.org:-1/",
                           "http://exa mple.org/",
                           "http://example.org/\r\nHost: other",
                           "http://example.org/a b",
                           "http://ex\xC3\xA4mple.org",
                           "http://example..org/",
                           "http://.example.org/",
                           "http://-a.org/",
                           "http://127.1/",
                           "http://0x7f000001/",
                           "http://2130706433/",
                           "http://0177.0.0.1/",
                           "http://127.0.0.1.5/",
                           "http://1.2.3.0x4/",
                           "http://[::1/",
                           "http://[::1]8080/",
                           "http://[::g]/",
                           "http://::1/",
                           "http://[fe80::1%25eth0]/",
                           "http://a%2eb/",
                           "http://example.org\\@evil.org/",
                           "http://example.org/{a}"})
    EXPECT_FALSE(parse_url(text)) << text;
  EXPECT_FALSE(parse_url("http://example.org/" + std::string(kUrlBytesMax, 'a')));
  EXPECT_EQ(parse_url("http://a:b/").error().message,
            "\"http://a:b/\": its port is not a number from 1 to 65535");
}

TEST(Url, ChangesItsTarget) {
  EXPECT_EQ(parse_url("https://a:1/b")->at("/c?d").text(), "https://a:1/c?d");
}

TEST(Address, KnowsWhatKindOfPlaceItIs) {
  using enum AddressKind;
  const std::pair<const char*, AddressKind> cases[] = {
      {"8.8.8.8", kPublic},
      {"2606:4700::1111", kPublic},
      {"100.63.255.255", kPublic},
      {"172.15.0.1", kPublic},
      {"172.32.0.1", kPublic},
      {"::ffff:8.8.8.8", kPublic},
      {"127.0.0.1", kLoopback},
      {"127.255.0.3", kLoopback},
      {"::1", kLoopback},
      {"::ffff:127.0.0.1", kLoopback},
      {"::127.0.0.1", kLoopback},
      {"64:ff9b::127.0.0.1", kLoopback},
      {"2002:7f00:1::", kLoopback},
      {"2001:0:1:2:3:4:80ff:fffe", kLoopback},
      {"10.0.0.1", kPrivate},
      {"172.16.0.1", kPrivate},
      {"172.31.255.255", kPrivate},
      {"192.168.1.1", kPrivate},
      {"100.64.0.1", kPrivate},
      {"fd00:ec2::254", kPrivate},
      {"fc00::1", kPrivate},
      {"fec0::1", kPrivate},
      {"::ffff:10.1.2.3", kPrivate},
      {"169.254.169.254", kLinkLocal},
      {"fe80::1", kLinkLocal},
      {"::ffff:169.254.169.254", kLinkLocal},
      {"64:ff9b::a9fe:a9fe", kLinkLocal},
      {"0.0.0.0", kReserved},
      {"::", kReserved},
      {"224.0.0.1", kReserved},
      {"255.255.255.255", kReserved},
      {"ff02::1", kReserved},
      {"2001:db8::1", kReserved},
      {"64:ff9b:1::1", kReserved},
      {"192.0.2.1", kReserved},
      {"198.18.0.1", kReserved},
      {"::2", kReserved},
  };
  for (const auto& [text, kind] : cases) EXPECT_EQ(address_kind(text), kind) << text;
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4.5", "01.2.3.4", "::1%lo", "[::1]"})
    EXPECT_EQ(address_kind(text), std::nullopt) << text;
}

}  // namespace
}  // namespace sillar::net
