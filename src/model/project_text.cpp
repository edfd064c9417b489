// The text form of projects: quota by resource name, residency.

#include <algorithm>

#include "model/tables.h"

namespace sillar {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

std::string resource_name(const Fleet& fleet, std::size_t resource) {
  if (resource == kCpu) return "cpu";
  if (resource == kMemory) return "memory";
  return fleet.classes[resource - kFirstClass].name;
}

std::vector<std::string> resource_names(const Fleet& fleet) {
  std::vector<std::string> names;
  for (std::size_t r = 0; r < fleet.resource_count(); ++r) names.push_back(resource_name(fleet, r));
  return names;
}

// Amounts in the resource's own unit: bytes, or thousandths of a core or a device.
struct Thousands {
  using Codec = OrUnlimited<Thousandths>;
  static constexpr std::string_view kName = "quota";
};
struct Memory {
  using Codec = OrUnlimited<Bytes>;
  static constexpr std::string_view kName = "memory_quota";
};

template <class Unit>
const Table<Quota>& quota_table() {
  static const auto table = [] {
    Table<Quota> t(Unit::kName, "What a project may have of one resource.");
    t.optional("deserved", &Quota::deserved, typename Unit::Codec{},
               "What it gets when it asks, whoever else does; or unlimited.");
    t.optional("weight", &Quota::weight, Integer<std::int64_t>{0, kQuotaWeightMax},
               "Weight in the division of what is over; 0 takes nothing of it.");
    t.optional("limit", &Quota::limit, typename Unit::Codec{},
               "What it may never pass; or unlimited.");
    return t;
  }();
  return table;
}

const Table<Quota>& quota_table_of(std::size_t resource) {
  return resource == kMemory ? quota_table<Memory>() : quota_table<Thousands>();
}

// Reads {name: ...} of resources; calls `read(resource, value)` for each.
template <class Read>
bool read_by_resource(Decoder& decoder, const Value& value, Read read) {
  if (value.kind != Value::Kind::kMapping)
    return decoder.fault(
        value, fmt::format("a mapping from resources was expected, not {}", describe(value)));
  const std::vector<std::string> names = resource_names(decoder.fleet());
  bool good = true;
  for (std::size_t i = 0; i < value.fields.size(); ++i) {
    const auto& [key, field] = value.fields[i];
    const auto found = std::find(names.begin(), names.end(), key);
    if (found == names.end()) {
      const auto [line, column] = value.key_marks[i];
      good = decoder.fault(line, column, decoder.path(),
                           fmt::format("'{}' is neither cpu, memory nor a class of the fleet{}",
                                       key, suggestion(key, names)));
      continue;
    }
    const Decoder::Step step(decoder, key);
    good = read(static_cast<std::size_t>(found - names.begin()), field) && good;
  }
  return good;
}

struct QuotaByResource {
  using Quotas = std::vector<Quota>;

  bool read(Decoder& decoder, const Value& value, Quotas& out) const {
    out.assign(decoder.fleet().resource_count(), kQuotaAbsent);
    return read_by_resource(decoder, value, [&](std::size_t resource, const Value& field) {
      out[resource] = Quota{};
      return quota_table_of(resource).read(decoder, field, out[resource]);
    });
  }
  [[nodiscard]] bool omit(const Fleet&, const Quotas& quotas, const Quotas&) const {
    return std::all_of(quotas.begin(), quotas.end(),
                       [](const Quota& q) { return q == kQuotaAbsent; });
  }
  [[nodiscard]] Value write(const Fleet& fleet, const Quotas& quotas) const {
    Value out = Value::mapping();
    for (std::size_t r = 0; r < quotas.size(); ++r)
      if (quotas[r] != kQuotaAbsent)
        out.set(resource_name(fleet, r), quota_table_of(r).write(fleet, quotas[r]));
    return out;
  }
  void schema(SchemaWriter& writer) const {
    writer.json.field("type", "object").key("properties").begin_object().key("memory");
    writer.json.begin_object();
    quota_table<Memory>().refer(writer);
    writer.json.end_object().end_object().key("additionalProperties").begin_object();
    quota_table<Thousands>().refer(writer);
    writer.json.end_object();
  }
};

// Shares of capacity as decimals, millionths in the record.
struct UsageByResource {
  using Usage = std::vector<std::int64_t>;

