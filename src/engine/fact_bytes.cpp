// Facts as bytes, and back.

#include "base/check.h"
#include "base/document.h"
#include "engine/entry_parts.h"
#include "engine/fact_text.h"
#include "engine/fitness.h"
#include "ledger/budget.h"
#include "model/reason_bytes.h"
#include "model/workload_bytes.h"

namespace sillar {
namespace {

constexpr std::size_t kIdsMax = Id<TaskTag>::kNone;
constexpr std::int64_t kNumberMax = std::numeric_limits<std::int64_t>::max();
static_assert(std::variant_size_v<FactBody> == 39, "a kind is added here, at the end");

void put_place(std::string& out, const Place& place) {
  put_number(out, place.alternative);
  put_id(out, place.node);
  put_number(out, place.device_mask);
  put_number(out, place.mig_slot);
}

Place read_place(ByteReader& in) {
  Place place;
  place.alternative = static_cast<std::int32_t>(in.number(0, INT32_MAX));
  place.node = in.id<NodeTag>(kIdsMax);
  place.device_mask = static_cast<std::uint16_t>(in.number(0, UINT16_MAX));
  place.mig_slot = static_cast<std::uint8_t>(in.number(0, UINT8_MAX));
  return place;
}

// Any time from the epoch on; a reservation may lie beyond the last moment that is decided about.
Time read_any_time(ByteReader& in) {
  return Time{in.number(0, kNumberMax)};
}

std::string workload_text(const Workload& workload) {
  std::string out;
  put_workload(out, workload);
  return out;
}

class FactPutter {
 public:
  FactPutter(std::string& out, const Input& input) : out_(out), input_(input) {}

