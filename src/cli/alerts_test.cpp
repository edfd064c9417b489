// The verb against a service of its own and a receiver that takes webhooks.

#include <gtest/gtest.h>

#include "cli/served_fixture.h"
#include "server/alert_receiver_fixture.h"

namespace sillar::cli {
namespace {

class AlertsVerb : public ServedTest {
 protected:
  AlertsVerb() {
    server::ServiceOptions options;
    options.alerts.channels = {receiver_.channel("hook")};
    serve(std::move(options));
  }
  ~AlertsVerb() override { service_.reset(); }
  Outcome run(const std::vector<std::string>& words) { return process_.run(words); }

  server::AlertReceiver receiver_;
};

TEST_F(AlertsVerb, TriesChannelsAndTakesUpWhatDidNotArrive) {
  EXPECT_EQ(run({"alerts"}).out, "Nothing has fired.\n");
  const Outcome arrived = run({"alerts", "test", "hook"});
  EXPECT_EQ(arrived.code, 0) << arrived.err;
  EXPECT_EQ(arrived.err, "Channel hook took the test.\n");
  receiver_.refuse(true);
  const Outcome failed = run({"alerts", "test", "hook", "--lang", "es"});
  EXPECT_EQ(failed.code, 1);
  EXPECT_NE(failed.err.find("El canal hook no aceptó la prueba: el receptor respondió con el "
                            "estado 404"),
            std::string::npos)
      << failed.err;
  const Outcome dead = run({"alerts", "dead", "-o", "csv"});
  EXPECT_NE(dead.out.find("the receiver answered with status 404"), std::string::npos) << dead.out;
  EXPECT_NE(run({"alerts", "deliveries", "--state", "delivered"}).out.find("Test of channel hook"),
            std::string::npos);
  receiver_.refuse(false);
  const Outcome retried = run({"alerts", "retry", "--all"});
  EXPECT_EQ(retried.code, 0) << retried.err;
  EXPECT_EQ(retried.err, "Taken up again: 1.\n");
  EXPECT_EQ(run({"alerts", "test", "hook"}).code, 0) << "behind what was taken up again";
  EXPECT_EQ(run({"alerts", "dead"}).out, "There are no such deliveries.\n");
  EXPECT_NE(run({"alerts", "channels"}).out.find("webhook"), std::string::npos);
}

TEST_F(AlertsVerb, SaysWhatIsWrong) {
  EXPECT_EQ(run({"alerts", "test", "pager"}).code, 3);
  EXPECT_EQ(run({"alerts", "retry", "abc"}).code, 3);
  EXPECT_EQ(run({"alerts", "retry"}).code, 2);
  EXPECT_EQ(run({"alerts", "test"}).code, 2);
  EXPECT_EQ(run({"alerts", "list", "x"}).code, 2);
  EXPECT_EQ(run({"alerts", "--state", "lost"}).code, 2);
}

}  // namespace
}  // namespace sillar::cli
