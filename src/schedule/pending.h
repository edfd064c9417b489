#pragma once

// The pending jobs of a leaf: those that ask alike together, each group in the order of service.
// Groups lie side by side, because every order over the cluster starts with a look at the first job
// of each.

#include <cstdint>
#include <set>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace sillar::schedule {

using RequestId = Id<struct RequestTag>;

// Where a pending job stands in its leaf; lower goes first.
struct PendingKey {
  std::int32_t priority = 0;
  std::int32_t elastic_class = 0;  // 0: below its minimum, 1: exactly at it, 2: above it.
  Time submitted;
  WorkloadId job;

  friend bool operator<(const PendingKey& a, const PendingKey& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.elastic_class != b.elastic_class) return a.elastic_class < b.elastic_class;
    if (a.submitted != b.submitted) return a.submitted < b.submitted;
    return a.job < b.job;
  }
};

struct PendingGroup {
  RequestId request;
  PendingKey first;           // Of `keys`.
  std::set<PendingKey> keys;  // Never empty.
};

class PendingJobs {
 public:
  // Requires: the job is not listed; it is, with this key.
  void insert(RequestId request, const PendingKey& key);
  void erase(RequestId request, const PendingKey& key);

  [[nodiscard]] const PendingGroup* find(RequestId request) const;
  // Groups in order of requests.
  [[nodiscard]] auto begin() const { return groups_.begin(); }
  [[nodiscard]] auto end() const { return groups_.end(); }
  [[nodiscard]] bool empty() const { return groups_.empty(); }

 private:
  std::vector<PendingGroup> groups_;
};

}  // namespace sillar::schedule
