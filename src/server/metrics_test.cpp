// The figures of a service, as a strict reader takes them.

#include "server/metrics.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "server/process_figures.h"
#include "server/tenants_fixture.h"

namespace sillar::server {
namespace {

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

bool is_name(std::string_view text) {
  return !text.empty() && (text[0] < '0' || text[0] > '9') &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

// Reads Prometheus' text: each family once, with its help and type before its figures; each series
// once; buckets that rise up to the count.
class Reader {
 public:
  explicit Reader(std::string_view text) {
    EXPECT_TRUE(text.ends_with('\n'));
    while (!text.empty()) read(take_line(text));
    leave_family();
  }
  [[nodiscard]] double value(const std::string& series) const {
    const auto found = series_.find(series);
    EXPECT_NE(found, series_.end()) << series;
    return found == series_.end() ? -1 : found->second;
  }
  [[nodiscard]] const std::map<std::string, double>& series() const { return series_; }
  [[nodiscard]] std::size_t families() const { return families_.size(); }

 private:
  void read(std::string_view line) {
    if (line.starts_with("# HELP ")) {
      leave_family();
      line.remove_prefix(7);
      family_ = line.substr(0, line.find(' '));
      EXPECT_TRUE(is_name(family_)) << family_;
      EXPECT_TRUE(line.ends_with('.')) << "help is a sentence: " << line;
      EXPECT_TRUE(families_.insert(family_).second) << family_ << " is there twice";
      return;
    }
    if (line.starts_with("# TYPE ")) {
      line.remove_prefix(7);
      EXPECT_EQ(line.substr(0, line.find(' ')), family_);
      type_ = line.substr(line.find(' ') + 1);
      EXPECT_TRUE(type_ == "counter" || type_ == "gauge" || type_ == "histogram") << type_;
      EXPECT_EQ(type_ == "counter", family_.ends_with("_total")) << family_;
      return;
    }
    read_series(line);
  }

  void read_series(std::string_view line) {
    const std::size_t blank = line.rfind(' ');
    ASSERT_NE(blank, std::string_view::npos) << line;
    const std::string series(line.substr(0, blank));
    const std::string text(line.substr(blank + 1));
    std::size_t used = 0;
    const double value = std::stod(text, &used);
    EXPECT_EQ(used, text.size()) << line;
    EXPECT_TRUE(series_.emplace(series, value).second) << series << " is there twice";
    const std::string name = series.substr(0, series.find('{'));
    if (type_ != "histogram") {
      EXPECT_EQ(name, family_);
      EXPECT_TRUE(type_ != "counter" || value >= 0) << line;
      return;
    }
    if (name == family_ + "_bucket") {
      EXPECT_GE(value, last_bucket_) << line;
      last_bucket_ = value;
    } else if (name == family_ + "_count") {
      EXPECT_EQ(value, last_bucket_) << line;
      last_bucket_ = 0;
    } else {
      EXPECT_EQ(name, family_ + "_sum");
    }
  }

  void leave_family() {
    EXPECT_EQ(last_bucket_, 0) << family_ << " has no count";
    last_bucket_ = 0;
  }

  std::string family_;
  std::string type_;
  double last_bucket_ = 0;
  std::set<std::string> families_;
  std::map<std::string, double> series_;
};

class MetricsTest : public TenantsTest {
 public:
  Reader read() { return Reader(as_admin("GET", "/metrics").body); }
};

TEST_F(MetricsTest, TellWhatHappenedAndHowThingsStand) {
  start_with_tenants();
  const std::string held = submitted("acme/alfa", "held-one", R"(, "held": true)");
  ASSERT_EQ(as_admin("GET", "/api/v1/workloads/" + held).status, 200);
  ASSERT_EQ(as_admin("GET", "/api/v1/workloads/none").status, 404);
  ASSERT_EQ(ask("sillar_wrong", {"GET", "/api/v1/queue"}).status, 401);
  ASSERT_EQ(ask(alfa_["admin"], {"POST", "/api/v1/nodes/n1/drain"}).status, 403);
  const Reader figures = read();
  const std::string route = R"({method="GET",route="/api/v1/workloads/{name}")";
  EXPECT_EQ(figures.value("sillar_http_requests_total" + route + R"(,code="200"})"), 1);
  EXPECT_EQ(figures.value("sillar_http_requests_total" + route + R"(,code="404"})"), 1);
  EXPECT_EQ(figures.value("sillar_http_request_duration_seconds_count" + route + "}"), 2);
  EXPECT_EQ(figures.value("sillar_authentication_failures_total"), 1);
  EXPECT_EQ(figures.value(R"(sillar_authorization_refusals_total{kind="denied"})"), 1);
  EXPECT_EQ(figures.value(R"(sillar_workloads{phase="Held"})"), 1);
  EXPECT_EQ(figures.value(R"(sillar_tasks{state="running"})"), 2);
  EXPECT_EQ(figures.value(R"(sillar_devices{class="h100"})"), 8);
  EXPECT_EQ(figures.value(R"(sillar_devices_allocated{class="h100"})"), 2);
  EXPECT_EQ(figures.value(R"(sillar_nodes{health="healthy"})"), 1);
  EXPECT_EQ(figures.value(R"(sillar_driver_operations_total{operation="launch",outcome="done"})"),
            2);
  EXPECT_EQ(
      figures.value(R"(sillar_budget_limit{project="acme/alfa",budget="month",currency="USD"})"),
      1000);
  EXPECT_GT(figures.value(R"(sillar_cost_billed_total{currency="USD"})"), 0);
  EXPECT_GT(figures.value("sillar_journal_commit_duration_seconds_count"), 10);
  EXPECT_GT(figures.value("sillar_journal_entries_total"), 10);
  EXPECT_GT(figures.value("sillar_journal_bytes"), 0);
  EXPECT_GT(figures.value("sillar_audit_leaves_total"), 10);
  EXPECT_GE(figures.value("sillar_http_connections_open"), 1);
  EXPECT_GT(figures.value("process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(figures.value("process_open_fds"), 3);
}

// However many callers, names and projects there are: as many series as before.
TEST_F(MetricsTest, LabelsAreBounded) {
  start_with_tenants();
  const auto asked = [&] {
    for (int i = 0; i < 50; ++i) {
      const std::string name = fresh_name("never-heard-of-");
      ask(token_, {"GET", "/api/v1/workloads/" + name});
      ask(token_, {"GET", "/" + name});
      ask(name, {"GET", "/api/v1/queue"});
    }
  };
  asked();
  (void)read();
  const std::size_t series = read().series().size();
  asked();
  EXPECT_EQ(read().series().size(), series);
  EXPECT_EQ(as_admin("GET", "/metrics").body.find("never-heard-of"), std::string::npos);
}

TEST_F(MetricsTest, AreForWhoMaySeeTheWhole) {
  start_with_tenants();
  EXPECT_EQ(ask({}, {"GET", "/metrics"}).status, 401);
  EXPECT_EQ(ask(alfa_["admin"], {"GET", "/metrics"}).status, 403);
  EXPECT_EQ(ask(stranger_, {"GET", "/metrics"}).status, 404);
  EXPECT_EQ(ask(made("watcher", {}, "viewer"), {"GET", "/metrics"}).status, 200);
}

TEST_F(MetricsTest, OpenMetricsIsGivenToWhoAsksForIt) {
  start();
  net::Client plain;
  const auto url = net::parse_url("http://" + service_->address());
  net::ClientRequest request;
  request.headers = {{"Authorization", "Bearer " + token_},
                     {"Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}};
  const auto answer = plain.send(url->at("/metrics"), request);
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_TRUE(answer->body.ends_with("# EOF\n"));
  EXPECT_TRUE(answer->header("Content-Type")->starts_with("application/openmetrics-text"));
}

TEST(Metrics, AHistogramCountsWhatIsAtMostItsBounds) {
  Times times;
  times.observe(kTimeBounds[0]);
  times.observe(kTimeBounds[0] + 1);
  times.observe(kTimeBounds.back() + 1);
  EXPECT_EQ(times.bucket(0), 1U);
  EXPECT_EQ(times.bucket(1), 1U);
  EXPECT_EQ(times.bucket(kTimeBounds.size()), 1U);
  EXPECT_EQ(times.sum(), 2 * kTimeBounds[0] + 1 + kTimeBounds.back() + 1);
}

}  // namespace
}  // namespace sillar::server
