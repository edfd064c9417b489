#include "engine/state_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/bytes.h"
#include "base/document.h"
#include "engine/engine.h"
#include "engine/fact_text.h"
#include "engine/task_bytes.h"
#include "model/reason_bytes.h"
#include "model/validate.h"
#include "model/workload_bytes.h"
#include "schedule/run_time.h"
#include "schedule/share_fill.h"

namespace sillar {
namespace {

constexpr std::size_t kWordBytesMax = 1 << 16;  // Of a price's source.
constexpr std::size_t kWorldBytesMax = kDocumentBytesMax;
constexpr std::size_t kWorkloadBytesLeast = 20;
constexpr std::size_t kRecordBytesLeast = 14;
constexpr std::size_t kHoldBytesLeast = 3;
// Of what counts up by one: nobody lives to see it full.
constexpr std::int64_t kCountMax = std::int64_t{1} << 62;
constexpr Int128 kLostMax = Int128{1} << 120;
constexpr Duration kDueSpare = Duration::hours(24);  // Until the tick after a rotation's time.

// ---- Writing.

std::string reason_bytes(const Reason& reason) {
  std::string out;
  put_reason(out, reason);
  return out;
}

// Many workloads wait for one reason: each is told once, in the order of the first to wait for it,
// whoever shares the record in memory.
class ReasonTable {
 public:
  // -1: none.
  std::int64_t id_of(const std::shared_ptr<const Reason>& reason) {
    if (reason == nullptr) return -1;
    const auto [at, unseen] = seen_.try_emplace(reason.get(), 0);
    if (unseen) {
      const auto [entry, fresh] = known_.try_emplace(reason_bytes(*reason), known_.size());
      if (fresh) bytes_ += entry->first;
      at->second = static_cast<std::int64_t>(entry->second);
    }
    return at->second;
  }
  void append_to(std::string& out) const {
    put_count(out, known_.size());
    out += bytes_;
  }

 private:
  std::map<std::string, std::size_t> known_;
  std::map<const Reason*, std::int64_t> seen_;
  std::string bytes_;
};

void append_record(std::string& out, ReasonTable& reasons, const WorkloadRecord& record) {
  put_number(out, record.holds.empty() ? reasons.id_of(record.reason) : -1);
  put_number(out, record.first_started.ns);
  put_number(out, record.finished.ns);
  put_number(out, record.queued.ns);
  put_number(out, record.idle_since.ns);
  put_number(out, record.evictions);
  put_wide(out, record.lost_device_ns);
  put_number(out, record.failed_tasks);
  put_number(out, record.cancelled_tasks);
  put_number(out, record.retries);
  put_number(out, record.idle_warned.ns);
  put_number(out, reasons.id_of(record.end_reason));
  put_number(out, record.cancelled ? 1 : 0);
  put_count(out, record.holds.size());
  for (const WorkloadHold& hold : record.holds) {
    put_number(out, static_cast<std::int64_t>(hold.cause));
    put_number(out, reasons.id_of(hold.reason));
    put_number(out, hold.until.ns);
  }
}

void append_records(std::string& out, const std::vector<WorkloadRecord>& workloads) {
  ReasonTable reasons;
  std::string records;
  for (const WorkloadRecord& record : workloads) append_record(records, reasons, record);
  reasons.append_to(out);
  out += records;
}

void append_memory(std::string& out, const schedule::CycleMemory& memory) {
  put_count(out, memory.holds.size());
  for (const schedule::Hold& hold : memory.holds) {
    put_id(out, hold.job);
    put_number(out, hold.made.ns);
    put_number(out, hold.from.ns);
    put_count(out, hold.nodes.size());
    for (const NodeId node : hold.nodes) put_id(out, node);
  }
  put_count(out, memory.remainder_carry.size());
  for (const std::int64_t owed : memory.remainder_carry) put_number(out, owed);
  memory.rotation.append_state(out);
}

// Prices that have moved since the world was configured; then the meter.
void append_money(std::string& out, const State& state) {
  for (std::size_t n = 0; n < state.prices.size(); ++n) {
    const NodeTariff& price = state.prices[n];
    if (price == state.world->prices[n]) continue;
    put_id(out, NodeId{n});
    put_number(out, price.per_hour.nanos);
    put_number(out, price.cpu_nanos);
    put_text(out, price.source);
  }
  put_id(out, NodeId{});
  if (state.meter) state.meter->append_state(out);
  if (state.budgets) state.budgets->append_state(out);
}

// ---- Reading.

class StateReader {
 public:
  StateReader(const std::string& name, std::string_view body) : name_(name), in_(body) {}

