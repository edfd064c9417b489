#include "engine/world_merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "model/validate.h"

namespace sillar {
namespace {

constexpr Quota kNothing{0, 0, 0};

template <class Record>
std::map<std::string, std::size_t, std::less<>> places_of(const std::vector<Record>& records) {
  std::map<std::string, std::size_t, std::less<>> places;
  for (std::size_t i = 0; i < records.size(); ++i) places.try_emplace(records[i].name, i);
  return places;
}

// What is gone keeps its name and make for those who look back, and nothing that counts.
void retire_node(Node& node) {
  node.retired = true;
  node.health = Health::kQuarantined;
  node.devices.clear();
}

void retire_project(Project& project) {
  project.retired = true;
  std::fill(project.quota.begin(), project.quota.end(), kNothing);
  project.usage.clear();
  project.residency = {};
  project.budgets.clear();
}

class Merge {
 public:
  Merge(const State& state, const World& wanted, MergeMode mode)
      : s_(state), now_(*state.world), wanted_(wanted), replace_(mode == MergeMode::kReplace) {}

  Result<std::shared_ptr<const World>> run() {
    const bool priced = !wanted_.prices.empty();
    if (priced && wanted_.prices.size() != wanted_.fleet.nodes.size())
      return invalid(
          fmt::format("{} prices for {} nodes", wanted_.prices.size(), wanted_.fleet.nodes.size()));
    options();
    classes();
    topologies();
    nodes();
    list_locations();
    SILLAR_TRY_STATUS(projects());
    SILLAR_TRY_STATUS(prices());
    SILLAR_TRY_STATUS(validate());
    if (says_the_same()) return s_.world;
    return std::make_shared<const World>(std::move(out_));
  }

 private:
  void options() {
    out_.options = wanted_.options;
    // Of a scenario, not of what is decided.
    out_.options.now = now_.options.now;
    out_.options.rounds = now_.options.rounds;
  }

  static bool is_mention(const AcceleratorClass& accelerator) {
    AcceleratorClass bare;
    bare.name = accelerator.name;
    bare.memory_bytes = accelerator.memory_bytes;
    return accelerator == bare;
  }

  void classes() {
    std::vector<AcceleratorClass>& out = out_.fleet.classes;
    out = now_.fleet.classes;
    const auto places = places_of(out);
    std::vector<bool> named(out.size());
    for (const AcceleratorClass& wanted : wanted_.fleet.classes) {
      const auto found = places.find(wanted.name);
      if (wanted.retired) {
        class_of_.push_back(found == places.end() ? ClassId{} : ClassId{found->second});
        continue;
      }
      class_of_.push_back(ClassId{found == places.end() ? out.size() : found->second});
      if (found == places.end()) {
        out.push_back(wanted);
        continue;
      }
      named[found->second] = true;
      AcceleratorClass& known = out[found->second];
      if (replace_ || !is_mention(wanted))
        known = wanted;
      else if (wanted.memory_bytes != 0)
        known.memory_bytes = wanted.memory_bytes;
      known.retired = false;
    }
    for (std::size_t c = 0; replace_ && c < named.size(); ++c)
      if (!named[c]) out[c].retired = true;
  }

  // They have no ids outside the board.
  void topologies() {
    std::vector<Topology>& out = out_.fleet.topologies;
    if (!replace_) out = now_.fleet.topologies;
    const auto places = places_of(out);
    for (const Topology& wanted : wanted_.fleet.topologies) {
      const auto found = places.find(wanted.name);
      if (found == places.end())
        out.push_back(wanted);
      else
        out[found->second] = wanted;
    }
  }

  void nodes() {
    std::vector<Node>& out = out_.fleet.nodes;
    out = now_.fleet.nodes;
    for (const Node& node : out) location_of_.push_back(location(now_.fleet, node));
    const auto places = places_of(out);
    std::vector<bool> named(out.size());
    for (std::size_t n = 0; n < wanted_.fleet.nodes.size(); ++n) {
      Node node = wanted_.fleet.nodes[n];
      const auto found = places.find(node.name);
      const std::size_t at = found == places.end() ? out.size() : found->second;
      node_of_.push_back(node.retired && found == places.end() ? NodeId{} : NodeId{at});
      if (node.retired) continue;
      if (node.accelerator_class.valid())
        node.accelerator_class = class_of_[node.accelerator_class.index()];
      normalise(node);
      if (at == out.size()) {
        location_of_.emplace_back();
        out.emplace_back();
      } else {
        named[at] = true;
      }
      location_of_[at] = location(wanted_.fleet, node);
      out[at] = std::move(node);
    }
    for (std::size_t n = 0; replace_ && n < named.size(); ++n)
      if (!named[n]) retire_node(out[n]);
  }

  // Devices that are all healthy need no list.
  static void normalise(Node& node) {
    const auto sick = [](Health health) { return health != Health::kHealthy; };
    if (std::ranges::none_of(node.devices, sick)) node.devices.clear();
  }

  // Whether nothing changes but how it is put.
  [[nodiscard]] bool says_the_same() const {
    if (out_ == now_) return true;
    World now = now_;
    std::ranges::for_each(now.fleet.nodes, normalise);
    return out_ == now;
  }

  static std::optional<Location> location(const Fleet& fleet, const Node& node) {
    if (!node.location.valid()) return std::nullopt;
    return fleet.locations[node.location.index()];
  }

