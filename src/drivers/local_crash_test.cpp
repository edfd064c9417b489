// Kill -9 of the server at any moment: every token starts once, every exit code is kept.

#include <sys/wait.h>

#include <array>
#include <fstream>
#include <set>

#include "base/random.h"
#include "drivers/local_fixture.h"

namespace sillar::drivers {
namespace {

class CrashTest : public LocalTest {
 protected:
  static constexpr int kTokens = 60;
  static constexpr int kKills = 20;

  [[nodiscard]] LaunchOrder command(int number) const {
    return shell(number, fmt::format("echo started >>{}/{}; exit {}", marks(), number, number));
  }
  [[nodiscard]] std::string marks() const { return base.path() + "/marks"; }

  // A server's life: launches what it wants until it is killed, and tells each that was taken.
  [[noreturn]] void serve(int pipe, std::uint64_t seed) {
    Random random(seed);
    auto opened = LocalDriver::open(options, [](const Observation&) {});
    if (!opened) ::_exit(1);
    for (;;) {
      const int number = static_cast<int>(random.below(kTokens));
      if (!(*opened)->launch(command(number))) ::_exit(1);
      if (::write(pipe, &number, sizeof(number)) != sizeof(number)) ::_exit(1);
    }
  }

  // Kills one after a random number of launches and a random while. What it was told was taken.
  std::set<int> serve_and_kill(Random& random) {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
    const std::uint64_t seed = random.below(1'000'000);
    const pid_t server = ::fork();
    if (server == 0) serve(pipe[1], seed);
    ::close(pipe[1]);
    std::set<int> taken;
    int number = 0;
    for (std::uint64_t left = random.below(12); left > 0; --left)
      if (::read(pipe[0], &number, sizeof(number)) == sizeof(number)) taken.insert(number);
    for (std::uint64_t spin = random.below(4'000'000); spin > 0; --spin) asm volatile("");
    EXPECT_EQ(::kill(server, SIGKILL), 0);
    while (::read(pipe[0], &number, sizeof(number)) == sizeof(number)) taken.insert(number);
    ::close(pipe[0]);
    int status = 0;
    EXPECT_EQ(::waitpid(server, &status, 0), server);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it failed by itself";
    return taken;
  }
};

TEST_F(CrashTest, EveryTokenStartsOnceAndKeepsItsCode) {
  ASSERT_EQ(::mkdir(marks().c_str(), 0700), 0);
  ASSERT_EQ(::chmod(marks().c_str(), 0777), 0);
  Random random(20);
  std::set<int> taken;
  for (int i = 0; i < kKills; ++i) taken.merge(serve_and_kill(random));
  open();
  std::set<std::string> listed;
  const auto all = driver->list();
  ASSERT_TRUE(all);
  for (const Found& found : *all) listed.insert(found.token);
  for (const int number : taken) EXPECT_TRUE(listed.contains(token(number))) << number;
  for (int i = 0; i < kTokens; ++i) launch(command(i));
  for (int i = 0; i < kTokens; ++i) {
    const Observation end = wait_end(i);
    EXPECT_EQ(end.kind, ObservationKind::kExited) << end.message;
    EXPECT_EQ(end.exit_code, i);
    std::ifstream mark(fmt::format("{}/{}", marks(), i));
    int lines = 0;
    for (std::string line; std::getline(mark, line);) ++lines;
    EXPECT_EQ(lines, 1) << i;
  }
}

}  // namespace
}  // namespace sillar::drivers