  Result<State> run() {
    now_ = in_.moment();
    const std::int64_t facts = in_.number(0, kCountMax);
    if (in_.flag()) {
      SILLAR_TRY_STATUS(read_world());
      SILLAR_TRY_STATUS(read_workloads());
      SILLAR_TRY_STATUS(read_records());
      SILLAR_TRY_STATUS(within(s_.board.read_state(in_)));
      for (std::size_t w = 0; w < s_.workloads.size(); ++w) {
        const schedule::Job& job = s_.board.job(WorkloadId{w});
        if (!possible_times(job)) return bad("a job at impossible times");
        if (job.held == s_.workloads[w].holds.empty()) return bad("a job held for nothing");
      }
      if (!read_task_records(in_, s_)) return bad("an impossible life of a task");
      SILLAR_TRY_STATUS(read_memory());
      SILLAR_TRY_STATUS(read_money());
      if (!read_arrived()) return bad("an impossible arrival");
      if (s_.usage && !s_.usage->read_state(in_, now_)) return bad("an impossible usage");
      SILLAR_TRY_STATUS(read_part(s_.memory.ranks));
      const schedule::RankTable& ranks = s_.memory.ranks;
      if (ranks.rebuilt_at() < Time{0} || ranks.rebuilt_at() > kTimeMax ||
          ranks.events() > std::uint64_t{kCountMax})
        return bad("impossible ranks");
      if (in_.left() > 0 && !read_fitness(in_, s_)) return bad("an impossible health");
    }
    if (!in_.ok() || in_.left() > 0) return bad("an impossible end");
    s_.now = now_;
    s_.facts = static_cast<std::uint64_t>(facts);
    return std::move(s_);
  }

 private:
  [[nodiscard]] tl::unexpected<Error> bad(std::string_view what) const {
    return invalid(fmt::format("{}: the snapshot has {}", name_, what));
  }
  [[nodiscard]] Status within(Status status) const {
    if (!status) return tl::unexpected(status.error().within(name_));
    return status;
  }

  // What is read is decided upon and applied like any input, so that whatever follows from it is
  // made in one place, and what would be refused is.
  Status feed(decltype(Input::body) body) {
    const auto facts = step(s_, scratch_, {now_, std::move(body)});
    if (!facts) return tl::unexpected(facts.error().within(name_));
    return {};
  }

  Status read_world() {
    const std::string_view text = in_.text(kWorldBytesMax);
    if (!in_.ok()) return bad("no world");
    SILLAR_TRY(document, parse_document(name_ + ": world", text));
    SILLAR_TRY(world, world_from(document.name, document.root));
    return feed(Configure{std::move(world)});
  }

  Status read_workloads() {
    specs_.resize(in_.count(kWorkloadBytesLeast));
    std::size_t tasks = 0;
    for (auto& spec : specs_) {
      Workload workload = read_workload(in_);
      if (!in_.ok()) return bad("an impossible workload");
      tasks += static_cast<std::size_t>(std::max(workload.gang_max, 0));
      spec = std::make_shared<const Workload>(std::move(workload));
    }
    // Each task has a byte at least, so that no gang is more than memory can hold.
    if (tasks > in_.left()) return bad("more tasks than it tells of");
    return {};
  }

