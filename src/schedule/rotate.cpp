#include "schedule/rotate.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace sillar::schedule {
namespace {

bool rotates(const Job& job) {
  return job.preemptible &&
         (job.kind == WorkloadKind::kTraining || job.kind == WorkloadKind::kBatch);
}

class Rotation {
 public:
  Rotation(RoomMaker::Context context, Ranker& ranker)
      : c_(context),
        board_(context.board),
        options_(*context.input.options),
        ranker_(ranker),
        order_(board_, ranker, [](RequestId) { return true; }) {}

  RotationOutcome run() {
    list_runners();
    count_room();
    grant_leases();
    accept_leases();
    accept_by_order();
    place();
    return std::move(out_);
  }

 private:
  struct Held {
    std::size_t resource = 0;
    std::int64_t amount = 0;
  };
  struct Accepted {
    RoomAsk ask;
    std::int64_t amount = 0;
    FlatKey key;
    bool leased = false;
  };

  // ---- What runs.

  void list_runners() {
    for (std::size_t p = 0; p < board_.projects().size(); ++p) {
      const ProjectId leaf{p};
      if (board_.active_jobs(leaf).empty()) continue;
      const Duration least = least_run_time(leaf);
      for (const WorkloadId id : board_.active_jobs(leaf)) {
        const Job& job = board_.job(id);
        const bool whole =
            job.running > 0 && job.reserved + job.stopping == 0 && job.running >= job.minimum();
        if (!whole || !rotates(job)) continue;
        const RunClock clock = run_clock(board_, job);
        out_.moves_at = std::min(out_.moves_at, ranker_.moves_at(job, clock));
        const Time whole_since = last_start(job);
        if (whole_since == now() || now() < whole_since + least) continue;
        runners_.push_back({ranker_.running(id, clock), clock, 0, false, false});
      }
    }
    std::sort(runners_.begin(), runners_.end(),
              [](const Runner& a, const Runner& b) { return a.key < b.key; });
    first_held_.push_back(0);
    for (std::uint32_t r = 0; r < runners_.size(); ++r) {
      add_held(r);
      by_job_.emplace_back(runners_[r].key.job, r);
    }
    std::sort(by_job_.begin(), by_job_.end());
  }

  // The longest protection that any other project could meet here.
  [[nodiscard]] Duration least_run_time(ProjectId leaf) const {
    Duration least;
    bool inherited = true;
    for (ProjectId p = leaf; p.valid(); p = board_.projects()[p.index()].parent) {
      const MinRuntime& set = board_.projects()[p.index()].min_runtime;
      if (set.reclaim) least = std::max(least, *set.reclaim);
      if (set.preempt && inherited) least = std::max(least, *set.preempt);
      inherited = inherited && !set.preempt;
    }
    return least;
  }

  [[nodiscard]] Time last_start(const Job& job) const {
    Time last;
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const Task& task = board_.task(task_at(job, i));
      if (task.phase == Phase::kRunning) last = std::max(last, task.started);
    }
    return last;
  }

  static TaskId task_at(const Job& job, std::int32_t i) {
    return TaskId{job.first_task + static_cast<std::uint32_t>(i)};
  }

