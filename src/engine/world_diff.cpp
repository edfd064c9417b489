#include "engine/world_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/money.h"
#include "engine/world_text.h"

namespace sillar {
namespace {

const Value kNothing;

const Value& at(const Value& mapping, std::string_view key) {
  const Value* found = mapping.find(key);
  return found == nullptr ? kNothing : *found;
}

bool same(const Value& a, const Value& b) {
  return print_json(a, 0) == print_json(b, 0);
}

// Keys of either, those of the first in its order.
std::vector<std::string> keys_of(const Value& a, const Value& b) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : a.fields) keys.push_back(key);
  for (const auto& [key, value] : b.fields)
    if (a.find(key) == nullptr) keys.push_back(key);
  return keys;
}

// A budget goes by its period where it has no name of its own.
const std::string& label_of(const Value& record) {
  const Value& name = at(record, "name");
  return name.kind == Value::Kind::kNull ? at(record, "period").scalar : name.scalar;
}

class Differ {
 public:
  std::vector<WorldChange> run(const World& from, const World& to) {
    const Value before = config_value(config_of(from));
    const Value after = config_value(config_of(to));
    fields(ChangeKind::kOption, {}, {}, at(before, "options"), at(after, "options"));
    const Value& fleet = at(before, "fleet");
    const Value& wanted = at(after, "fleet");
    for (const auto& [part, which] : {std::pair{"classes", ChangeKind::kClass},
                                      {"topologies", ChangeKind::kTopology},
                                      {"nodes", ChangeKind::kNode}})
      records(at(fleet, part), at(wanted, part), which, {},
              [&, kind = which](const std::string& name, const Value& was, const Value& is) {
                fields(kind, name, {}, was, is);
              });
    prices(from, to);
    records(at(before, "projects"), at(after, "projects"), ChangeKind::kProject, {},
            [&](const std::string& name, const Value& was, const Value& is) {
              project(name, was, is);
            });
    return std::move(changes_);
  }

 private:
  void add(ChangeAction action, ChangeKind kind, std::string name, std::string field, Value from,
           Value to) {
    changes_.push_back(
        {action, kind, std::move(name), std::move(field), std::move(from), std::move(to)});
  }

  // `owner`: whose records they are, which are then its fields.
  template <class Changed>
  void records(const Value& before, const Value& after, ChangeKind kind, const std::string& owner,
               Changed changed) {
    std::map<std::string_view, const Value*> wanted, known;
    for (const Value& record : before.items) known[label_of(record)] = &record;
    for (const Value& record : after.items) wanted[label_of(record)] = &record;
    const auto whole = [&](ChangeAction action, const Value& record, const Value& from,
                           const Value& to) {
      const std::string& label = label_of(record);
      add(action, kind, owner.empty() ? label : owner, owner.empty() ? "" : label, from, to);
    };
    for (const Value& record : before.items) {
      const auto found = wanted.find(label_of(record));
      if (found == wanted.end())
        whole(ChangeAction::kRemove, record, record, kNothing);
      else if (!same(record, *found->second))
        changed(label_of(record), record, *found->second);
    }
    for (const Value& record : after.items)
      if (!known.contains(label_of(record))) whole(ChangeAction::kAdd, record, kNothing, record);
  }

  void fields(ChangeKind kind, const std::string& name, const std::string& field,
              const Value& before, const Value& after) {
    const bool deeper = before.kind == Value::Kind::kMapping || after.kind == Value::Kind::kMapping;
    if (!deeper) {
      if (!same(before, after)) add(ChangeAction::kChange, kind, name, field, before, after);
      return;
    }
    for (const std::string& key : keys_of(before, after))
      fields(kind, name, field.empty() ? key : fmt::format("{}.{}", field, key), at(before, key),
             at(after, key));
  }

  void project(const std::string& name, const Value& before, const Value& after) {
    for (const std::string& key : keys_of(before, after)) {
      const Value& was = at(before, key);
      const Value& is = at(after, key);
      if (key == "quota")
        fields(ChangeKind::kQuota, name, {}, was, is);
      else if (key == "residency")
        fields(ChangeKind::kResidency, name, {}, was, is);
      else if (key == "budgets")
        records(was, is, ChangeKind::kBudget, name,
                [&](const std::string& label, const Value& one, const Value& other) {
                  fields(ChangeKind::kBudget, name, label, one, other);
                });
      else
        fields(ChangeKind::kProject, name, key, was, is);
    }
  }

  static Value price_of(const NodeTariff& tariff) {
    return Value::mapping()
        .set("amount", Value::text(format_nanos(tariff.per_hour.nanos)))
        .set("currency", Value::text(tariff.per_hour.currency.text()));
  }

  // Of nodes that stay; what a new one costs is said with it.
  void prices(const World& from, const World& to) {
    std::map<std::string_view, std::size_t> known;
    for (std::size_t n = 0; n < from.fleet.nodes.size(); ++n)
      if (!from.fleet.nodes[n].retired) known[from.fleet.nodes[n].name] = n;
    for (std::size_t n = 0; n < to.prices.size(); ++n) {
      const Node& node = to.fleet.nodes[n];
      const auto found = known.find(node.name);
      if (node.retired || found == known.end()) continue;
      const bool priced = !from.prices.empty();
      if (priced && from.prices[found->second] == to.prices[n]) continue;
      add(ChangeAction::kChange, ChangeKind::kPrice, node.name, {},
          priced ? price_of(from.prices[found->second]) : Value{}, price_of(to.prices[n]));
    }
  }

  std::vector<WorldChange> changes_;
};

}  // namespace

std::string_view change_action_name(ChangeAction action) {
  constexpr std::array<std::string_view, 3> kNames{"add", "change", "remove"};
  return kNames[static_cast<std::size_t>(action)];
}

std::string_view change_kind_name(ChangeKind kind) {
  constexpr std::array<std::string_view, 9> kNames{
      "option", "class", "topology", "node", "price", "project", "quota", "residency", "budget"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<WorldChange> world_changes(const World& from, const World& to) {
  return Differ().run(from, to);
}

}  // namespace sillar