  // Against the world as it is now: what is over may have asked for things of an older one.
  [[nodiscard]] Status check(const std::vector<WorkloadRecord>& records) const {
    std::vector<Workload> going, over;
    for (const WorkloadRecord& record : records) {
      // Where tasks stood when a workload was submitted is history: they need not fit by now.
      Workload workload = *record.spec;
      if (!workload.tasks.empty() &&
          workload.tasks.size() != static_cast<std::size_t>(workload.gang_max))
        return bad("a gang of another size than its tasks");
      workload.tasks.clear();
      if (const auto rule = ResidencyRule::of(workload.residency); !rule)
        return within(tl::unexpected(rule.error()));
      (record.finished == Time::never() ? going : over).push_back(std::move(workload));
    }
    SILLAR_TRY_STATUS(check(going, Standing::kAccepted));
    return check(over, Standing::kOver);
  }

  [[nodiscard]] Status check(const std::vector<Workload>& workloads, Standing standing) const {
    Complaints complaints(1);
    validate_workloads(workloads, s_.world->fleet, s_.world->projects, complaints, standing);
    if (complaints.empty()) return {};
    const Complaint& first = complaints.list().front();
    return bad(fmt::format("an impossible workload: {}: {}", first.path, first.message));
  }

  // What has run, ran between the epoch and the run that goes on: so what it will have run by any
  // moment is a Duration.
  [[nodiscard]] bool possible_times(const schedule::Job& job) const {
    if (job.last_full_start > kTimeMax || job.attained.ns < 0) return false;
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const schedule::Task& task =
          s_.board.task(TaskId{job.first_task + static_cast<std::uint32_t>(i)});
      if (task.started > kTimeMax || task.checkpointed > kTimeMax) return false;
    }
    return Time{job.attained.ns} <= std::min(now_, schedule::run_clock(s_.board, job).from);
  }

  // What has waited, waited between its arrival and the last change.
  [[nodiscard]] bool possible_queue(const WorkloadRecord& record) const {
    const Time until = record.idle_since == Time::never() ? now_ : record.idle_since;
    return record.queued <= until - record.spec->submitted;
  }

  // Waiting and running share the time since the arrival.
  [[nodiscard]] bool possible_lease(const schedule::Lease& lease) const {
    const auto moment = [](std::int64_t ns) { return ns >= 0 && ns <= kTimeMax.ns; };
    if (lease.job.index() >= s_.workloads.size() || !moment(lease.attained.ns)) return false;
    if (lease.granted != Time::never() && !moment(lease.granted.ns)) return false;
    const schedule::Job& job = s_.board.job(lease.job);
    return lease.waited.ns >= -kTimeMax.ns &&
           Int128{lease.waited.ns} + job.attained.ns <= (now_ - job.submitted).ns;
  }

  bool read_arrived() {
    for (WorkloadRecord& record : s_.workloads) record.arrived = false;
    s_.arrived.resize(in_.count());
    for (WorkloadId& id : s_.arrived) {
      id = in_.id<WorkloadTag>(s_.workloads.size());
      if (!in_.ok() || s_.workloads[id.index()].arrived) return false;
      s_.workloads[id.index()].arrived = true;
    }
    s_.remainders_carried = in_.moment();
    return in_.ok();
  }

  using Reasons = std::vector<std::shared_ptr<const Reason>>;

  std::shared_ptr<const Reason> read_reason_id(const Reasons& reasons) {
    const Id<struct ReasonTag> id = in_.id_or_none<ReasonTag>(reasons.size());
    return id.valid() && in_.ok() ? reasons[id.index()] : nullptr;
  }