  void operator()(const Configured& f) const {
    const auto* configure = std::get_if<Configure>(&input_.body);
    CHECK(configure != nullptr && configure->world == f.world, "a world comes from its input");
  }
  void operator()(const Submitted& f) const {
    const auto* submit = std::get_if<Submit>(&input_.body);
    std::string text = workload_text(*f.workload);
    const bool same = submit != nullptr &&
                      (submit->workload == f.workload || workload_text(*submit->workload) == text);
    put_number(out_, same ? 1 : 0);
    if (!same) out_ += text;
  }
  void operator()(const Refused& f) const {
    put_text(out_, f.workload);
    put_reason(out_, f.reason);
  }
  void operator()(const TaskStarted& f) const {
    task_and_place(f.task, f.place);
    put_number(out_, f.started.ns);
    put_number(out_, f.checkpointed.ns);
  }
  void operator()(const TaskPromised& f) const { task_and_place(f.task, f.place); }
  void operator()(const PromiseKept& f) const { put_id(out_, f.task); }
  void operator()(const PromiseWithdrawn& f) const { put_id(out_, f.task); }
  void operator()(const TaskEvicted& f) const {
    put_id(out_, f.task);
    put_id(out_, f.beneficiary);
    put_reason(out_, f.reason);
    put_wide(out_, f.lost.device_ns);
    put_wide(out_, f.lost.money_nanos);
  }
  void operator()(const TaskMoves& f) const { task_and_place(f.task, f.place); }
  void operator()(const TaskStopped& f) const { put_id(out_, f.task); }
  void operator()(const WorkloadCancelled& f) const {
    put_id(out_, f.workload);
    put_reason(out_, f.reason);
  }
  void operator()(const TaskFinished& f) const {
    put_id(out_, f.task);
    put_number(out_, static_cast<std::int64_t>(f.outcome));
    put_number(out_, f.exit_code);
    put_number(out_, f.signal);
    put_reason(out_, f.reason);
  }
  void operator()(const TaskCheckpointed& f) const { put_id(out_, f.task); }
  void operator()(const WorkloadWaits& f) const {
    put_id(out_, f.workload);
    put_reason(out_, *f.reason);
  }
  void operator()(const HealthChanged& f) const {
    device(f);
    put_number(out_, static_cast<std::int64_t>(f.health));
  }
  void operator()(const PriceChanged& f) const {
    put_id(out_, f.node);
    put_tariff(out_, f.price);
  }
  void operator()(const NodesHeld& f) const {
    put_count(out_, f.holds.size());
    for (const NodesHeld::Hold& hold : f.holds) {
      put_id(out_, hold.workload);
      put_number(out_, hold.made.ns);
      put_number(out_, hold.from.ns);
      put_count(out_, hold.nodes.size());
      for (const NodeId node : hold.nodes) put_id(out_, node);
    }
  }
  void operator()(const RemaindersCarried& f) const {
    put_count(out_, f.owed.size());
    for (const auto& [at, amount] : f.owed) {
      put_number(out_, at);
      put_number(out_, amount);
    }
  }
  void operator()(const RotationMoved& f) const {
    put_number(out_, f.due.ns);
    put_number(out_, static_cast<std::int64_t>(f.events));
    put_count(out_, f.leases.size());
    for (const RotationMoved::Lease& lease : f.leases) {
      put_id(out_, lease.workload);
      put_number(out_, lease.granted.ns);
      put_number(out_, lease.attained.ns);
      put_number(out_, lease.waited.ns);
    }
    put_count(out_, f.ended.size());
    for (const WorkloadId id : f.ended) put_id(out_, id);
  }
  void operator()(const RanksRebuilt&) const {}
  void operator()(const CycleEnded& f) const { put_number(out_, f.attempts); }
  void operator()(const WorkloadHeld& f) const {
    put_id(out_, f.workload);
    put_number(out_, static_cast<std::int64_t>(f.cause));
    put_reason(out_, f.reason);
    put_number(out_, f.until.ns);
  }
  void operator()(const WorkloadReleased& f) const {
    put_id(out_, f.workload);
    put_number(out_, static_cast<std::int64_t>(f.cause));
  }
  void operator()(const HoursClosed& f) const { put_number(out_, f.until.ns); }
  void operator()(const BudgetReserved& f) const {
    put_id(out_, f.workload);
    put_number(out_, f.until.ns);
    put_number(out_, (f.due - f.until).ns);
    put_count(out_, f.parts.size());
    for (const BudgetReserved::Part& part : f.parts) {
      put_id(out_, part.task);
      put_number(out_, part.nanos_per_hour);
    }
    put_wide(out_, f.nanos);
  }
  void operator()(const BudgetThreshold& f) const {
    put_id(out_, f.project);
    put_number(out_, f.budget);
    put_number(out_, f.period_start.ns);
    put_number(out_, f.percent);
    put_number(out_, static_cast<std::int64_t>(f.measure));
    put_wide(out_, f.nanos);
    put_number(out_, f.limit_nanos);
  }
  void operator()(const TaskConfirmed& f) const { put_id(out_, f.task); }
  void operator()(const TaskRetries& f) const {
    put_id(out_, f.task);
    put_reason(out_, f.reason);
    put_number(out_, f.exit_code);
    put_number(out_, f.signal);
    put_number(out_, f.until.ns);
    put_number(out_, f.whole ? 1 : 0);
  }
  void operator()(const BackoffEnded& f) const { put_id(out_, f.task); }
  void operator()(const TaskToEnd& f) const {
    put_id(out_, f.task);
    put_number(out_, static_cast<std::int64_t>(f.outcome));
  }
  void operator()(const IdleBegan& f) const { put_id(out_, f.task); }
  void operator()(const IdleEnded& f) const { put_id(out_, f.task); }
  void operator()(const IdleWarned& f) const {
    put_id(out_, f.workload);
    put_id(out_, f.task);
    put_number(out_, f.until.ns);
  }
  void operator()(const NodeDrained& f) const {
    put_id(out_, f.node);
    put_number(out_, f.drained ? 1 : 0);
  }
  void operator()(const FaultNoted& f) const {
    device(f);
    put_id(out_, f.workload);
  }
  void operator()(const QuarantineBegan& f) const {
    device(f);
    put_reason(out_, f.reason);
    put_number(out_, f.until.ns);
    put_number(out_, f.trials);
  }
  void operator()(const ProbationBegan& f) const {
    device(f);
    put_number(out_, f.until.ns);
  }
  void operator()(const QuarantineEnded& f) const { device(f); }
  void operator()(const WorldChanged& f) const {
    const auto* configure = std::get_if<Configure>(&input_.body);
    const bool same =
        configure != nullptr && (configure->world == f.world || *configure->world == *f.world);
    put_number(out_, same ? 1 : 0);
    if (!same) put_text(out_, print_json(world_value(*f.world), 0));
  }

 private:
  void task_and_place(TaskId task, const Place& place) const {
    put_id(out_, task);
    put_place(out_, place);
  }

  template <typename Named>
  void device(const Named& f) const {
    put_id(out_, f.node);
    put_number(out_, f.device);
  }

  std::string& out_;
  const Input& input_;
};

// One function per kind, by overload: each reads what its writer above wrote.
class FactReader {
 public:
  FactReader(ByteReader& in, const Input& input) : in_(in), input_(input) {}

  // The fact of the kind with this index.
  template <std::size_t kKind = 0>
  FactBody body(std::size_t kind) {
    if constexpr (kKind < std::variant_size_v<FactBody>) {
      if (kind != kKind) return body<kKind + 1>(kind);
      std::variant_alternative_t<kKind, FactBody> fact;
      read(fact);
      return fact;
    } else {
      in_.fail();
      return CycleEnded{};
    }
  }

