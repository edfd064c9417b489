#include "engine/entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/document.h"
#include "engine/budgets.h"
#include "engine/engine.h"
#include "engine/entry_parts.h"
#include "engine/fact_text.h"
#include "engine/world_check.h"
#include "model/workload_bytes.h"

namespace sillar {
namespace {

constexpr std::size_t kFactBytesLeast = 2;
static_assert(std::variant_size_v<decltype(Input::body)> == 11, "a kind is added here, at the end");

class InputPutter {
 public:
  explicit InputPutter(std::string& out) : out_(out) {}

  void operator()(const Configure& i) const {
    put_text(out_, print_json(world_value(*i.world), 0));
  }
  void operator()(const Submit& i) const { put_workload(out_, *i.workload); }
  void operator()(const Cancel& i) const {
    put_text(out_, i.workload);
    put_number(out_, i.task);
  }
  void operator()(const TaskObserved& i) const {
    put_id(out_, i.task);
    put_number(out_, static_cast<std::int64_t>(i.event));
    put_number(out_, i.exit_code);
    put_number(out_, i.signal);
    put_text(out_, i.message);
    put_number(out_, i.attempt);
  }
  void operator()(const HealthObserved& i) const {
    put_id(out_, i.node);
    put_number(out_, i.device);
    put_number(out_, static_cast<std::int64_t>(i.health));
  }
  void operator()(const PriceObserved& i) const {
    put_id(out_, i.node);
    put_tariff(out_, i.price);
  }
  void operator()(const Decide& i) const { put_number(out_, i.full ? 1 : 0); }
  void operator()(const Hold& i) const { put_text(out_, i.workload); }
  void operator()(const Release& i) const { put_text(out_, i.workload); }
  void operator()(const UtilisationObserved& i) const {
    put_id(out_, i.task);
    put_number(out_, i.busy_thousandths);
  }
  void operator()(const Drain& i) const {
    put_id(out_, i.node);
    put_number(out_, i.drained ? 1 : 0);
  }

 private:
  std::string& out_;
};

class EntryReader {
 public:
  EntryReader(const std::string& name, std::string_view bytes) : name_(name), in_(bytes) {}

  Result<Entry> run() {
    const std::int64_t version = in_.number();
    if (in_.ok() && version != kEntryVersion)
      return invalid(fmt::format("{}: the entry is of version {}; this program reads version {}",
                                 name_, version, kEntryVersion));
    Entry entry;
    entry.input.at = in_.moment();
    SILLAR_TRY_STATUS(read_input(entry.input));
    const std::size_t facts = in_.count(kFactBytesLeast);
    for (std::size_t i = 0; i < facts && in_.ok(); ++i)
      entry.facts.push_back(read_fact(in_, entry.input));
    if (!in_.ok() || in_.left() > 0) return bad("an impossible fact");
    return entry;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> bad(std::string_view what) const {
    return invalid(fmt::format("{}: the entry has {}", name_, what));
  }

  std::int32_t read_int(std::int32_t least) {
    return static_cast<std::int32_t>(in_.number(least, INT32_MAX));
  }

  Cancel read_cancel() {
    Cancel cancel{std::string(in_.text(kEntryTextBytesMax)), -1};
    cancel.task = read_int(-1);
    return cancel;
  }

  TaskObserved read_observed() {
    TaskObserved observed;
    observed.task = in_.id<TaskTag>(Id<TaskTag>::kNone);
    observed.event = in_.word(TaskEvent::kLost);
    observed.exit_code = read_int(INT32_MIN);
    observed.signal = read_int(INT32_MIN);
    observed.message = in_.text(kEntryTextBytesMax);
    observed.attempt = read_int(0);
    return observed;
  }

  Status read_input(Input& input) {
    constexpr std::size_t kIdsMax = Id<TaskTag>::kNone;
    switch (in_.number(0, 10)) {
      case 0: {
        const std::string_view text = in_.text(kDocumentBytesMax);
        if (!in_.ok()) return bad("no world");
        SILLAR_TRY(document, parse_document(name_ + ": world", text));
        SILLAR_TRY(world, world_from(document.name, document.root));
        input.body = Configure{std::move(world)};
        break;
      }
      case 1:
        input.body = Submit{std::make_shared<const Workload>(read_workload(in_))};
        break;
      case 2:
        input.body = read_cancel();
        break;
      case 3:
        input.body = read_observed();
        break;
      case 4: {
        const NodeId node = in_.id<NodeTag>(kIdsMax);
        const auto device = static_cast<std::int32_t>(in_.number(-1, INT32_MAX));
        input.body = HealthObserved{node, device, in_.word(Health::kProbation)};
        break;
      }
      case 5: {
        const NodeId node = in_.id<NodeTag>(kIdsMax);
        input.body = PriceObserved{node, read_tariff(in_)};
        break;
      }
      case 6:
        input.body = Decide{in_.flag()};
        break;
      case 7:
        input.body = Hold{std::string(in_.text(kEntryTextBytesMax))};
        break;
      case 8:
        input.body = Release{std::string(in_.text(kEntryTextBytesMax))};
        break;
      case 9: {
        const TaskId task = in_.id<TaskTag>(kIdsMax);
        input.body = UtilisationObserved{task, in_.number()};
        break;
      }
      default: {
        const NodeId node = in_.id<NodeTag>(kIdsMax);
        input.body = Drain{node, in_.flag()};
      }
    }
    if (!in_.ok()) return bad("an impossible input");
    return {};
  }

  const std::string& name_;
  ByteReader in_;
};

// Whether what a fact speaks of is there, so that applying it touches nothing else.
class Possible {
 public:
  explicit Possible(const State& state) : s_(state) {}

