#include "schedule/flat_order.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace sillar::schedule {
namespace {

// Device time after which work goes to the second queue of kLas: Tiresias's threshold for two
// queues, 16 device-hours.
constexpr std::int64_t kLasThousandthSeconds = std::int64_t{16} * 3600 * kDevice;

// Heaps of the standard library put the greatest in front; "less" is therefore "goes later".
bool later(const FlatKey& a, const FlatKey& b) {
  return b < a;
}

}  // namespace

Ranker::Ranker(const Board& board, const CycleOptions& options, const RankTable& ranks, Time now)
    : board_(board), options_(options), ranks_(ranks), now_(now), each_(board.request_count(), 0) {
  CHECK(options.order != QueueOrder::kShares, "the tree has an order of its own");
  if (options.order == QueueOrder::kRank)
    rows_.assign(board.projects().size() * kRankSizes, UINT32_MAX);
}

std::int64_t Ranker::amount(const Job& job) {
  std::int64_t& each = each_[job.request.index()];
  const std::int64_t tasks = std::max(job.gang_min, 1);
  if (each == 0) each = std::max<std::int64_t>(1, gang_amount(board_, job) / tasks);
  return each * tasks;
}

std::uint32_t Ranker::row(const Job& job) {
  const Shape& shape = board_.shape(board_.request(job.request).alternatives.front());
  const std::uint8_t size = rank_size(amount(job), shape.needs_accelerator());
  std::uint32_t& row = rows_[job.project.index() * kRankSizes + size];
  if (row == UINT32_MAX) row = ranks_.row({job.project, size});
  return row;
}

// A rank is at most 2^30 for one device, so this holds for gangs of 2^33 thousandths.
std::int64_t Ranker::scaled(std::int64_t rank, const Job& job) {
  return rank * amount(job) / kDevice;
}

std::int64_t Ranker::las_queue(const Job& job, Duration attained) {
  const __int128 service = static_cast<__int128>(attained.whole_seconds()) * amount(job);
  return service >= kLasThousandthSeconds ? 1 : 0;
}

FlatKey Ranker::waiting(WorkloadId id) {
  const Job& job = board_.job(id);
  FlatKey key{job.priority, board_.pending_key(id).elastic_class, 0, id};
  switch (options_.order) {
    case QueueOrder::kShares:
      break;
    case QueueOrder::kFifo:
      key.value = job.submitted.ns;
      break;
    case QueueOrder::kSjf:
      key.value = job.estimate.ns;
      break;
    case QueueOrder::kLas:
      key.value = las_queue(job, job.attained);
      break;
    case QueueOrder::kRank: {
      const int bucket = rank_bucket(job.attained);
      const std::uint32_t at = row(job);
      key.value = scaled(job.attained.ns > 0 ? ranks_.rank_restarted(at, bucket, job.restart_cost)
                                             : ranks_.rank(at, bucket),
                         job);
      break;
    }
  }
  return key;
}

FlatKey Ranker::running(WorkloadId id, const RunClock& clock) {
  const Job& job = board_.job(id);
  const Duration attained = clock.attained(now_);
  FlatKey key{job.priority, 0, 0, id};
  if (options_.order == QueueOrder::kLas) {
    key.value = las_queue(job, attained);
  } else if (options_.order == QueueOrder::kRank) {
    const std::int64_t rank = scaled(ranks_.rank(row(job), rank_bucket(attained)), job);
    key.value = rank * 100 / (100 + options_.rotation.hysteresis_percent);
  }
  return key;
}

Time Ranker::moves_at(const Job& job, const RunClock& clock) {
  const Duration attained = clock.attained(now_);
  if (options_.order == QueueOrder::kLas) {
    if (las_queue(job, attained) != 0) return Time::never();
    const std::int64_t size = amount(job);
    return clock.reaches(Duration::seconds((kLasThousandthSeconds + size - 1) / size));
  }
  const int bucket = rank_bucket(attained);
  if (options_.order != QueueOrder::kRank || bucket + 1 == kRankBuckets) return Time::never();
  return clock.reaches(rank_bucket_begin(bucket + 1));
}

FlatOrder::FlatOrder(const Board& board, Ranker& ranker,
                     const std::function<bool(RequestId)>& wanted)
    : board_(board), ranker_(ranker) {
  for (std::size_t p = 0; p < board.projects().size(); ++p) {
    const PendingJobs& jobs = board.pending(ProjectId{p});
    for (std::size_t g = 0; g < jobs.heads().size(); ++g) {
      const RequestId request = jobs.heads()[g].request;
      if (!wanted(request)) continue;
      std::int32_t count = -1;
      std::uint32_t at = 0;
      for (const PendingKey& key : jobs.keys(g)) {
        const Job& job = board.job(key.job);
        const std::int32_t asks = job.next_step();
        if (asks != count) at = class_of(request, count = asks);
        classes_[at].push_back(ranker.waiting(key.job));
      }
    }
  }
  for (std::uint32_t c = 0; c < classes_.size(); ++c) {
    std::make_heap(classes_[c].begin(), classes_[c].end(), later);
    push_class(c);
  }
}

bool FlatOrder::class_later(std::uint32_t a, std::uint32_t b) const {
  return later(classes_[a].front(), classes_[b].front());
}

std::uint32_t FlatOrder::class_of(RequestId request, std::int32_t count) {
  const auto next = static_cast<std::uint32_t>(classes_.size());
  const auto [entry, fresh] = class_ids_.try_emplace({request, count}, next);
  if (fresh) classes_.emplace_back();
  return entry->second;
}

void FlatOrder::push_class(std::uint32_t c) {
  heap_.push_back(c);
  std::push_heap(heap_.begin(), heap_.end(), [this](auto a, auto b) { return class_later(a, b); });
}

// Takes a class off the heap, so that its jobs may change.
void FlatOrder::take_class(std::uint32_t c) {
  const auto order = [this](std::uint32_t a, std::uint32_t b) { return class_later(a, b); };
  if (!heap_.empty() && heap_.front() == c) {
    std::pop_heap(heap_.begin(), heap_.end(), order);
    heap_.pop_back();
    return;
  }
  if (std::erase(heap_, c) > 0) std::make_heap(heap_.begin(), heap_.end(), order);
}

void FlatOrder::pop(bool again) {
  CHECK(!empty(), "nothing is left to serve");
  const WorkloadId id = top();
  const std::uint32_t from = heap_.front();
  take_class(from);
  Jobs& jobs = classes_[from];
  std::pop_heap(jobs.begin(), jobs.end(), later);
  jobs.pop_back();
  if (!jobs.empty()) push_class(from);
  const Job& job = board_.job(id);
  if (!again || !job.wants_more()) return;
  const std::uint32_t to = class_of(job.request, job.next_step());
  take_class(to);
  classes_[to].push_back(ranker_.waiting(id));
  std::push_heap(classes_[to].begin(), classes_[to].end(), later);
  push_class(to);
}

void FlatOrder::skip_alike() {
  CHECK(!empty(), "nothing is left to skip");
  const std::uint32_t c = heap_.front();
  take_class(c);
  classes_[c].clear();
}

}  // namespace sillar::schedule
