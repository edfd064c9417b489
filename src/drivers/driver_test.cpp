#include "drivers/driver.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace sillar::drivers {
namespace {

TEST(Driver, TokenIs32LowerCaseHexadecimalDigits) {
  EXPECT_TRUE(is_token("0123456789abcdef0123456789abcdef"));
  EXPECT_FALSE(is_token("0123456789abcdef0123456789abcde"));
  EXPECT_FALSE(is_token("0123456789abcdef0123456789abcdef0"));
  EXPECT_FALSE(is_token("0123456789ABCDEF0123456789abcdef"));
  EXPECT_FALSE(is_token("../3456789abcdef0123456789abcdef"));
}

TEST(Driver, SignalsByName) {
  EXPECT_EQ(*parse_signal("USR1"), SIGUSR1);
  EXPECT_EQ(*parse_signal("SIGTERM"), SIGTERM);
  for (const char* wrong : {"", "KILL", "STOP", "usr1", "10", "SIG"})
    EXPECT_EQ(parse_signal(wrong).error().code, ErrorCode::kInvalidInput) << wrong;
}

}  // namespace
}  // namespace sillar::drivers