 private:
  void read(Configured& f) {
    if (const auto* configure = std::get_if<Configure>(&input_.body))
      f.world = configure->world;
    else
      in_.fail();
  }
  void read(Submitted& f) {
    if (!in_.flag()) {
      f.workload = std::make_shared<const Workload>(read_workload(in_));
    } else if (const auto* submit = std::get_if<Submit>(&input_.body)) {
      f.workload = submit->workload;
    } else {
      in_.fail();
    }
  }
  void read(Refused& f) {
    f.workload = in_.text(kEntryTextBytesMax);
    f.reason = read_reason(in_);
  }
  void read(TaskStarted& f) {
    read_task_and_place(f);
    f.started = in_.moment();
    f.checkpointed = in_.moment();
  }
  void read(TaskPromised& f) { read_task_and_place(f); }
  void read(PromiseKept& f) { f.task = task(); }
  void read(PromiseWithdrawn& f) { f.task = task(); }
  void read(TaskEvicted& f) {
    f.task = task();
    f.beneficiary = in_.id_or_none<WorkloadTag>(kIdsMax);
    f.reason = read_reason(in_);
    f.lost.device_ns = in_.wide();
    f.lost.money_nanos = in_.wide();
  }
  void read(TaskMoves& f) { read_task_and_place(f); }
  void read(TaskStopped& f) { f.task = task(); }
  void read(WorkloadCancelled& f) {
    f.workload = workload();
    f.reason = read_reason(in_);
  }
  void read(TaskFinished& f) {
    f.task = task();
    f.outcome = in_.word(TaskOutcome::kIdle);
    f.exit_code = read_int();
    f.signal = read_int();
    f.reason = read_reason(in_);
  }
  void read(TaskCheckpointed& f) { f.task = task(); }
  void read(WorkloadWaits& f) {
    f.workload = workload();
    f.reason = std::make_shared<const Reason>(read_reason(in_));
  }
  void read(HealthChanged& f) {
    read_device(f);
    f.health = in_.word(Health::kProbation);
  }
  void read(PriceChanged& f) {
    f.node = in_.id<NodeTag>(kIdsMax);
    f.price = read_tariff(in_);
  }
  void read(NodesHeld& f) {
    constexpr std::size_t kHoldBytesLeast = 4;
    f.holds.resize(in_.count(kHoldBytesLeast));
    for (NodesHeld::Hold& hold : f.holds) {
      hold.workload = workload();
      hold.made = read_any_time(in_);
      hold.from = read_any_time(in_);
      hold.nodes.resize(in_.count());
      for (NodeId& node : hold.nodes) node = in_.id<NodeTag>(kIdsMax);
    }
  }
  void read(RemaindersCarried& f) {
    f.owed.resize(in_.count(2));
    for (auto& [at, amount] : f.owed) {
      at = static_cast<std::uint32_t>(in_.number(0, UINT32_MAX));
      amount = in_.number();
    }
  }
  void read(RotationMoved& f) {
    constexpr std::size_t kLeaseBytesLeast = 4;
    f.due = read_any_time(in_);
    f.events = static_cast<std::uint64_t>(in_.number(0, kNumberMax));
    f.leases.resize(in_.count(kLeaseBytesLeast));
    for (RotationMoved::Lease& lease : f.leases) {
      lease.workload = workload();
      lease.granted = in_.time();
      lease.attained = Duration{in_.number()};
      lease.waited = Duration{in_.number()};
    }
    f.ended.resize(in_.count());
    for (WorkloadId& id : f.ended) id = workload();
  }
  void read(RanksRebuilt&) {}
  void read(CycleEnded& f) { f.attempts = in_.number(); }
  void read(WorkloadHeld& f) {
    f.workload = workload();
    f.cause = in_.word(HoldCause::kDrain);
    f.reason = read_reason(in_);
    f.until = read_any_time(in_);
  }
  void read(WorkloadReleased& f) {
    f.workload = workload();
    f.cause = in_.word(HoldCause::kDrain);
  }
  void read(HoursClosed& f) { f.until = Time{in_.number(0, input_.at.ns)}; }
  void read(BudgetReserved& f) {
    f.workload = workload();
    // At most so far ahead that adding up hours stays cheap.
    f.until = Time{in_.number(0, (input_.at + BudgetBook::kAheadMax * 2).ns)};
    f.due = f.until + Duration{in_.number(-kDurationMax.ns, 0)};
    f.parts.resize(in_.count(2));
    for (BudgetReserved::Part& part : f.parts) {
      part.task = task();
      part.nanos_per_hour = in_.number(0, static_cast<std::int64_t>(kMeteredRateMax));
    }
    f.nanos = in_.wide();
  }
  void read(BudgetThreshold& f) {
    f.project = in_.id<ProjectTag>(kIdsMax);
    f.budget = static_cast<std::uint32_t>(in_.number(0, kBudgetsMax - 1));
    f.period_start = in_.moment();
    f.percent = static_cast<std::int32_t>(in_.number(1, kBudgetPercentMax));
    f.measure = in_.word(BudgetMeasure::kForecast);
    f.nanos = in_.wide();
    f.limit_nanos = in_.number(1);
  }
  void read(WorldChanged& f) {
    const auto* configure = std::get_if<Configure>(&input_.body);
    if (in_.flag()) {
      if (configure == nullptr) return in_.fail();
      f.world = configure->world;
      return;
    }
    const std::string_view text = in_.text(kDocumentBytesMax);
    if (!in_.ok()) return;
    const auto document = parse_document("world", text);
    if (!document) return in_.fail();
    auto world = world_from(document->name, document->root);
    if (!world) return in_.fail();
    f.world = std::move(*world);
  }

