// The text form of a scenario: options, expectations, and the whole.

#include <algorithm>

#include "model/tables.h"

namespace sillar {
namespace {

constexpr std::array<std::string_view, 2> kRulesNames{"sillar", "kai"};
constexpr std::array<std::string_view, 6> kActionNames{"allocate", "consolidate", "reclaim",
                                                       "preempt",  "rotate",      "stale"};

const std::vector<std::string_view> kPlacementNames(kPlacements.begin(), kPlacements.end());

// Those of schedule/policy.h; a test of the engine holds the two together.
const std::vector<std::string_view> kPolicyNames{"fifo", "sjf", "las", "fair", "kai", "sillar"};

// Whether room is promised, and where: true, false, or {node, devices}.
const Table<ReservedText>& reserved_table() {
  static const auto table = [] {
    Table<ReservedText> t("reserved", "Room that is promised.");
    t.optional("node", &ReservedText::node, Optional<Name>{}, "Where.");
    t.optional("devices", &ReservedText::devices, Optional<Devices>{}, "Which devices of it.");
    return t;
  }();
  return table;
}

struct Reserved {
  bool read(Decoder& decoder, const Value& value, std::optional<ReservedText>& out) const {
    out.emplace();
    if (value.kind == Value::Kind::kScalar) return Boolean{}.read(decoder, value, out->reserved);
    out->reserved = true;
    return reserved_table().read(decoder, value, *out);
  }
  [[nodiscard]] Value write(const Fleet& fleet, const std::optional<ReservedText>& value) const {
    if (!value->node && !value->devices) return Boolean{}.write(fleet, value->reserved);
    return reserved_table().write(fleet, *value);
  }
  void schema(SchemaWriter& writer) const {
    writer.json.key("anyOf").begin_array().begin_object();
    Boolean{}.schema(writer);
    writer.json.end_object().begin_object();
    reserved_table().refer(writer);
    writer.json.end_object().end_array();
  }
};

// A mapping from names to records: the key is a member of the record.
struct TaskExpectations {
  using List = std::vector<TaskExpectation>;

  bool read(Decoder& decoder, const Value& value, List& out) const {
    if (value.kind != Value::Kind::kMapping)
      return decoder.fault(
          value, fmt::format("a mapping from tasks was expected, not {}", describe(value)));
    bool good = true;
    for (const auto& [key, field] : value.fields) {
      const Decoder::Step step(decoder, key);
      TaskExpectationText text;
      good = task_expectation_table().read(decoder, field, text) && good;
      text.task = key;
      out.push_back(std::move(text));
    }
    return good;
  }
  [[nodiscard]] Value write(const Fleet& fleet, const List& tasks) const {
    Value out = Value::mapping();
    for (const TaskExpectation& task : tasks)
      out.set(task.task, task_expectation_table().write(fleet, TaskExpectationText{task, {}}));
    return out;
  }
  void schema(SchemaWriter& writer) const {
    writer.json.field("type", "object").key("additionalProperties").begin_object();
    task_expectation_table().refer(writer);
    writer.json.end_object();
  }
};

using Parameters = decltype(Reason::parameters);

struct ReasonCodeName {
  bool read(Decoder& decoder, const Value& value, ReasonCode& out) const {
    const std::vector<std::string_view> names = all();
    std::size_t index = 0;
    if (!read_choice(decoder, value, names.data(), names.size(), index)) return false;
    out = static_cast<ReasonCode>(index);
    return true;
  }
  [[nodiscard]] Value write(const Fleet&, ReasonCode code) const {
    return Value::text(reason_code_name(code));
  }
  void schema(SchemaWriter& writer) const {
    const std::vector<std::string_view> names = all();
    choice_schema(writer, names.data(), names.size());
  }
  [[nodiscard]] static std::vector<std::string_view> all() {
    std::vector<std::string_view> names;
    for (std::size_t c = 0; c < static_cast<std::size_t>(ReasonCode::kCount); ++c)
      names.push_back(reason_code_name(static_cast<ReasonCode>(c)));
    return names;
  }
};

struct ReasonParameters {
  bool read(Decoder& decoder, const Value& value, Parameters& out) const {
    if (value.kind != Value::Kind::kMapping)
      return decoder.fault(value, fmt::format("a mapping was expected, not {}", describe(value)));
    bool good = true;
    for (const auto& [key, field] : value.fields) {
      const Decoder::Step step(decoder, key);
      const std::string* text = scalar_of(decoder, field, "a number or a text");
      if (text == nullptr) {
        good = false;
        continue;
      }
      const auto number = parse_integer(*text);
      if (!field.quoted && number)
        out.emplace_back(key, *number);
      else
        out.emplace_back(key, *text);
    }
    return good;
  }
  [[nodiscard]] Value write(const Fleet&, const Parameters& parameters) const {
    Value out = Value::mapping();
    for (const auto& [key, value] : parameters) {
      const auto* number = std::get_if<std::int64_t>(&value);
      out.set(key, number != nullptr ? Value::plain(std::to_string(*number))
                                     : Value::text(std::get<std::string>(value)));
    }
    return out;
  }
  void schema(SchemaWriter& writer) const {
    writer.json.field("type", "object").key("additionalProperties").begin_object().key("type");
    writer.json.begin_array().string("integer").string("string").end_array().end_object();
  }
};

const Table<Reason>& reason_table() {
  static const auto table = [] {
    Table<Reason> t("reason", "A reason and those of its parameters that matter.");
    t.required("code", &Reason::code, ReasonCodeName{}, "The reason's code.");
    t.optional("parameters", &Reason::parameters, ReasonParameters{},
               "Parameters that must have these values; others may be there.");
    return t;
  }();
  return table;
}

// A list of tasks, or their number.
struct Victims {
  static constexpr Integer<std::int64_t> kCount{0, kCopiesMax};

