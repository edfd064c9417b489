#include "schedule/pending.h"

#include <algorithm>

#include "base/check.h"

namespace sillar::schedule {
namespace {

template <typename Groups>
auto place_of(Groups& groups, RequestId request) {
  return std::lower_bound(groups.begin(), groups.end(), request,
                          [](const PendingGroup& group, RequestId r) { return group.request < r; });
}

}  // namespace

void PendingJobs::insert(RequestId request, const PendingKey& key) {
  auto group = place_of(groups_, request);
  if (group == groups_.end() || group->request != request)
    group = groups_.insert(group, {request, key, {}});
  const bool fresh = group->keys.insert(key).second;
  CHECK(fresh, "a job is listed once");
  if (key < group->first) group->first = key;
}

void PendingJobs::erase(RequestId request, const PendingKey& key) {
  const auto group = place_of(groups_, request);
  CHECK(group != groups_.end() && group->request == request && group->keys.erase(key) == 1,
        "a pending job is listed");
  if (group->keys.empty())
    groups_.erase(group);
  else
    group->first = *group->keys.begin();
}

const PendingGroup* PendingJobs::find(RequestId request) const {
  const auto group = place_of(groups_, request);
  return group == groups_.end() || group->request != request ? nullptr : &*group;
}

}  // namespace sillar::schedule
