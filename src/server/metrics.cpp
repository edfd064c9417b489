#include "server/metrics.h"

#include <algorithm>
#include <string>

#include "base/check.h"

namespace sillar::server {
namespace {

template <class H>
void write_histogram(Exposition& out, Labels labels, const H& histogram,
                     std::string (*text)(std::int64_t)) {
  std::uint64_t cumulated = 0;
  for (std::size_t i = 0; i < H::bounds().size(); ++i) {
    cumulated += histogram.bucket(i);
    out.bucket(labels, text(H::bounds()[i]), cumulated);
  }
  cumulated += histogram.bucket(H::bounds().size());
  out.bucket(labels, "+Inf", cumulated);
  out.sum(labels, text(histogram.sum()), cumulated);
}

std::string plain(std::int64_t value) {
  return std::to_string(value);
}

}  // namespace

Metrics::Metrics(std::span<const Route> routes) : routes_(routes) {
  CHECK(routes.size() < kRoutesCounted, "every route has a place of its own");
}

void Metrics::answered(const Route* route, int status, Duration took) {
  const std::size_t at =
      route == nullptr ? kRoutesCounted - 1 : static_cast<std::size_t>(route - routes_.data());
  const auto* known = std::lower_bound(kStatusesCounted.begin(), kStatusesCounted.end(), status);
  const bool is_known = known != kStatusesCounted.end() && *known == status;
  OfRoute& of_route = of_routes_[at];
  of_route
      .statuses[is_known ? static_cast<std::size_t>(known - kStatusesCounted.begin())
                         : kStatusesCounted.size()]
      .add();
  of_route.took.observe(took.ns);
}

void Metrics::write(Exposition& out) const {
  write_requests(out);
  write_control(out);
  out.family("sillar_driver_operations", FigureKind::kCounter,
             "Orders handed to the driver, by what came of them.");
  constexpr std::string_view kOperations[] = {"launch", "stop", "forget"};
  for (std::size_t i = 0; i < driver_.size(); ++i) {
    out.number({{"operation", kOperations[i]}, {"outcome", "done"}}, driver_[i][0].value());
    out.number({{"operation", kOperations[i]}, {"outcome", "failed"}}, driver_[i][1].value());
  }
}

// Routes that nobody has asked for yet are left out.
void Metrics::write_requests(Exposition& out) const {
  const auto each = [&](const auto& use) {
    for (std::size_t i = 0; i < kRoutesCounted; ++i) {
      const bool is_route = i < routes_.size();
      if (!is_route && i + 1 < kRoutesCounted) continue;
      use(of_routes_[i], is_route ? routes_[i].method : std::string_view("other"),
          is_route ? routes_[i].pattern : std::string_view("other"));
    }
  };
  out.family("sillar_http_requests", FigureKind::kCounter,
             "Requests that were answered, by route and status.");
  each([&](const OfRoute& of_route, std::string_view method, std::string_view route) {
    for (std::size_t s = 0; s < of_route.statuses.size(); ++s) {
      const std::uint64_t count = of_route.statuses[s].value();
      if (count == 0) continue;
      const std::string code =
          s < kStatusesCounted.size() ? std::to_string(kStatusesCounted[s]) : "other";
      out.number({{"method", method}, {"route", route}, {"code", code}}, count);
    }
  });
  out.family("sillar_http_request_duration_seconds", FigureKind::kHistogram,
             "From a request's last byte to its answer's first, by route; streams to their head.");
  each([&](const OfRoute& of_route, std::string_view method, std::string_view route) {
    bool any = false;
    for (const Counter& count : of_route.statuses) any = any || count.value() > 0;
    if (any)
      write_histogram(out, {{"method", method}, {"route", route}}, of_route.took, seconds_text);
  });
  out.family("sillar_authentication_failures", FigureKind::kCounter,
             "Requests without a token that is good.");
  out.number({}, not_authenticated.value());
  out.family("sillar_authorization_refusals", FigureKind::kCounter,
             "Requests for what the caller may not know of (hidden) or may not do (denied).");
  out.number({{"kind", "hidden"}}, hidden.value());
  out.number({{"kind", "denied"}}, denied.value());
  out.family("sillar_audit_refusals_unwritten", FigureKind::kCounter,
             "Refusals that the audit log was spared: one source had too many of them.");
  out.number({}, unwritten.value());
}

void Metrics::write_control(Exposition& out) const {
  out.family("sillar_control_commands_refused", FigureKind::kCounter,
             "Commands that the control queue had no room for.");
  out.number({}, not_queued.value());
  out.family("sillar_control_batch_commands", FigureKind::kHistogram,
             "Commands that were decided and made durable together.");
  write_histogram(out, {}, batch, plain);
  out.family("sillar_journal_commit_duration_seconds", FigureKind::kHistogram,
             "Writing and syncing one batch.");
  write_histogram(out, {}, commit, seconds_text);
  out.family("sillar_cycle_duration_seconds", FigureKind::kHistogram,
             "Scheduling cycles: light ones look at what changed, full ones at everything.");
  write_histogram(out, {{"kind", "light"}}, light_cycle, seconds_text);
  write_histogram(out, {{"kind", "full"}}, full_cycle, seconds_text);
}

}  // namespace sillar::server