  void add_held(std::uint32_t r) {
    const Job& job = board_.job(runners_[r].key.job);
    const std::size_t begin = held_.size();
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const Task& task = board_.task(task_at(job, i));
      if (task.phase != Phase::kRunning) continue;
      const Shape& shape = board_.shape(task.shape);
      const ClassId on = board_.node(task.place.node).accelerator_class;
      const std::size_t resource = shape.needs_accelerator() ? board_.resource_of(on) : kCpu;
      const std::int64_t amount = board_.amount(shape, on, resource);
      runners_[r].amount += amount;
      if (held_.size() == begin || held_.back().resource != resource)
        held_.push_back({resource, 0});
      held_.back().amount += amount;
    }
    first_held_.push_back(static_cast<std::uint32_t>(held_.size()));
  }

  [[nodiscard]] std::span<const Held> held(std::uint32_t r) const {
    return std::span(held_).subspan(first_held_[r], first_held_[r + 1] - first_held_[r]);
  }

  [[nodiscard]] std::optional<std::uint32_t> runner_of(WorkloadId job) const {
    const auto at = std::lower_bound(by_job_.begin(), by_job_.end(), std::pair(job, 0U));
    if (at == by_job_.end() || at->first != job) return std::nullopt;
    return at->second;
  }

  // ---- Room, as amounts. What cannot be rotated holds its own already.

  void count_room() {
    room_.resize(board_.resources());
    for (std::size_t r = 0; r < room_.size(); ++r) {
      room_[r] = board_.capacity(r);
      for (const ProjectId root : board_.roots())
        room_[r] -= board_.counters().allocated[board_.at(root, r)];
    }
    for (const Held& h : held_) room_[h.resource] += h.amount;
    // Below limits likewise: what rotates does not count until it is accepted.
    allocated_ = board_.counters().allocated;
    fixed_ = board_.counters().allocated_fixed;
    for (std::uint32_t r = 0; r < runners_.size(); ++r)
      count_allocated(board_.job(runners_[r].key.job), held(r), -1);
  }

  void count_allocated(const Job& job, std::span<const Held> amounts, std::int64_t sign) {
    for (ProjectId p = job.project; p.valid(); p = board_.projects()[p.index()].parent) {
      for (const Held& h : amounts) {
        allocated_[board_.at(p, h.resource)] += sign * h.amount;
        if (!job.preemptible) fixed_[board_.at(p, h.resource)] += sign * h.amount;
      }
    }
  }

  [[nodiscard]] bool fits(const Job& job, std::span<const Held> amounts) const {
    for (const Held& h : amounts) {
      if (h.amount > room_[h.resource]) return false;
      for (ProjectId p = job.project; p.valid(); p = board_.projects()[p.index()].parent) {
        const Quota& quota = board_.quota(p, h.resource);
        const std::size_t at = board_.at(p, h.resource);
        if (quota.limit != kUnlimited && allocated_[at] + h.amount > quota.limit) return false;
        if (!job.preemptible && quota.deserved != kUnlimited &&
            fixed_[at] + h.amount > quota.deserved)
          return false;
      }
    }
    return true;
  }

  void take(const Job& job, std::span<const Held> amounts) {
    for (const Held& h : amounts) room_[h.resource] -= h.amount;
    count_allocated(job, amounts, 1);
  }

  bool accept_running(std::uint32_t r) {
    const Job& job = board_.job(runners_[r].key.job);
    if (runners_[r].accepted || !fits(job, held(r))) return false;
    runners_[r].accepted = true;
    take(job, held(r));
    return true;
  }

  // ---- What waits.

  [[nodiscard]] static bool waits_whole(const Job& job) {
    return job.active() + job.stopping == 0 && job.pending >= job.next_step();
  }

  // Calls `visit` with each way to place the job, in order of preference, until it returns true.
  template <typename Visit>
  bool any_way(WorkloadId id, Visit visit) const {
    const Job& job = board_.job(id);
    for (const ShapeId shape_id : board_.request(job.request).alternatives) {
      const Shape& shape = board_.shape(shape_id);
      if (shape.eligible_count == 0) continue;
      RoomAsk ask{id, shape_id, ClassId{}, job.next_step()};
      if (!shape.needs_accelerator()) {
        if (visit(ask, Held{kCpu, ask.count * shape.cpu})) return true;
        continue;
      }
      for (std::size_t c = 0; c < shape.by_class.size(); ++c) {
        ask.on = ClassId{c};
        const std::int64_t amount = ask.count * shape.charged(ask.on);
        if (amount > 0 && visit(ask, Held{board_.resource_of(ask.on), amount})) return true;
      }
    }
    return false;
  }

  // Whether an empty fleet would hold the ask: what could not be placed must not keep others out.
  [[nodiscard]] bool could_ever_fit(const RoomAsk& ask) {
    const Job& job = board_.job(ask.job);
    const auto key =
        std::tuple(ask.shape, ask.count, job.topology, job.required_level, job.apart_level);
    const auto [entry, fresh] = fits_empty_.try_emplace(key, false);
    if (fresh) entry->second = slots_if_empty(board_, job, ask.shape, ask.count) >= ask.count;
    return entry->second;
  }

  bool accept_waiting(WorkloadId id) {
    const Job& job = board_.job(id);
    return any_way(id, [&](const RoomAsk& ask, const Held& amount) {
      if (!fits(job, std::span(&amount, 1)) || !could_ever_fit(ask)) return false;
      take(job, std::span(&amount, 1));
      accepted_.push_back({ask, amount.amount, order_.key(), false});
      return true;
    });
  }

  // ---- Leases.

  [[nodiscard]] Time now() const { return c_.input.now; }

  void grant_leases() {
    const RotationOptions& rules = options_.rotation;
    if (rules.lease_wait.ns <= 0 || options_.order != QueueOrder::kRank) return;
    for (Lease lease : c_.input.memory->rotation.leases) {
      const Job& job = board_.job(lease.job);
      if (job.left() == 0) continue;
      const Duration run = attained(board_, job, now());
      if (lease.granted != Time::never() && run - lease.attained >= rules.lease_run) {
        lease.granted = Time::never();
        lease.waited = now() - job.submitted - run;
      }
      out_.leases.push_back(lease);
    }
    const std::size_t known = out_.leases.size();
    for (std::size_t p = 0; p < board_.projects().size(); ++p) {
      const PendingJobs& jobs = board_.pending(ProjectId{p});
      for (std::size_t g = 0; g < jobs.heads().size(); ++g) {
        for (const PendingKey& key : jobs.keys(g)) {
          if (now() - key.submitted >= rules.lease_wait) grant(key.job, known);
        }
      }
    }
    std::sort(out_.leases.begin(), out_.leases.end(),
              [](const Lease& a, const Lease& b) { return a.job < b.job; });
  }

  void grant(WorkloadId id, std::size_t known) {
    const Job& job = board_.job(id);
    if (!waits_whole(job)) return;
    const auto end = out_.leases.begin() + static_cast<std::ptrdiff_t>(known);
    const auto old = std::lower_bound(out_.leases.begin(), end, id,
                                      [](const Lease& a, WorkloadId b) { return a.job < b; });
    const bool had = old != end && old->job == id;
    const Duration before = had ? old->waited : Duration{0};
    if (had && old->granted != Time::never()) return;
    if (now() - job.submitted - job.attained - before < options_.rotation.lease_wait) return;
    if (had) {
      old->granted = now();
      old->attained = job.attained;
    } else {
      out_.leases.push_back({id, now(), job.attained, Duration{0}});
    }
  }

  void accept_leases() {
    std::vector<const Lease*> queue;
    for (const Lease& lease : out_.leases) {
      if (lease.granted != Time::never()) queue.push_back(&lease);
    }
    std::sort(queue.begin(), queue.end(), [](const Lease* a, const Lease* b) {
      return std::tuple(a->granted, a->job) < std::tuple(b->granted, b->job);
    });
    if (!queue.empty()) leased_.assign(board_.projects().size() * board_.resources(), 0);
    for (const Lease* lease : queue) {
      const WorkloadId id = lease->job;
      const Job& job = board_.job(id);
      if (const auto r = runner_of(id)) {
        const Held first = held(*r).front();
        const Held all{first.resource, runners_[*r].amount};
        runners_[*r].leased = lease_allowed(job, all) && accept_running(*r);
        if (runners_[*r].leased) count_lease(job, all);
      } else if (waits_whole(job)) {
        accept_leased(id);
      } else {
        any_way(id, [&](const RoomAsk&, const Held& amount) {
          count_lease(job, amount);
          return true;
        });
      }
    }
  }

  void accept_leased(WorkloadId id) {
    const Job& job = board_.job(id);
    any_way(id, [&](const RoomAsk& ask, const Held& amount) {
      if (!lease_allowed(job, amount) || !fits(job, std::span(&amount, 1)) || !could_ever_fit(ask))
        return false;
      take(job, std::span(&amount, 1));
      count_lease(job, amount);
      accepted_.push_back({ask, amount.amount, FlatKey{}, true});
      taken_.push_back(id);
      return true;
    });
  }

  [[nodiscard]] bool lease_allowed(const Job& job, const Held& amount) const {
    const std::int64_t already = leased_[board_.at(job.project, amount.resource)];
    const std::int64_t share = c_.fairness.fair(job.project, amount.resource);
    return already == 0 ||
           already + amount.amount <= share * options_.rotation.lease_share_percent / 100;
  }

  void count_lease(const Job& job, const Held& amount) {
    leased_[board_.at(job.project, amount.resource)] += amount.amount;
  }

  // ---- The rest, in order.

  void accept_by_order() {
    std::sort(taken_.begin(), taken_.end());
    std::uint32_t next = 0;
    while (!order_.empty()) {
      const WorkloadId id = order_.top();
      const Job& job = board_.job(id);
      if (!waits_whole(job) || std::binary_search(taken_.begin(), taken_.end(), id)) {
        order_.pop(false);
        continue;
      }
      if (!any_room(id)) {
        order_.skip_alike();
        continue;
      }
      if (next < runners_.size() && !waiting_first(order_.key(), runners_[next].key)) {
        accept_running(next++);
        continue;
      }
      accept_waiting(id);
      order_.pop(false);
    }
    for (; next < runners_.size(); ++next) accept_running(next);
  }

  // Where two rank alike, what runs stays.
  [[nodiscard]] bool waiting_first(const FlatKey& waiting, const FlatKey& running) const {
    if (options_.order == QueueOrder::kLas) return waiting < running;
    return std::tuple(-std::int64_t{waiting.priority}, waiting.value) <
           std::tuple(-std::int64_t{running.priority}, running.value);
  }

  // Whether the job, and with it all that ask alike, could still be accepted but for limits.
  [[nodiscard]] bool any_room(WorkloadId id) const {
    return any_way(id, [&](const RoomAsk&, const Held& amount) {
      return amount.amount <= room_[amount.resource];
    });
  }

  // ---- Placing.

  void place() {
    if (accepted_.empty()) return;
    RoomMaker maker(c_, runners_);
    if (options_.order == QueueOrder::kLas) maker.evict_rest(accepted_.front().ask.job);
    std::vector<std::uint32_t> order(accepted_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::tuple(-accepted_[a].amount, a) < std::tuple(-accepted_[b].amount, b);
    });
    for (const std::uint32_t i : order) {
      ++c_.plan.counts.attempts;
      RoomMaker::Placed placed = maker.place(accepted_[i].ask);
      if (placed == RoomMaker::Placed::kNot && confined(accepted_[i].ask))
        placed = place_before_all_after(maker, accepted_[i]);
      out_.left_over = out_.left_over || placed == RoomMaker::Placed::kNot;
      if (placed == RoomMaker::Placed::kPromised) out_.promised.push_back(accepted_[i].ask.job);
    }
  }

  // Whether the ask may use a part of its class's nodes only: amounts then say little about it.
  [[nodiscard]] bool confined(const RoomAsk& ask) const {
    const Job& job = board_.job(ask.job);
    if (job.topology >= 0 && (job.required_level >= 0 || job.apart_level >= 0)) return true;
    const Shape& shape = board_.shape(ask.shape);
    for (std::size_t n = 0; n < board_.node_count(); ++n) {
      if (!shape.eligible[n] && board_.node(NodeId{n}).accelerator_class == ask.on) return true;
    }
    return false;
  }

  // Takes the room from whatever goes after the ask, accepted or not.
  RoomMaker::Placed place_before_all_after(RoomMaker& maker, const Accepted& asks) {
    std::vector<Runner*> after;
    for (Runner& runner : runners_) {
      if (!runner.accepted || runner.leased) continue;
      if (asks.leased || waiting_first(asks.key, runner.key)) after.push_back(&runner);
    }
    for (Runner* runner : after) runner->accepted = false;
    maker.accepted_changed();
    const RoomMaker::Placed placed = maker.place(asks.ask);
    for (Runner* runner : after) runner->accepted = board_.job(runner->key.job).running > 0;
    maker.accepted_changed();
    return placed;
  }

  RoomMaker::Context c_;
  Board& board_;
  const CycleOptions& options_;
  Ranker& ranker_;
  FlatOrder order_;
  RotationOutcome out_;
  std::vector<Runner> runners_;  // Best first.
  std::vector<std::pair<WorkloadId, std::uint32_t>> by_job_;
  std::vector<Held> held_;
  std::vector<std::uint32_t> first_held_;        // Per runner, and one past the last.
  std::vector<std::int64_t> room_;               // Per resource: not yet given to anybody accepted.
  std::vector<std::int64_t> allocated_, fixed_;  // Per (project, resource), of the accepted.
  std::vector<std::int64_t> leased_;             // Per (project, resource).
  std::vector<Accepted> accepted_;               // Waiting work, in order of acceptance.
  std::vector<WorkloadId> taken_;                // Waiting jobs accepted by their lease.
  std::map<std::tuple<ShapeId, std::int32_t, std::int32_t, std::int32_t, std::int32_t>, bool>
      fits_empty_;
};

}  // namespace

RotationOutcome rotate(RoomMaker::Context context, Ranker& ranker) {
  return Rotation(context, ranker).run();
}

}  // namespace sillar::schedule