  bool read(Decoder& decoder, const Value& value, VictimsText& out) const {
    if (value.kind == Value::Kind::kSequence)
      return List<Name>{}.read(decoder, value, out.tasks.emplace());
    return kCount.read(decoder, value, out.count.emplace());
  }
  [[nodiscard]] Value write(const Fleet& fleet, const VictimsText& victims) const {
    return victims.tasks ? List<Name>{}.write(fleet, *victims.tasks)
                         : kCount.write(fleet, *victims.count);
  }
  void schema(SchemaWriter& writer) const {
    writer.json.key("anyOf").begin_array().begin_object();
    List<Name>{}.schema(writer);
    writer.json.end_object().begin_object();
    kCount.schema(writer);
    writer.json.end_object().end_array();
  }
};

// The record is what the text states, but for the one field that is two in the record.
struct Expected {
  bool read(Decoder& decoder, const Value& value, Expectation& out) const {
    ExpectationText text;
    if (!expectation_table().read(decoder, value, text)) return false;
    out = std::move(static_cast<Expectation&>(text));
    return true;
  }
  [[nodiscard]] Value write(const Fleet& fleet, const Expectation& expect) const {
    return expectation_table().write(fleet, ExpectationText{expect, {}});
  }
  void schema(SchemaWriter& writer) const { expectation_table().refer(writer); }
};

// {workload: code} or {workload: {code, parameters}}.
struct ReasonExpectations {
  using List = std::vector<ReasonExpectation>;