  void read(TaskConfirmed& f) { f.task = task(); }
  void read(TaskRetries& f) {
    f.task = task();
    f.reason = read_reason(in_);
    f.exit_code = read_int();
    f.signal = read_int();
    f.until = read_any_time(in_);
    f.whole = in_.flag();
  }
  void read(BackoffEnded& f) { f.task = task(); }
  void read(TaskToEnd& f) {
    f.task = task();
    f.outcome = in_.word(TaskOutcome::kIdle);
  }
  void read(IdleBegan& f) { f.task = task(); }
  void read(IdleEnded& f) { f.task = task(); }
  void read(IdleWarned& f) {
    f.workload = workload();
    f.task = in_.id_or_none<TaskTag>(kIdsMax);
    f.until = read_any_time(in_);
  }
  void read(NodeDrained& f) {
    f.node = in_.id<NodeTag>(kIdsMax);
    f.drained = in_.flag();
  }
  void read(FaultNoted& f) {
    read_device(f);
    f.workload = workload();
  }
  void read(QuarantineBegan& f) {
    read_device(f);
    f.reason = read_reason(in_);
    f.until = read_time_ahead();
    f.trials = static_cast<std::int32_t>(in_.number(0, Fitness::kTrialsMax));
  }
  void read(ProbationBegan& f) {
    read_device(f);
    f.until = read_time_ahead();
  }
  void read(QuarantineEnded& f) { read_device(f); }

  std::int32_t read_int() { return static_cast<std::int32_t>(in_.number(INT32_MIN, INT32_MAX)); }
  TaskId task() { return in_.id<TaskTag>(kIdsMax); }
  WorkloadId workload() { return in_.id<WorkloadTag>(kIdsMax); }
  // A duration after a moment.
  Time read_time_ahead() { return Time{in_.number(0, (kTimeMax + kDurationMax).ns)}; }
  template <typename Body>
  void read_device(Body& f) {
    f.node = in_.id<NodeTag>(kIdsMax);
    f.device = static_cast<std::int32_t>(in_.number(-1, INT32_MAX));
  }
  template <typename Body>
  void read_task_and_place(Body& f) {
    f.task = task();
    f.place = read_place(in_);
  }

  ByteReader& in_;
  const Input& input_;
};

}  // namespace

void put_tariff(std::string& out, const NodeTariff& tariff) {
  put_text(out, tariff.per_hour.currency.text());
  put_number(out, tariff.per_hour.nanos);
  put_number(out, tariff.cpu_nanos);
  put_text(out, tariff.source);
}

NodeTariff read_tariff(ByteReader& in) {
  NodeTariff tariff;
  const auto currency = parse_currency(in.text(kEntryTextBytesMax));
  if (currency)
    tariff.per_hour.currency = *currency;
  else
    in.fail();
  tariff.per_hour.nanos = in.number();
  tariff.cpu_nanos = in.number();
  tariff.source = in.text(kEntryTextBytesMax);
  return tariff;
}

void put_fact(std::string& out, const Input& input, const Fact& fact) {
  put_count(out, fact.body.index());
  put_number(out, fact.at.ns - input.at.ns);
  std::visit(FactPutter(out, input), fact.body);
}

Fact read_fact(ByteReader& in, const Input& input) {
  const auto kind = static_cast<std::size_t>(
      in.number(0, static_cast<std::int64_t>(std::variant_size_v<FactBody>) - 1));
  Fact fact;
  fact.at = input.at + in.duration();
  if (fact.at < Time{0} || fact.at > kTimeMax) in.fail();
  fact.body = FactReader(in, input).body(kind);
  return fact;
}

}  // namespace sillar