  // In the order in which nodes name them, as a text of the fleet gives them.
  void list_locations() {
    std::vector<Location>& list = out_.fleet.locations;
    for (std::size_t n = 0; n < out_.fleet.nodes.size(); ++n) {
      LocationId& id = out_.fleet.nodes[n].location;
      id = LocationId{};
      if (!location_of_[n]) continue;
      const auto found = std::find(list.begin(), list.end(), *location_of_[n]);
      id = LocationId{static_cast<std::size_t>(found - list.begin())};
      if (found == list.end()) list.push_back(*location_of_[n]);
    }
  }

  // From the wanted fleet's resources to the merged one's.
  template <class T>
  [[nodiscard]] std::vector<T> by_resource(const std::vector<T>& wanted, T absent) const {
    std::vector<T> out(out_.fleet.resource_count(), absent);
    for (std::size_t r = 0; r < wanted.size(); ++r) {
      if (r < kFirstClass)
        out[r] = wanted[r];
      else if (class_of_[r - kFirstClass].valid())
        out[kFirstClass + class_of_[r - kFirstClass].index()] = wanted[r];
    }
    return out;
  }

  Status projects() {
    std::vector<Project>& out = out_.projects;
    out = now_.projects;
    const std::size_t resources = out_.fleet.resource_count();
    for (Project& project : out) {
      project.quota.resize(resources, project.retired ? kNothing : kQuotaAbsent);
      if (!project.usage.empty()) project.usage.resize(resources, 0);
    }
    auto places = places_of(out);
    std::vector<bool> named(out.size());
    for (const Project& wanted : wanted_.projects) {
      if (wanted.retired) continue;
      if (wanted.quota.size() != wanted_.fleet.resource_count())
        return invalid(
            fmt::format("{}: there is one entry for each resource of the fleet", wanted.name));
      Project project = wanted;
      project.quota = by_resource(wanted.quota, kQuotaAbsent);
      if (!wanted.usage.empty()) project.usage = by_resource(wanted.usage, std::int64_t{0});
      project.parent = {};
      if (const std::size_t slash = wanted.name.rfind('/'); slash != std::string::npos) {
        const auto parent = places.find(std::string_view(wanted.name).substr(0, slash));
        if (parent == places.end())
          return invalid(fmt::format("{}: its parent is not declared", wanted.name));
        project.parent = ProjectId{parent->second};
      }
      const auto [found, fresh] = places.try_emplace(wanted.name, out.size());
      if (fresh)
        out.emplace_back();
      else
        named[found->second] = true;
      out[found->second] = std::move(project);
    }
    for (std::size_t p = 0; replace_ && p < named.size(); ++p)
      if (!named[p]) retire_project(out[p]);
    return {};
  }

  Status prices() {
    if (now_.prices.empty() && wanted_.prices.empty()) return {};
    std::vector<std::optional<NodeTariff>> known(out_.fleet.nodes.size());
    for (std::size_t n = 0; n < now_.prices.size(); ++n) known[n] = now_.prices[n];
    for (std::size_t n = 0; n < wanted_.prices.size(); ++n)
      if (!wanted_.fleet.nodes[n].retired) known[node_of_[n].index()] = wanted_.prices[n];
    const auto first = std::find_if(known.begin(), known.end(), [](const auto& k) { return !!k; });
    if (first == known.end()) return {};
    const NodeTariff nothing{{0, (*first)->per_hour.currency}, 0, {}};
    for (std::size_t n = 0; n < known.size(); ++n) {
      const Node& node = out_.fleet.nodes[n];
      // What is gone keeps the last price that was seen: nobody tells of another one.
      if (node.retired && n < s_.prices.size()) known[n] = s_.prices[n];
      if (!known[n] && node.retired) known[n] = nothing;
      if (!known[n])
        return invalid(fmt::format(
            "node '{}' has no price, but others have; state its price_per_hour", node.name));
      out_.prices.push_back(*known[n]);
    }
    return {};
  }

  Status validate() const {
    Complaints complaints(1);
    validate_options(out_.options, complaints);
    validate_fleet(out_.fleet, complaints);
    validate_projects(out_.projects, out_.fleet, complaints);
    if (complaints.empty()) return {};
    const Complaint& first = complaints.list().front();
    return invalid(fmt::format("{}: {}", first.path, first.message));
  }

  const State& s_;
  const World& now_;
  const World& wanted_;
  bool replace_;
  World out_;
  std::vector<ClassId> class_of_;                     // By class of the wanted fleet.
  std::vector<NodeId> node_of_;                       // By node of the wanted fleet.
  std::vector<std::optional<Location>> location_of_;  // By node of the merged one.
};

template <class Record>
std::vector<std::string> retired_names(const std::vector<Record>& records) {
  std::vector<std::string> names;
  for (const Record& record : records)
    if (record.retired) names.push_back(record.name);
  return names;
}

template <class Record>
Status mark_retired(std::vector<Record>& records, const std::vector<std::string>& names) {
  const auto places = places_of(records);
  for (const std::string& name : names) {
    const auto found = places.find(name);
    if (found == places.end()) return invalid(fmt::format("there is no '{}' to retire", name));
    records[found->second].retired = true;
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const World>> merge_world(const State& state, const World& wanted,
                                                 MergeMode mode) {
  return Merge(state, wanted, mode).run();
}

Retired retired_of(const World& world) {
  return {retired_names(world.fleet.classes), retired_names(world.fleet.nodes),
          retired_names(world.projects)};
}

Status retire(World& world, const Retired& retired) {
  SILLAR_TRY_STATUS(mark_retired(world.fleet.classes, retired.classes));
  SILLAR_TRY_STATUS(mark_retired(world.fleet.nodes, retired.nodes));
  return mark_retired(world.projects, retired.projects);
}

}  // namespace sillar