  bool read(Decoder& decoder, const Value& value, List& out) const {
    if (value.kind != Value::Kind::kMapping)
      return decoder.fault(
          value, fmt::format("a mapping from workloads was expected, not {}", describe(value)));
    bool good = true;
    for (const auto& [key, field] : value.fields) {
      const Decoder::Step step(decoder, key);
      ReasonExpectation expected{key, {}};
      good = (field.kind == Value::Kind::kMapping
                  ? reason_table().read(decoder, field, expected.reason)
                  : ReasonCodeName{}.read(decoder, field, expected.reason.code)) &&
             good;
      out.push_back(std::move(expected));
    }
    return good;
  }
  [[nodiscard]] Value write(const Fleet& fleet, const List& reasons) const {
    Value out = Value::mapping();
    for (const auto& [workload, reason] : reasons)
      out.set(workload, reason.parameters.empty() ? ReasonCodeName{}.write(fleet, reason.code)
                                                  : reason_table().write(fleet, reason));
    return out;
  }
  void schema(SchemaWriter& writer) const {
    writer.json.field("type", "object").key("additionalProperties").begin_object().key("anyOf");
    writer.json.begin_array().begin_object();
    ReasonCodeName{}.schema(writer);
    writer.json.end_object().begin_object();
    reason_table().refer(writer);
    writer.json.end_object().end_array().end_object();
  }
};

}  // namespace

const Table<TaskExpectationText>& task_expectation_table() {
  static const auto table = [] {
    using T = TaskExpectationText;
    Table<T> t("task_expectation", "What a task must look like after the last round.");
    t.optional("state", &T::state, Optional<Choice<TaskState, 4>>{{&kTaskStateNames}},
               "Its state.");
    t.optional("node", &T::node, Optional<Name>{}, "Where it runs.");
    t.optional("devices", &T::devices, Optional<Devices>{}, "Devices it holds, in any order.");
    t.optional("reserved", &T::promise, Reserved{},
               "Whether room is promised to it, or the room: {node, devices}.");
    t.after([](Decoder&, const Value&, T& task) {
      if (!task.promise) return true;
      task.reserved = task.promise->reserved;
      task.reserved_node = task.promise->node;
      task.reserved_devices = task.promise->devices;
      return true;
    });
    t.before_print([](const Fleet&, T& task) {
      if (task.reserved)
        task.promise = ReservedText{*task.reserved, task.reserved_node, task.reserved_devices};
    });
    return t;
  }();
  return table;
}

const Table<QuarantineRule>& quarantine_table() {
  static const auto table = [] {
    using Q = QuarantineRule;
    Table<Q> t(
        "quarantine",
        "When devices and nodes are taken out of use by themselves, and how they come back.");
    t.required("after", &Q::after, Span{},
               "How long a device is left alone before it is tried with work that can be started "
               "again; 0s: it is out of use just while its driver says so.");
    t.optional("failures", &Q::failures, Integer<std::int32_t>{0, Q::kFailuresMax},
               "How many different workloads have to fail on a device, and nowhere else, to "
               "quarantine it; 0: only its driver's word does.");
    t.optional("window", &Q::window, Span{}, "Within which time they have to fail.");
    t.optional("trial", &Q::trial, Span{},
               "How long work has to go well on a device that is tried, before it is well.");
    t.optional("longest", &Q::longest, Span{},
               "After each failed trial a device is left alone twice as long, up to this.");
    t.optional("share", &Q::share_thousandths, Thousandths{1, 1000},
               "Which part of the devices of a class, or of the nodes, may be quarantined for "
               "failures at the same time.");
    return t;
  }();
  return table;
}

const Table<Options>& options_table() {
  static const auto table = [] {
    Table<Options> t("options", "How to decide.");
    t.optional("rules", &Options::rules, Choice<Rules, 2>{&kRulesNames},
               "sillar, or kai for compatibility.");
    t.optional("policy", &Options::policy, WordOf{&kPolicyNames},
               "Queue order and phases by name, as simulations compare them; it takes the place of "
               "actions and reservations. Absent: by shares. kai needs the rules kai.");
    t.optional("actions", &Options::actions, List<Choice<Action, 6>>{{&kActionNames}},
               "Phases of a round, in this order; absent: all.");
    t.optional("rounds", &Options::rounds, Integer<std::int32_t>{0, 1'000'000},
               "How many rounds to run.");
    t.optional("now", &Options::now, Instant{}, "The time of the first round.");
    t.optional("stale_grace", &Options::stale_grace, Span{true},
               "How long a gang may run below its minimum; or never, for no end.");
    t.optional("placement", &Options::placement, WordOf{&kPlacementNames},
               "How nodes are chosen; absent: sillar, and binpack under KAI's rules.");
    t.optional("consolidation_victims_max", &Options::consolidation_victims_max,
               OrUnlimited<Integer<std::int32_t>, std::int32_t>{{0}},
               "Most tasks that one consolidation moves; 0 turns it off.");
    t.optional("k_value", &Options::k_thousandths, Thousandths{0, kWeightOfUsageMax},
               "Weight of past usage in the division of quota.");
    t.optional("usage_half_life", &Options::usage_half_life, Span{},
               "Measure usage, and let what lies this far back weigh half; the usage that projects "
               "state is then what they start with. Absent: usage stays as stated.");
    t.optional("saturation_multiplier", &Options::saturation_thousandths,
               Thousandths{1000, 1'000'000'000},
               "How far above a victim's share the reclaimer's must stay below.");
    t.optional("reservations", &Options::reservations, Boolean{},
               "Whether blocked work is promised a start.");
    t.optional("budget_slice", &Options::budget_slice, Span{},
               "How far ahead money is reserved for work without a limit and without an estimate.");
    t.optional("ledger_lines", &Options::ledger_lines, Boolean{},
               "Whether what each closed hour cost is kept line by line to be taken.");
    t.optional("quarantine", &Options::quarantine, Record<QuarantineRule>{&quarantine_table},
               "When devices are taken out of use by themselves; absent: never.");
    return t;
  }();
  return table;
}

const Table<ExpectationText>& expectation_table() {
  static const auto table = [] {
    using E = ExpectationText;
    Table<E> t("expectation", "What the decisions must come to.");
    t.optional("tasks", &E::tasks, TaskExpectations{}, "By name of the task.");
    t.optional("reasons", &E::reasons, ReasonExpectations{},
               "By name of the workload; none: it must have no reason.");
    t.optional("victims", &E::evicted, Victims{},
               "Which tasks are evicted over all rounds, in any order, or how many.");
    t.after([](Decoder&, const Value&, E& e) {
      e.victim_count = e.evicted.count;
      e.victims = std::move(e.evicted.tasks);
      return true;
    });
    t.before_print([](const Fleet&, E& e) { e.evicted = {e.victim_count, e.victims}; });
    return t;
  }();
  return table;
}

const Table<Scenario>& scenario_table() {
  static const auto table = [] {
    Table<Scenario> t("scenario", "A cluster, its projects and its work, and how to decide.");
    t.optional("options", &Scenario::options, Record<Options>{&options_table}, "How to decide.");
    t.required("fleet", &Scenario::fleet, Record<Fleet>{&fleet_table},
               "What there is to schedule on.");
    t.optional("projects", &Scenario::projects, project_list(), "The project tree.");
    t.optional("workloads", &Scenario::workloads, workload_list(), "The work as it stands.");
    t.optional("expect", &Scenario::expect, Expected{}, "What the decisions must come to.");
    return t;
  }();
  return table;
}

}  // namespace sillar
