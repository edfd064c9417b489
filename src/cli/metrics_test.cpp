// metrics against a service in this process, with a driver that only takes notes.

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "cli/served_fixture.h"

namespace sillar::cli {
namespace {

class MetricsVerb : public ServedTest {
 protected:
  MetricsVerb() {
    server::ServiceOptions options;
    options.usage.pace = Duration{1'000'000};
    options.usage.sample = [this]() -> Result<drivers::DeviceSample> {
      {
        const std::lock_guard lock(mutex_);
        ++looks_;
      }
      looked_.notify_all();
      return drivers::DeviceSample{{{0, 420, 3 << 20}, {1, 420, 3 << 20}}, {}};
    };
    serve(std::move(options));
  }
  // The looks end before what they count with.
  ~MetricsVerb() override { service_.reset(); }

  // A look begins only once what the one before told has been taken in.
  void wait_for_looks(int count) {
    std::unique_lock lock(mutex_);
    const int until = looks_ + count;
    looked_.wait(lock, [&] { return looks_ >= until; });
  }

  std::mutex mutex_;  // Guards looks_.
  std::condition_variable looked_;
  int looks_ = 0;
};

TEST_F(MetricsVerb, ShowsWhatWasSeenByRowsAndAsItCame) {
  process_.files["w.yaml"] =
      "name: w\nproject: acme/a\nkind: batch\nrequest: {accelerators: 1}\nrun: {command: [x]}\n";
  ASSERT_EQ(process_.run({"submit", "w.yaml"}).code, 0);
  Outcome seen;
  do {
    wait_for_looks(2);
    seen = process_.run({"metrics", "w", "-o", "csv"});
    ASSERT_EQ(seen.code, 0) << seen.err;
  } while (seen.out.find("0.42") == std::string::npos);
  EXPECT_TRUE(seen.out.starts_with("at,devices,busy,memory_bytes\n")) << seen.out;
  EXPECT_NE(seen.out.find(",1,0.42,3145728\n"), std::string::npos) << seen.out;
  const Outcome table = process_.run({"metrics", "w"});
  EXPECT_NE(table.out.find("42.0"), std::string::npos) << table.out;
  EXPECT_NE(table.out.find("3.0 MiB"), std::string::npos) << table.out;
  const Outcome json = process_.run({"metrics", "w", "-o", "json"});
  EXPECT_NE(json.out.find("busy_thousandths"), std::string::npos) << json.out;
}

TEST_F(MetricsVerb, OneThatIsNotThereIsNotFound) {
  const Outcome none = process_.run({"metrics", "nobody"});
  EXPECT_EQ(none.code, 3) << none.err;
  EXPECT_EQ(none.out, "");
}

}  // namespace
}  // namespace sillar::cli
