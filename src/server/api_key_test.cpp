#include "server/api_key.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "server/identity_fixture.h"
#include "server/secret_file.h"
#include "server/server_fixture.h"

namespace sillar::server {
namespace {

TEST(ApiKeyTest, HasOneFixedShape) {
  const ApiKey key = test_key(0xAB);
  const std::string text = api_key_text(key);
  EXPECT_EQ(text.size(), kApiKeyTextBytes);
  EXPECT_TRUE(text.starts_with("sillar_00000000000000ab_"));
  const auto read = read_api_key(text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->id, key.id);
  EXPECT_EQ(read->secret, key.secret);
  // CRC-32 of "123456789" is cbf43926; here, that the checksum is over all that stands before it.
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == '0' ? '1' : '0';
    EXPECT_FALSE(read_api_key(other).has_value()) << i;
    EXPECT_FALSE(read_api_key(text.substr(0, i)).has_value());
  }
  EXPECT_FALSE(read_api_key(text + "0").has_value());
  std::string upper = text;
  for (char& c : upper)
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  EXPECT_FALSE(read_api_key(upper).has_value());
}

// CVE-2026-42208: what is no key is refused by its shape, before anything is looked up.
TEST(ApiKeyTest, API2_MalformedKeysAreRefusedBeforeAnyLookUp) {
  for (const char* text :
       {"", "sillar_", "' OR 1=1 --", "sk-1234", "sillar_'; DROP TABLE keys;--_"})
    EXPECT_FALSE(read_api_key(text).has_value()) << text;
  EXPECT_FALSE(read_api_key(std::string(kApiKeyTextBytes, '\0')).has_value());
  EXPECT_FALSE(read_api_key(std::string(1 << 20, 'a')).has_value());
}

TEST(ApiKeyTest, NewOnesAreDifferentAndTheirHashesNeedThePepper) {
  const ApiKey first = new_api_key();
  const ApiKey second = new_api_key();
  EXPECT_NE(first.id, second.id);
  EXPECT_NE(first.secret, second.secret);
  EXPECT_TRUE(read_api_key(api_key_text(first)).has_value());
  EXPECT_NE(api_key_hash("one", first), api_key_hash("two", first));
  ApiKey moved = first;
  moved.id = second.id;
  EXPECT_NE(api_key_hash("one", moved), api_key_hash("one", first))
      << "a hash is its own key's only";
}

TEST(ApiKeyTest, ThePepperIsMadeOnceAndKept) {
  const TestFolder folder;
  const auto made = load_pepper(folder.path());
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(load_pepper(folder.path()).value(), *made);
  struct stat status{};
  ASSERT_EQ(::stat(folder.path(kPepperFile).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  ASSERT_TRUE(write_secret(folder.path(), kPepperFile, "short").has_value());
  EXPECT_EQ(load_pepper(folder.path()).error().code, ErrorCode::kInvalidInput);
}

TEST(BearerToken, IsTakenFromOneFormOfHeader) {
  EXPECT_EQ(bearer_token("Bearer abc.def", 100), "abc.def");
  EXPECT_EQ(bearer_token("bEARER x", 100), "x");
  for (const char* header : {"", "Bearer", "Bearer ", "Basic YTpi", "Bearer  two", "Bearer a b",
                             "Bearer a\tb", "Bearer a,b", "Bearer \xC3\xB1", " Bearer a"})
    EXPECT_EQ(bearer_token(header, 100), "") << header;
  EXPECT_EQ(bearer_token("Bearer " + std::string(101, 'a'), 100), "");
}

}  // namespace
}  // namespace sillar::server