  bool operator()(const Configured&) const { return true; }
  bool operator()(const Submitted& f) const {
    const Workload& w = *f.workload;
    return s_.project_ids.contains(w.project) && !s_.workload_ids.contains(w.name) &&
           w.gang_min >= 1 && w.gang_max >= w.gang_min && ResidencyRule::of(w.residency) &&
           std::ranges::all_of(w.after, [&](const Dependency& dependency) {
             return s_.workload_ids.contains(dependency.workload);
           });
  }
  bool operator()(const Refused&) const { return true; }
  bool operator()(const TaskStarted& f) const { return task(f.task) && place(f.task, f.place); }
  bool operator()(const TaskPromised& f) const { return task(f.task) && place(f.task, f.place); }
  bool operator()(const PromiseKept& f) const { return task(f.task); }
  bool operator()(const PromiseWithdrawn& f) const { return task(f.task); }
  bool operator()(const TaskEvicted& f) const { return task(f.task); }
  bool operator()(const TaskMoves& f) const { return task(f.task) && place(f.task, f.place); }
  bool operator()(const TaskStopped& f) const { return task(f.task); }
  bool operator()(const WorkloadCancelled& f) const { return workload(f.workload); }
  bool operator()(const TaskFinished& f) const { return task(f.task); }
  bool operator()(const TaskCheckpointed& f) const { return task(f.task); }
  bool operator()(const WorkloadWaits& f) const { return workload(f.workload); }
  bool operator()(const HealthChanged& f) const { return device(f.node, f.device); }
  bool operator()(const PriceChanged& f) const {
    return s_.meter && f.node.index() < s_.prices.size();
  }
  bool operator()(const NodesHeld& f) const {
    return std::ranges::all_of(f.holds, [&](const NodesHeld::Hold& hold) {
      return workload(hold.workload) &&
             std::ranges::all_of(hold.nodes, [&](NodeId id) { return node(id); });
    });
  }
  bool operator()(const RemaindersCarried& f) const {
    const std::size_t owners = s_.world->projects.size() * s_.board.resources();
    return std::ranges::all_of(f.owed, [&](const auto& owed) { return owed.first < owners; });
  }
  bool operator()(const RotationMoved& f) const {
    const auto& held = s_.memory.rotation.leases;
    return std::ranges::all_of(f.leases, [&](const auto& l) { return workload(l.workload); }) &&
           std::ranges::all_of(f.ended, [&](WorkloadId id) {
             return std::ranges::any_of(held, [&](const auto& lease) { return lease.job == id; });
           });
  }
  bool operator()(const RanksRebuilt&) const { return true; }
  bool operator()(const CycleEnded&) const { return true; }
  bool operator()(const WorkloadHeld& f) const { return workload(f.workload); }
  bool operator()(const WorkloadReleased& f) const { return workload(f.workload); }
  bool operator()(const HoursClosed& f) const {
    return closes_hours(s_) && f.until >= s_.hours_closed &&
           f.until.ns % Duration::hours(1).ns == 0;
  }
  bool operator()(const BudgetReserved& f) const {
    return s_.budgets && workload(f.workload) &&
           s_.budgets->accounts().covers(s_.board.job(f.workload).project) &&
           std::ranges::all_of(f.parts, [&](const BudgetReserved::Part& part) {
             return task(part.task) && s_.board.task(part.task).job == f.workload;
           });
  }
  bool operator()(const BudgetThreshold& f) const {
    return s_.budgets && f.project.index() < s_.world->projects.size() &&
           f.budget < s_.world->projects[f.project.index()].budgets.size();
  }
  bool operator()(const TaskConfirmed& f) const { return task(f.task); }
  bool operator()(const TaskRetries& f) const { return task(f.task); }
  bool operator()(const BackoffEnded& f) const { return task(f.task); }
  bool operator()(const TaskToEnd& f) const { return task(f.task); }
  bool operator()(const IdleBegan& f) const { return task(f.task); }
  bool operator()(const IdleEnded& f) const { return task(f.task); }
  bool operator()(const IdleWarned& f) const {
    return workload(f.workload) && (!f.task.valid() || task(f.task));
  }
  bool operator()(const NodeDrained& f) const { return node(f.node); }
  bool operator()(const FaultNoted& f) const {
    return device(f.node, f.device) && workload(f.workload);
  }
  bool operator()(const QuarantineBegan& f) const { return device(f.node, f.device); }
  bool operator()(const ProbationBegan& f) const { return device(f.node, f.device); }
  bool operator()(const QuarantineEnded& f) const { return device(f.node, f.device); }
  bool operator()(const WorldChanged& f) const {
    return f.world && check_world(s_, *f.world).has_value();
  }

