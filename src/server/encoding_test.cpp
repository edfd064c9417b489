#include "server/encoding.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "server/crypto.h"

namespace sillar::server {
namespace {

TEST(Encoding, Rfc4648Vectors) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url("\xFB\xFF\xFE"), "-__-");
  EXPECT_EQ(base64url("f"), "Zg");
  EXPECT_EQ(hex("\x01\xAB"), "01ab");
}

RC_GTEST_PROP(Encoding, WhatIsWrittenIsRead, (const std::string& bytes)) {
  RC_ASSERT(from_base64(base64(bytes)) == bytes);
  RC_ASSERT(from_base64url(base64url(bytes)) == bytes);
  RC_ASSERT(from_hex(hex(bytes)) == bytes);
}

TEST(Encoding, EachValueHasOneForm) {
  for (const char* text : {"Zg", "Zh==", "Zg=", "Z===", "Zg==Zg==", "Zm8", "Zm9=", "Zm9v\n", "Z m9",
                           "====", "Zm_v", "A"})
    EXPECT_FALSE(from_base64(text).has_value()) << text;
  for (const char* text : {"Zg==", "Zh", "Z", "Zm9+", "Zm9/", "Zm 9"})
    EXPECT_FALSE(from_base64url(text).has_value()) << text;
  for (const char* text : {"0", "0G", "AB", "0 "}) EXPECT_FALSE(from_hex(text).has_value()) << text;
}

TEST(Crypto, StandardVectors) {
  EXPECT_EQ(hex(bytes_of(sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256({"a", "", "bc"}), sha256("abc"));
  // RFC 4231, test case 2.
  EXPECT_EQ(hex(bytes_of(hmac_sha256("Jefe", "what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
  EXPECT_NE(random_bytes(32), random_bytes(32));
}

}  // namespace
}  // namespace sillar::server
