#include "schedule/pending.h"

#include <algorithm>

#include "base/check.h"

namespace sillar::schedule {

std::size_t PendingJobs::place_of(RequestId request) const {
  const auto at =
      std::lower_bound(heads_.begin(), heads_.end(), request,
                       [](const PendingHead& head, RequestId r) { return head.request < r; });
  return static_cast<std::size_t>(at - heads_.begin());
}

void PendingJobs::insert(RequestId request, const PendingKey& key) {
  const std::size_t at = place_of(request);
  const auto offset = static_cast<std::ptrdiff_t>(at);
  if (at == heads_.size() || heads_[at].request != request) {
    heads_.insert(heads_.begin() + offset, {request, key});
    keys_.insert(keys_.begin() + offset, PendingKeys{});
  }
  const bool fresh = keys_[at].insert(key).second;
  CHECK(fresh, "a job is listed once");
  if (key < heads_[at].first) heads_[at].first = key;
}

void PendingJobs::erase(RequestId request, const PendingKey& key) {
  const std::size_t at = place_of(request);
  const auto offset = static_cast<std::ptrdiff_t>(at);
  CHECK(at < heads_.size() && heads_[at].request == request && keys_[at].erase(key) == 1,
        "a pending job is listed");
  if (!keys_[at].empty()) {
    heads_[at].first = *keys_[at].begin();
    return;
  }
  heads_.erase(heads_.begin() + offset);
  keys_.erase(keys_.begin() + offset);
}

const PendingKeys* PendingJobs::find(RequestId request) const {
  const std::size_t at = place_of(request);
  return at == heads_.size() || heads_[at].request != request ? nullptr : &keys_[at];
}

}  // namespace sillar::schedule