 private:
  [[nodiscard]] bool task(TaskId id) const { return id.index() < s_.board.task_count(); }
  [[nodiscard]] bool workload(WorkloadId id) const { return id.index() < s_.workloads.size(); }
  [[nodiscard]] bool node(NodeId id) const { return id.index() < s_.board.node_count(); }
  [[nodiscard]] bool device(NodeId id, std::int32_t index) const {
    return node(id) && index < static_cast<std::int32_t>(s_.board.node(id).device_count);
  }
  [[nodiscard]] bool place(TaskId id, const Place& place) const {
    const schedule::Job& job = s_.board.job(s_.board.task(id).job);
    const std::size_t alternatives = s_.board.request(job.request).alternatives.size();
    return node(place.node) && static_cast<std::size_t>(place.alternative) < alternatives &&
           place.device_mask >> s_.board.node(place.node).device_count == 0;
  }

  const State& s_;
};

}  // namespace

std::string entry_bytes(const Input& input, const std::vector<Fact>& facts) {
  std::string out;
  put_number(out, kEntryVersion);
  put_number(out, input.at.ns);
  put_count(out, input.body.index());
  std::visit(InputPutter(out), input.body);
  put_count(out, facts.size());
  for (const Fact& fact : facts) put_fact(out, input, fact);
  return out;
}

Result<Entry> read_entry(const std::string& name, std::string_view bytes) {
  return EntryReader(name, bytes).run();
}

Status apply_entry(State& state, const std::string& name, std::string_view bytes) {
  SILLAR_TRY(entry, read_entry(name, bytes));
  for (const Fact& fact : entry.facts) {
    const bool configured = state.world || std::holds_alternative<Configured>(fact.body);
    if (!configured || fact.at < state.now || !std::visit(Possible(state), fact.body))
      return invalid(fmt::format("{}: the entry has a fact about what is not there", name));
    apply(state, fact);
  }
  return {};
}

std::string known_fact_text(const State& state, const Fact& fact) {
  const bool submitted = std::holds_alternative<Submitted>(fact.body);
  const bool known = state.world && (submitted || std::visit(Possible(state), fact.body));
  if (!known)
    return fmt::format("a fact of kind {} about what is not there now", fact.body.index());
  return print_json(fact_value(state, fact), 0);
}

}  // namespace sillar
