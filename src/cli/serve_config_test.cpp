#include "cli/serve_config.h"

#include <gtest/gtest.h>

namespace sillar::cli {
namespace {

Result<ServeConfig> load(std::string_view text) {
  const auto document = parse_document("serve.yaml", text);
  EXPECT_TRUE(document.has_value()) << document.error().message;
  return load_serve_config(*document);
}

TEST(ServeConfig, SaysWhatFlagsSayAndMore) {
  const auto config = load(R"(
listen: 127.0.0.1:7500
tls: {certificate: c.pem, key: k.pem}
host_names: [gpu.example, gpu2.example]
issuers:
  - {issuer: https://idp.example, audience: sillar, jwks_file: keys.json}
retention: {entries: 5000, bytes: 1Gi}
limits: {connections: 64, body: 2Mi, disk_low: 100Mi}
)");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->retention_entries, 5000);
  EXPECT_EQ(config->retention_bytes, std::int64_t{1} << 30);
  EXPECT_EQ(config->connections, 64);
  EXPECT_EQ(config->body_bytes, std::int64_t{2} << 20);
  EXPECT_EQ(config->disk_low_bytes, std::int64_t{100} << 20);
  ASSERT_EQ(config->issuers.size(), 1U);
  EXPECT_EQ(config->issuers[0].jwks_file, "keys.json");

  Arguments arguments;
  arguments.add("listen", "127.0.0.1:1");
  const Arguments merged = with_config(arguments, *config);
  EXPECT_EQ(merged.text("listen"), "127.0.0.1:1") << "a flag wins";
  EXPECT_EQ(merged.text("tls-certificate"), "c.pem");
  EXPECT_EQ(merged.text("tls-key"), "k.pem");
  EXPECT_EQ(merged.text("host-names"), "gpu.example,gpu2.example");
  EXPECT_FALSE(merged.has("fleet"));
}

TEST(ServeConfig, RefusesWhatItDoesNotKnowWithItsPlace) {
  struct Case {
    const char* text;
    const char* said;
  };
  for (const Case& bad : {
           Case{"listen: 1\nlisten_on: 2\n", "serve.yaml:2"},
           Case{"tls: {certificate: c.pem}\n", "key"},
           Case{"limits: {connections: 0}\n", "connections"},
           Case{"retention: {bytes: lots}\n", "serve.yaml:1"},
           Case{"issuers: [{issuer: x, audience: y}]\n", "jwks_file"},
           Case{"issuers:\n  - {issuer: x, audience: y, jwks_file: z, secret: s}\n",
                "serve.yaml:2"},
       }) {
    const auto config = load(bad.text);
    ASSERT_FALSE(config.has_value()) << bad.text;
    EXPECT_NE(config.error().message.find(bad.said), std::string::npos) << config.error().message;
  }
}

}  // namespace
}  // namespace sillar::cli
