#include "server/checkpoint.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "server/encoding.h"
#include "server/secret_file.h"
#include "server/server_fixture.h"

namespace sillar::server {
namespace {

SigningKey key_named(const std::string& name, char secret = 7) {
  return SigningKey::from_secret(name, std::string(kEd25519Bytes, secret));
}

Checkpoint some_checkpoint() {
  return {"sillar/test", {42, sha256("root")}};
}

TEST(SigningKey, SignsAsTheStandardSays) {
  // RFC 8032, 7.1, test 1 and 2.
  const SigningKey first = SigningKey::from_secret(
      "rfc8032", *from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  EXPECT_EQ(hex({reinterpret_cast<const char*>(first.verifier().bytes.data()), kEd25519Bytes}),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(hex(first.sign("")),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39"
            "701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  const SigningKey second = SigningKey::from_secret(
      "rfc8032", *from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  EXPECT_EQ(hex(second.sign("r")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f36"
            "13d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_TRUE(first.verifier().verifies(first.sign("r"), "r"));
  EXPECT_FALSE(first.verifier().verifies(first.sign("r"), "s"));
  EXPECT_FALSE(first.verifier().verifies(second.sign("r"), "r"));
  EXPECT_FALSE(first.verifier().verifies("short", "r"));
}

TEST(SigningKey, AVerifierKeyIsReadBackOrRefused) {
  const VerifierKey key = key_named("sillar/test").verifier();
  const auto read = read_verifier_key(key.text());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, key);
  const std::string text = key.text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_verifier_key(other).has_value()) << other;
    EXPECT_FALSE(read_verifier_key(text.substr(0, i)).has_value());
  }
  EXPECT_FALSE(is_key_name("two words"));
  EXPECT_FALSE(is_key_name("a+b"));
  EXPECT_FALSE(is_key_name(""));
}

TEST(SigningKey, IsMadeOnceAndKeptFromOthers) {
  const TestFolder folder;
  const auto made = SigningKey::load_or_make(folder.path(), "sillar/test");
  ASSERT_TRUE(made.has_value()) << made.error().message;
  const auto again = SigningKey::load_or_make(folder.path(), "sillar/test");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->verifier(), made->verifier());
  const std::string path = folder.path(kSigningKeyFile);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);

  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_EQ(SigningKey::load_or_make(folder.path(), "x").error().code, ErrorCode::kInvalidInput);
  std::filesystem::rename(path, folder.path("elsewhere"));
  ASSERT_EQ(::chmod(folder.path("elsewhere").c_str(), 0600), 0);
  std::filesystem::create_symlink(folder.path("elsewhere"), path);
  EXPECT_NE(SigningKey::load_or_make(folder.path(), "x").error().message.find("no link"),
            std::string::npos);
  std::filesystem::remove(path);
  ASSERT_TRUE(write_secret(folder.path(), kSigningKeyFile, "not hex").has_value());
  EXPECT_EQ(SigningKey::load_or_make(folder.path(), "x").error().code, ErrorCode::kInvalidInput);
}

TEST(SecretFile, IsWholeOrRefused) {
  const TestFolder folder;
  EXPECT_EQ(read_secret(folder.path(), "none").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_secret(folder.path(), "s", "one").has_value());
  ASSERT_TRUE(write_secret(folder.path(), "s", "two").has_value());
  EXPECT_EQ(read_secret(folder.path(), "s").value(), "two");
  EXPECT_FALSE(std::filesystem::exists(folder.path("s.new")));
  ASSERT_TRUE(write_secret(folder.path(), "s", std::string(kSecretBytesMax + 1, 'x')).has_value());
  EXPECT_FALSE(read_secret(folder.path(), "s").has_value());
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_FALSE(read_secret(folder.path(), "pipe").has_value()) << "and does not wait for a writer";
  EXPECT_EQ(write_secret(folder.path("missing"), "s", "x").error().code, ErrorCode::kNotFound);
}

TEST(Checkpoint, IsReadBackWithItsSignature) {
  const SigningKey key = key_named("sillar/test");
  const std::string text = signed_checkpoint(some_checkpoint(), key);
  EXPECT_TRUE(text.starts_with("sillar/test\n42\n")) << text;
  const auto read = read_checkpoint(text, key.verifier());
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, some_checkpoint());
  EXPECT_EQ(read_checkpoint(text).value(), some_checkpoint());
}

TEST(Checkpoint, P16AnyChangedByteIsFound) {
  const SigningKey key = key_named("sillar/test");
  const std::string text = signed_checkpoint(some_checkpoint(), key);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read_checkpoint(changed, key.verifier()).has_value()) << "byte " << i;
    EXPECT_FALSE(read_checkpoint(text.substr(0, i), key.verifier()).has_value()) << i;
  }
}

TEST(Checkpoint, IsItsOwnKeysOnly) {
  const SigningKey key = key_named("sillar/test");
  const std::string text = signed_checkpoint(some_checkpoint(), key);
  EXPECT_FALSE(read_checkpoint(text, key_named("sillar/test", 8).verifier()).has_value());
  EXPECT_FALSE(read_checkpoint(text, key_named("sillar/else").verifier()).has_value());
  // A witness has signed it as well.
  const SigningKey witness = key_named("witness", 9);
  const std::string both =
      text + "\xE2\x80\x94 witness " +
      base64(witness.verifier().id() + witness.sign(checkpoint_body(some_checkpoint()))) + "\n";
  EXPECT_TRUE(read_checkpoint(both, key.verifier()).has_value());
  EXPECT_TRUE(read_checkpoint(both, witness.verifier()).has_value());
}

TEST(Checkpoint, WhatIsNoneIsRefused) {
  const std::string root = base64(std::string(32, 'r'));
  const std::string signature = "\n\xE2\x80\x94 k " + base64(std::string(68, 's')) + "\n";
  const auto refused = [&](const std::string& text) {
    const auto read = read_checkpoint(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidInput);
  };
  ASSERT_TRUE(read_checkpoint("o\n0\n" + root + "\n" + signature).has_value());
  refused("");
  refused("o\n0\n" + root + "\n");
  refused("o\n0\n" + root + "\n\n");
  refused("o\n-0\n" + root + "\n" + signature);
  refused("o\n00\n" + root + "\n" + signature);
  refused("o\n+1\n" + root + "\n" + signature);
  refused("o\n18446744073709551616\n" + root + "\n" + signature);
  refused("o\n0\n" + root + "\nextension\n" + signature);
  refused("o o\n0\n" + root + "\n" + signature);
  refused("o\n0\n" + base64("short") + "\n" + signature);
  refused("o\n0\n" + root + "\n\n- k AAAA\n");
  std::string many = "o\n0\n" + root + "\n\n";
  for (std::size_t i = 0; i <= kCheckpointSignaturesMax; ++i) many += signature.substr(1);
  refused(many);
  refused("o\n0\n" + root + "\n" + signature + std::string(kCheckpointBytesMax, 'x') + "\n");
}

}  // namespace
}  // namespace sillar::server
