#include "engine/world_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

#include "ledger/rate_card.h"

namespace sillar {
namespace {

class Living {
 public:
  explicit Living(const World& world) : world_(world) {}

  Config run() {
    out_.options = world_.options;
    out_.fleet.topologies = world_.fleet.topologies;
    classes();
    nodes();
    projects();
    return std::move(out_);
  }

 private:
  void classes() {
    for (const AcceleratorClass& accelerator : world_.fleet.classes) {
      class_of_.push_back(accelerator.retired ? ClassId{} : ClassId{out_.fleet.classes.size()});
      if (!accelerator.retired) out_.fleet.classes.push_back(accelerator);
    }
  }

  void nodes() {
    std::vector<Location>& locations = out_.fleet.locations;
    for (const Node& node : world_.fleet.nodes) {
      if (node.retired) continue;
      Node copy = node;
      if (node.accelerator_class.valid())
        copy.accelerator_class = class_of_[node.accelerator_class.index()];
      if (node.location.valid()) {
        const Location& location = world_.fleet.locations[node.location.index()];
        const auto found = std::ranges::find(locations, location);
        copy.location = LocationId{static_cast<std::size_t>(found - locations.begin())};
        if (found == locations.end()) locations.push_back(location);
      }
      out_.fleet.nodes.push_back(std::move(copy));
    }
  }

  template <class T>
  [[nodiscard]] std::vector<T> of_resources(const std::vector<T>& all) const {
    std::vector<T> out;
    for (std::size_t r = 0; r < all.size(); ++r)
      if (r < kFirstClass || class_of_[r - kFirstClass].valid()) out.push_back(all[r]);
    return out;
  }

  void projects() {
    std::vector<ProjectId> place;
    for (const Project& project : world_.projects) {
      place.push_back(project.retired ? ProjectId{} : ProjectId{out_.projects.size()});
      if (project.retired) continue;
      Project copy = project;
      copy.quota = of_resources(project.quota);
      copy.usage = of_resources(project.usage);
      if (project.parent.valid()) copy.parent = place[project.parent.index()];
      out_.projects.push_back(std::move(copy));
    }
  }

  const World& world_;
  Config out_;
  std::vector<ClassId> class_of_;
};

Result<std::vector<NodeTariff>> wanted_prices(const Fleet& fleet, const World& now) {
  const auto states = [](const Node& node) { return node.price_per_hour.has_value(); };
  std::vector<NodeTariff> prices;
  if (now.prices.empty() && std::ranges::none_of(fleet.nodes, states)) return prices;
  std::map<std::string_view, std::size_t> known;
  for (std::size_t n = 0; n < now.prices.size(); ++n) known[now.fleet.nodes[n].name] = n;
  const RateCard card = rate_fleet(fleet, PriceBook{});
  for (std::size_t n = 0; n < fleet.nodes.size(); ++n) {
    const Node& node = fleet.nodes[n];
    const auto found = known.find(node.name);
    const bool keeps =
        found != known.end() &&
        (!states(node) || node.price_per_hour == now.fleet.nodes[found->second].price_per_hour);
    if (keeps) {
      prices.push_back(now.prices[found->second]);
    } else if (card.nodes[n].priced) {
      const NodeRate& rate = card.nodes[n].rate;
      prices.push_back({rate.per_hour, rate.cpu_nanos, card.source_of(NodeId{n})});
    } else {
      return invalid(fmt::format(
          "node '{}' has no price, but others have; state its price_per_hour", node.name));
    }
  }
  return prices;
}

}  // namespace

Config config_of(const World& world) {
  return Living(world).run();
}

Result<std::shared_ptr<const World>> wanted_world(const Document& document, const World& now) {
  SILLAR_TRY(config, load_config(document, config_of(now)));
  auto world = std::make_shared<World>();
  SILLAR_TRY(prices, wanted_prices(config.fleet, now));
  world->options = std::move(config.options);
  world->fleet = std::move(config.fleet);
  world->projects = std::move(config.projects);
  world->prices = std::move(prices);
  return world;
}

}  // namespace sillar
