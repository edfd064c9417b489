#pragma once

// The pending jobs of a leaf: those that ask alike together, each group in the order of service.
// The first of the groups lie side by side, because every order over the cluster starts with a look
// at all of them.

#include <cstdint>
#include <set>
#include <span>
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

using PendingKeys = std::set<PendingKey>;

// A group, by its first job.
struct PendingHead {
  RequestId request;
  PendingKey first;
};

class PendingJobs {
 public:
  // Requires: the job is not listed; it is, with this key.
  void insert(RequestId request, const PendingKey& key);
  void erase(RequestId request, const PendingKey& key);

  // Groups in order of requests; none is empty.
  [[nodiscard]] std::span<const PendingHead> heads() const { return heads_; }
  // All jobs of the group that stands there, the first included.
  [[nodiscard]] const PendingKeys& keys(std::size_t group) const { return keys_[group]; }
  // Those that ask so; null: none.
  [[nodiscard]] const PendingKeys* find(RequestId request) const;
  [[nodiscard]] bool empty() const { return heads_.empty(); }

 private:
  [[nodiscard]] std::size_t place_of(RequestId request) const;

  std::vector<PendingHead> heads_;
  std::vector<PendingKeys> keys_;  // Per head.
};

}  // namespace sillar::schedule