  void read_holds(const Reasons& reasons, WorkloadRecord& record) {
    record.holds.resize(in_.count(kHoldBytesLeast));
    for (std::size_t h = 0; h < record.holds.size(); ++h) {
      WorkloadHold& hold = record.holds[h];
      hold.cause = in_.word(HoldCause::kDrain);
      hold.reason = read_reason_id(reasons);
      hold.until = Time{in_.number(0, Time::never().ns)};
      if (hold.reason == nullptr || (h > 0 && record.holds[h - 1].cause >= hold.cause)) in_.fail();
    }
    if (record.holds.empty()) return;
    if (record.reason != nullptr) in_.fail();
    record.reason = record.holds.front().reason;
  }

  Status read_records() {
    Reasons reasons(in_.count());
    for (auto& reason : reasons) reason = std::make_shared<const Reason>(read_reason(in_));
    if (!in_.ok() || in_.left() / kRecordBytesLeast < specs_.size())
      return bad("an impossible reason");
    std::vector<WorkloadRecord> records(specs_.size());
    for (std::size_t w = 0; w < records.size(); ++w) {
      WorkloadRecord& record = records[w];
      record.spec = specs_[w];
      const std::int32_t tasks = std::max(record.spec->gang_max, 0);
      record.reason = read_reason_id(reasons);
      record.first_started = in_.time();
      record.finished = in_.time();
      record.queued = in_.duration();
      record.idle_since = in_.time();
      record.evictions = in_.number(0, kCountMax);
      record.lost_device_ns = in_.wide(0, kLostMax);
      record.failed_tasks = static_cast<std::int32_t>(in_.number(0, tasks));
      record.cancelled_tasks = static_cast<std::int32_t>(in_.number(0, tasks));
      record.retries = static_cast<std::int32_t>(in_.number(0, kTaskRetriesMax));
      record.idle_warned = in_.time();
      record.end_reason = read_reason_id(reasons);
      record.cancelled = in_.flag();
      read_holds(reasons, record);
      if (in_.ok() && !possible_queue(record)) in_.fail();
    }
    if (!in_.ok()) return bad("an impossible record of a workload");
    SILLAR_TRY_STATUS(check(records));
    for (const auto& spec : specs_) {
      for (const Dependency& dependency : spec->after)
        if (!s_.workload_ids.contains(dependency.workload)) return bad("a wait for nobody");
      apply(s_, {now_, Submitted{spec}});
    }
    if (s_.workload_ids.size() != specs_.size()) return bad("two workloads of one name");
    s_.workloads = std::move(records);
    return {};
  }

  // For what reads fixed-width text: takes it off what is left.
  template <typename T>
  Status read_part(T& part) {
    std::string_view rest = in_.rest();
    auto read = T::read_state(rest);
    if (!read) return tl::unexpected(read.error().within(name_));
    in_.skip(in_.left() - rest.size());
    part = std::move(*read);
    return {};
  }

  Status read_memory() {
    schedule::CycleMemory& memory = s_.memory;
    memory.holds.resize(in_.count(kHoldBytesLeast));
    for (schedule::Hold& hold : memory.holds) {
      hold.job = in_.id<WorkloadTag>(s_.workloads.size());
      hold.made = in_.moment();
      hold.from = Time{in_.number(0, (kTimeMax + kDurationMax).ns)};
      hold.nodes.resize(in_.count());
      for (NodeId& node : hold.nodes) node = in_.id<NodeTag>(s_.board.node_count());
      const bool ordered = std::is_sorted(hold.nodes.begin(), hold.nodes.end());
      if (!in_.ok() || !ordered) return bad("an impossible reservation");
    }
    memory.remainder_carry.resize(in_.count());
    for (std::int64_t& owed : memory.remainder_carry)
      owed = in_.number(-schedule::kCarryMax, schedule::kCarryMax);
    const std::size_t carried = memory.remainder_carry.size();
    const std::size_t owners = s_.world->projects.size() * s_.board.resources();
    if (!in_.ok() || (carried != 0 && carried != owners)) return bad("an impossible remainder");
    SILLAR_TRY_STATUS(read_part(memory.rotation));
    const schedule::RotationState& rotation = memory.rotation;
    for (const schedule::Lease& lease : rotation.leases)
      if (!possible_lease(lease)) return bad("an impossible lease");
    constexpr Time kDueMax{Time::never().ns - kDueSpare.ns};
    const bool ever = rotation.due != Time::never();
    if (rotation.due < Time{0} || (ever && rotation.due > kDueMax) ||
        rotation.events > std::uint64_t{kCountMax})
      return bad("an impossible rotation");
    return {};
  }

