#include "schedule/plan.h"

#include "schedule/state_text.h"

namespace sillar::schedule {
namespace {
constexpr std::int64_t kVersion = 1;
constexpr std::size_t kLeaseBytes = 4 * 8;
}  // namespace

void RotationState::append_state(std::string& out) const {
  put_integer(out, kVersion);
  put_integer(out, due.ns);
  put_integer(out, static_cast<std::int64_t>(events));
  put_integer(out, static_cast<std::int64_t>(leases.size()));
  for (const Lease& lease : leases) {
    put_integer(out, lease.job.value);
    put_integer(out, lease.granted.ns);
    put_integer(out, lease.attained.ns);
    put_integer(out, lease.waited.ns);
  }
}

Result<RotationState> RotationState::read_state(std::string_view& in) {
  std::int64_t version = 0, due = 0, events = 0, count = 0;
  for (std::int64_t* field : {&version, &due, &events, &count}) {
    if (!take_integer(in, *field)) return invalid("the rotation's state is cut short");
  }
  const bool sane = version == kVersion && events >= 0 && count >= 0 &&
                    static_cast<std::uint64_t>(count) <= in.size() / kLeaseBytes;
  if (!sane) return invalid("the rotation's state has an impossible header");
  RotationState state{Time{due}, static_cast<std::uint64_t>(events), {}};
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t job = 0;
    Lease lease;
    const bool whole = take_integer(in, job) && take_integer(in, lease.granted.ns) &&
                       take_integer(in, lease.attained.ns) && take_integer(in, lease.waited.ns);
    if (!whole || job < 0 || job >= WorkloadId::kNone)
      return invalid("the rotation's state has an impossible lease");
    lease.job = WorkloadId{static_cast<std::uint32_t>(job)};
    if (!state.leases.empty() && !(state.leases.back().job < lease.job))
      return invalid("the rotation's state has leases out of order");
    state.leases.push_back(lease);
  }
  return state;
}

}  // namespace sillar::schedule