  bool read(Decoder& decoder, const Value& value, Usage& out) const {
    out.assign(decoder.fleet().resource_count(), 0);
    return read_by_resource(decoder, value, [&](std::size_t resource, const Value& field) {
      const std::string* text = scalar_of(decoder, field, "a share of capacity such as 0.25");
      if (text == nullptr) return false;
      const auto nanos = parse_nanos(*text);
      constexpr std::int64_t kNanosPerMillionth = Money::kUnit / kMillion;
      if (!nanos || *nanos < 0 || *nanos > Money::kUnit || *nanos % kNanosPerMillionth != 0)
        return decoder.fault(
            field, fmt::format("a share from 0 to 1 with at most six decimals was expected, not {}",
                               describe(field)));
      out[resource] = *nanos / kNanosPerMillionth;
      return true;
    });
  }
  [[nodiscard]] Value write(const Fleet& fleet, const Usage& usage) const {
    Value out = Value::mapping();
    for (std::size_t r = 0; r < usage.size(); ++r)
      if (usage[r] != 0)
        out.set(resource_name(fleet, r), Value::plain(format_nanos(usage[r] * 1000)));
    return out;
  }
  void schema(SchemaWriter& writer) const {
    writer.json.field("type", "object").key("additionalProperties").begin_object();
    writer.json.field("type", "number").field("minimum", std::int64_t{0});
    writer.json.field("maximum", std::int64_t{1}).end_object();
  }
};

const Table<MinRuntime>& min_runtime_table() {
  static const auto table = [] {
    Table<MinRuntime> t("min_runtime", "How long work runs before it may be evicted.");
    t.optional("preempt", &MinRuntime::preempt, Optional<Span>{},
               "By higher priority in the same project; absent: as the parent.");
    t.optional("reclaim", &MinRuntime::reclaim, Optional<Span>{},
               "By another project; absent: as the parent.");
    return t;
  }();
  return table;
}

const Table<Budget>& budget_table() {
  static const auto table = [] {
    Table<Budget> t("budget", "What a project and all below it may cost in each period.");
    t.optional("name", &Budget::name, Name{}, "Unique in the project; absent: as the period.");
    t.required("period", &Budget::period, Choice<BudgetPeriod, 6>{&kBudgetPeriods},
               "A calendar period in UTC, or total, which never begins anew.");
    t.required("amount", &Budget::amount, Amount{}, "Such as 1000 USD, in the prices' currency.");
    t.optional("hard", &Budget::hard, Boolean{},
               "What does not fit is refused or stopped in time; otherwise it is only told.");
    t.optional("thresholds", &Budget::thresholds,
               List<Integer<std::int32_t>>{{1, kBudgetPercentMax}},
               "Percent of the amount at which it is told, rising.");
    t.optional("starts", &Budget::starts, Instant{}, "Of a total: the full hour it counts from.");
    t.after([](Decoder&, const Value&, Budget& budget) {
      if (budget.name.empty()) budget.name = budget_period_name(budget.period);
      return true;
    });
    t.before_print([](const Fleet&, Budget& budget) {
      if (budget.name == budget_period_name(budget.period)) budget.name.clear();
    });
    return t;
  }();
  return table;
}

}  // namespace

const Table<Residency>& residency_table() {
  static const auto table = [] {
    Table<Residency> t("residency", "Where work may run. Forbid beats permit.");
    t.optional("countries", &Residency::countries, List<Name>{},
               "Allowed ISO 3166 codes, or EU or EEA.");
    t.optional("regions", &Residency::regions, List<Name>{}, "Allowed provider/region.");
    t.optional("forbidden", &Residency::forbidden, List<Name>{},
               "Countries or provider/region where nothing may run.");
    return t;
  }();
  return table;
}

const Table<Project>& project_table() {
  static const auto table = [] {
    Table<Project> t("project", "A node of the project tree: queue and cost centre at once.");
    t.required("name", &Project::name, Name{},
               "Path from the root, such as acme/research/llm; its parent comes before it.");
    t.optional("quota", &Project::quota, QuotaByResource{},
               "By resource (cpu, memory, accelerator classes); absent: unlimited, weight 1.");
    t.optional("priority", &Project::priority, Integer<std::int32_t>{-1'000'000, 1'000'000},
               "Band between siblings, higher first.");
    t.optional("created", &Project::created, Instant{}, "Older first among equals.");
    t.optional("min_runtime", &Project::min_runtime, Record<MinRuntime>{&min_runtime_table},
               "How long its work runs before it may be evicted.");
    t.optional("usage", &Project::usage, UsageByResource{},
               "Decayed past use as a share of capacity, by resource.");
    t.optional("residency", &Project::residency, Record<Residency>{&residency_table},
               "Where its work may run; children may only narrow it.");
    t.optional("budgets", &Project::budgets, List<Record<Budget>>{{&budget_table}},
               "What it and all below it may cost.");
    t.after([](Decoder& decoder, const Value&, Project& project) {
      if (project.quota.empty())
        project.quota.assign(decoder.fleet().resource_count(), kQuotaAbsent);
      return true;
    });
    return t;
  }();
  return table;
}

}  // namespace sillar