  Status read_money() {
    NodeId last;
    for (NodeId node = in_.id_or_none<NodeTag>(s_.prices.size()); node.valid();
         node = in_.id_or_none<NodeTag>(s_.prices.size())) {
      if (!in_.ok() || (last.valid() && node <= last)) return bad("an impossible price");
      last = node;
      NodeTariff price = s_.prices[node.index()];
      price.per_hour.nanos = in_.number();
      price.cpu_nanos = in_.number();
      price.source = in_.text(kWordBytesMax);
      if (!in_.ok()) return bad("an impossible price");
      SILLAR_TRY_STATUS(feed(PriceObserved{node, std::move(price)}));
    }
    if (!in_.ok()) return bad("an impossible price");
    if (!s_.meter) return {};
    SILLAR_TRY_STATUS(within(s_.meter->read_state(in_, s_.board.task_count(), now_)));
    for (std::size_t t = 0; t < s_.board.task_count(); ++t) {
      const schedule::Phase phase = s_.board.task(TaskId{t}).phase;
      const bool holds = phase == schedule::Phase::kRunning || phase == schedule::Phase::kStopping;
      if (s_.meter->running(TaskId{t}) != holds) return bad("a task that is metered and idle");
    }
    return read_budgets();
  }

  // Exactly what runs under a budget has a reservation.
  Status read_budgets() {
    for (std::size_t w = 0; w < s_.workloads.size(); ++w) note_money_waiter(s_, WorkloadId{w});
    if (!s_.budgets) return {};
    SILLAR_TRY_STATUS(within(s_.budgets->read_state(in_, s_.board.task_count(), now_)));
    std::size_t covered = 0;
    for (std::size_t t = 0; t < s_.board.task_count(); ++t) {
      const TaskId id{t};
      const ProjectId project = s_.board.job(s_.board.task(id).job).project;
      if (!s_.meter->running(id) || !s_.budgets->accounts().covers(project)) continue;
      const BudgetReservation* reserved = s_.budgets->find(id);
      if (reserved == nullptr || reserved->project != project)
        return bad("no reservation of a task");
      ++covered;
    }
    if (covered != s_.budgets->reservations().size()) return bad("a reservation of nothing");
    return {};
  }

  const std::string& name_;
  ByteReader in_;
  Time now_;
  std::vector<std::shared_ptr<const Workload>> specs_;
  Scratch scratch_;
  State s_;
};

}  // namespace

void append_state(std::string& out, const State& state) {
  put_number(out, state.now.ns);
  put_number(out, static_cast<std::int64_t>(state.facts));
  put_number(out, state.world ? 1 : 0);
  if (!state.world) return;
  put_text(out, print_json(world_value(*state.world), 0));
  put_count(out, state.workloads.size());
  for (const WorkloadRecord& record : state.workloads) put_workload(out, *record.spec);
  append_records(out, state.workloads);
  state.board.append_state(out);
  append_task_records(out, state);
  append_memory(out, state.memory);
  append_money(out, state);
  put_count(out, state.arrived.size());
  for (const WorkloadId id : state.arrived) put_id(out, id);
  put_number(out, state.remainders_carried.ns);
  if (state.usage) state.usage->append_state(out);
  state.memory.ranks.append_state(out);
  append_fitness(out, state);
}

Result<State> read_state(const std::string& name, std::string_view body) {
  return StateReader(name, body).run();
}

}  // namespace sillar
