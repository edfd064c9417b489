#include "simulate/faults.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/money.h"

namespace sillar {
namespace {

constexpr int kFraction = 32;
constexpr std::int64_t kLn2 = 2'977'044'472;  // ln 2 in 2^-32.

// log2 of x / 2^64 from above, in 2^-32, by repeated squaring of the mantissa. Requires: x > 0.
std::int64_t minus_log2(std::uint64_t x) {
  const int whole = std::countl_zero(x);
  std::uint64_t mantissa = x << whole >> 32;  // In [1, 2), with 31 bits after the point.
  std::int64_t log = 0;
  for (int bit = kFraction - 1; bit >= 0; --bit) {
    mantissa = mantissa * mantissa >> 31;
    if (mantissa >> 32 == 0) continue;
    mantissa >>= 1;
    log |= std::int64_t{1} << bit;
  }
  return (std::int64_t{whole + 1} << kFraction) - log;
}

}  // namespace

Duration exponential(Random& random, Duration mean) {
  const std::int64_t bits = minus_log2(std::max<std::uint64_t>(random.next(), 1));
  const Int128 nats = Int128{bits} * kLn2 >> kFraction;
  const Int128 ns = nats * mean.ns >> kFraction;
  return {static_cast<std::int64_t>(std::clamp<Int128>(ns, 1, kSimulatedTimeMax.ns))};
}

FaultProcess::FaultProcess(const Fleet& fleet, const FaultModel& model, Time begin,
                           EventQueue& events)
    : model_(model), events_(events), random_(model.seed) {
  for (std::size_t n = 0; n < fleet.nodes.size(); ++n) {
    first_device_.push_back(static_cast<std::uint32_t>(device_node_.size()));
    const auto devices = static_cast<std::size_t>(fleet.nodes[n].accelerators);
    device_node_.insert(device_node_.end(), devices, NodeId{n});
    // What the fleet states as unfit stays so: nothing that fails here repairs it.
    node_down_.push_back(fleet.nodes[n].health != Health::kHealthy);
    for (std::size_t d = 0; d < devices; ++d)
      device_down_.push_back(!fleet.nodes[n].devices.empty() &&
                             fleet.nodes[n].devices[d] != Health::kHealthy);
  }
  expect_next(EventKind::kNodeFault, begin);
  expect_next(EventKind::kDeviceFault, begin);
}

// The faults of all are one process of as many times the rate; who is hit is drawn when it happens.
void FaultProcess::expect_next(EventKind kind, Time now) {
  const bool node = kind == EventKind::kNodeFault;
  const Duration mtbf = node ? model_.node_mtbf : model_.device_mtbf;
  const auto count = static_cast<std::int64_t>(node ? node_down_.size() : device_down_.size());
  if (mtbf.ns == 0 || count == 0) return;
  const Duration mean{std::max<std::int64_t>(1, mtbf.ns / count)};
  events_.push({now + exponential(random_, mean), kind, 0, 0});
}

std::optional<FaultProcess::Change> FaultProcess::happen(const Event& event) {
  const std::uint32_t subject = event.subject;
  switch (event.kind) {
    case EventKind::kNodeRepaired:
      node_down_[subject] = false;
      --down_;
      return Change{NodeId{subject}, -1, Health::kHealthy};
    case EventKind::kDeviceRepaired: {
      device_down_[subject] = false;
      --down_;
      const NodeId node = device_node_[subject];
      return Change{node, static_cast<std::int32_t>(subject - first_device_[node.index()]),
                    Health::kHealthy};
    }
    case EventKind::kNodeFault: {
      ++drawn_;
      expect_next(event.kind, event.at);
      const auto hit = static_cast<std::uint32_t>(random_.below(node_down_.size()));
      if (node_down_[hit]) return std::nullopt;
      node_down_[hit] = true;
      ++faults_;
      ++down_;
      events_.push({event.at + model_.node_repair, EventKind::kNodeRepaired, hit, 0});
      return Change{NodeId{hit}, -1, Health::kQuarantined};
    }
    case EventKind::kDeviceFault: {
      ++drawn_;
      expect_next(event.kind, event.at);
      const auto hit = static_cast<std::uint32_t>(random_.below(device_down_.size()));
      if (device_down_[hit]) return std::nullopt;
      device_down_[hit] = true;
      ++faults_;
      ++down_;
      events_.push({event.at + model_.device_repair, EventKind::kDeviceRepaired, hit, 0});
      const NodeId node = device_node_[hit];
      return Change{node, static_cast<std::int32_t>(hit - first_device_[node.index()]),
                    Health::kQuarantined};
    }
    default:
      BUG("only faults and repairs come here");
      return std::nullopt;
  }
}

}  // namespace sillar
