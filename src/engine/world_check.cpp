#include "engine/world_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/budgets.h"
#include "model/text.h"
#include "model/validate.h"
#include "schedule/frag_scorer.h"
#include "schedule/policy.h"

namespace sillar {
namespace {

constexpr std::int64_t kTariffMax = 1'000'000 * Money::kUnit;

Status check_policy(const Options& options) {
  if (options.policy.empty()) return {};
  const auto policy = schedule::find_policy(options.policy);
  if (!policy) return invalid(fmt::format("there is no policy '{}'", options.policy));
  if (policy->rules != options.rules)
    return invalid(fmt::format("the policy '{}' goes with other rules", options.policy));
  return {};
}

class WorldCheck {
 public:
  WorldCheck(const State& state, const World& world) : s_(state), now_(*state.world), to_(world) {}

  Status run() {
    if (!continues()) return invalid("the world was not made for this state");
    options();
    money();
    classes();
    nodes();
    projects();
    work();
    if (found_.empty()) return {};
    return invalid(fmt::format("{}", fmt::join(found_, "\n")));
  }

 private:
  template <class... Args>
  void obstacle(fmt::format_string<Args...> format, Args&&... args) {
    if (found_.size() < kFaultsMax)
      found_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  template <class Record>
  static bool begins_with(const std::vector<Record>& longer, const std::vector<Record>& shorter) {
    return longer.size() >= shorter.size() &&
           std::equal(shorter.begin(), shorter.end(), longer.begin(),
                      [](const Record& a, const Record& b) { return a.name == b.name; });
  }

  [[nodiscard]] bool continues() const {
    const bool same_tree = std::equal(
        now_.projects.begin(), now_.projects.end(), to_.projects.begin(),
        to_.projects.begin() + std::min(std::ssize(now_.projects), std::ssize(to_.projects)),
        [](const Project& a, const Project& b) { return a.parent == b.parent; });
    const auto wide = [&](const Project& p) {
      return p.quota.size() == to_.fleet.resource_count();
    };
    return begins_with(to_.fleet.classes, now_.fleet.classes) &&
           begins_with(to_.fleet.nodes, now_.fleet.nodes) &&
           begins_with(to_.projects, now_.projects) && same_tree &&
           std::all_of(to_.projects.begin(), to_.projects.end(), wide);
  }

  void options() {
    if (to_.options.rules != now_.options.rules)
      obstacle("a control plane keeps the rules that it began with; start another for other rules");
  }

  void money() {
    if (now_.prices.empty()) return;
    const Currency counted = now_.prices.front().per_hour.currency;
    if (to_.prices.empty()) {
      obstacle("money is counted, so every node keeps a price; state 0 where it is free");
    } else if (const Currency stated = to_.prices.front().per_hour.currency; stated != counted) {
      obstacle("money is counted in {}, but the prices are in {}; state them in {}", counted.text(),
               stated.text(), counted.text());
    }
  }

  [[nodiscard]] std::size_t tasks_of_class(ClassId c) const {
    std::size_t tasks = 0;
    for (std::size_t n = 0; n < s_.board.node_count(); ++n) {
      if (s_.board.node(NodeId{n}).accelerator_class != c) continue;
      for (const TaskId t : s_.board.tasks_on(NodeId{n}))
        tasks += s_.board.task(t).place.device_mask != 0 ? 1 : 0;
    }
    return tasks;
  }

  void classes() {
    for (std::size_t c = 0; c < now_.fleet.classes.size(); ++c) {
      const AcceleratorClass& was = now_.fleet.classes[c];
      const AcceleratorClass& is = to_.fleet.classes[c];
      const bool same = was.memory_bytes == is.memory_bytes &&
                        was.reserved_bytes == is.reserved_bytes && was.mig == is.mig;
      if (same) continue;
      if (const std::size_t tasks = tasks_of_class(ClassId{c}); tasks > 0)
        obstacle(
            "class '{}' has devices that are held by tasks, {} of them, so its memory and MIG "
            "profiles stay; drain its nodes first",
            was.name, tasks);
    }
  }

  void nodes() {
    for (std::size_t n = 0; n < now_.fleet.nodes.size(); ++n) {
      const Node& was = now_.fleet.nodes[n];
      const Node& is = to_.fleet.nodes[n];
      const std::size_t tasks = s_.board.tasks_on(NodeId{n}).size();
      if (tasks == 0) continue;
      if (is.retired)
        obstacle("node '{}' holds tasks, {} of them; drain it first, then remove it", was.name,
                 tasks);
      else if (!same_make(was, is))
        obstacle(
            "node '{}' holds tasks, {} of them, so its class, devices, cores and memory stay; "
            "drain it first",
            was.name, tasks);
      else if (is.tasks_max > 0 && static_cast<std::size_t>(is.tasks_max) < tasks)
        obstacle("node '{}' holds tasks, {} of them, and would take {}; drain it first", was.name,
                 tasks, is.tasks_max);
    }
  }

  void projects() {
    std::vector<std::size_t> all(now_.projects.size()), open(now_.projects.size());
    for (std::size_t w = 0; w < s_.workloads.size(); ++w) {
      const std::size_t p = s_.board.job(WorkloadId{w}).project.index();
      ++all[p];
      if (s_.workloads[w].finished == Time::never()) ++open[p];
    }
    std::vector<bool> parent(to_.projects.size());
    for (const Project& project : to_.projects)
      if (!project.retired && project.parent.valid()) parent[project.parent.index()] = true;
    for (std::size_t p = 0; p < all.size(); ++p) {
      if (all[p] == 0) continue;
      const std::string& name = now_.projects[p].name;
      if (parent[p])
        obstacle(
            "project '{}' has or had workloads, {} of them, and cannot become a parent; put the "
            "new "
            "projects beside it",
            name, all[p]);
      else if (to_.projects[p].retired && open[p] > 0)
        obstacle(
            "project '{}' has workloads that are not over, {} of them, and cannot be removed; keep "
            "it, and close it with a limit of 0",
            name, open[p]);
      else if (to_.projects[p].retired)
        obstacle(
            "project '{}' had workloads, {} of them, whose history stays under its name; keep it, "
            "and close it with a limit of 0",
            name, all[p]);
    }
  }

  void work() {
    std::set<std::string_view> gone, fresh;
    for (std::size_t c = 0; c < to_.fleet.classes.size(); ++c) {
      const AcceleratorClass& is = to_.fleet.classes[c];
      if (c >= now_.fleet.classes.size()) fresh.insert(is.name);
      if (is.retired) gone.insert(is.name);
    }
    for (std::size_t w = 0; w < s_.workloads.size(); ++w) {
      const WorkloadRecord& record = s_.workloads[w];
      if (record.finished != Time::never()) continue;
      Workload work = *record.spec;
      work.tasks.clear();        // Where they stood when it came is history.
      Complaints complaints(1);  // That its project stays is checked above, for all its work.
      validate_workloads({&work, 1}, to_.fleet, now_.projects, complaints, Standing::kAccepted);
      if (!complaints.empty())
        obstacle("workload '{}': {}: {}; cancel it, or keep what it names", work.name,
                 complaints.list().front().path.substr(4), complaints.list().front().message);
      classes_of(WorkloadId{w}, work, gone, fresh);
    }
  }

  void classes_of(WorkloadId id, const Workload& work, const std::set<std::string_view>& gone,
                  const std::set<std::string_view>& fresh) {
    const std::vector<std::string>& names = work.request.classes;
    const auto in = [](const std::set<std::string_view>& set) {
      return [&set](const std::string& name) { return set.contains(name); };
    };
    const bool retires = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return gone.contains(name) && !was_retired(name);
    });
    if (retires && std::all_of(names.begin(), names.end(), in(gone)))
      obstacle(
          "class '{}' is the only one that workload '{}' accepts; cancel it, or keep the class",
          names.front(), work.name);
    // What was placed is known by the number of its alternative, which would be another one.
    const schedule::Job& job = s_.board.job(id);
    const bool placed = job.reserved + job.running + job.stopping > 0;
    if (placed && std::any_of(names.begin(), names.end(), in(fresh)))
      obstacle(
          "workload '{}' names a class that is only now added, and runs by another; wait until "
          "it is over, or cancel it",
          work.name);
  }

  [[nodiscard]] bool was_retired(const std::string& name) const {
    const auto& classes = now_.fleet.classes;
    const auto found = std::find_if(classes.begin(), classes.end(),
                                    [&](const AcceleratorClass& c) { return c.name == name; });
    return found != classes.end() && found->retired;
  }

  const State& s_;
  const World& now_;
  const World& to_;
  std::vector<std::string> found_;
};

}  // namespace

Status check_world(const State& state, const World& world) {
  SILLAR_TRY_STATUS(check_world_alone(world));
  return WorldCheck(state, world).run();
}

Status check_world_alone(const World& world) {
  SILLAR_TRY_STATUS(check_policy(world.options));
  if (auto rules = project_rules(world.projects); !rules) return tl::unexpected(rules.error());
  if (!schedule::make_scorer(world.options.placement, world.options.rules))
    return invalid(fmt::format("there is no placement '{}'; there are {}", world.options.placement,
                               fmt::join(kPlacements, ", ")));
  if (!world.prices.empty() && world.prices.size() != world.fleet.nodes.size())
    return invalid(
        fmt::format("{} prices for {} nodes", world.prices.size(), world.fleet.nodes.size()));
  for (const NodeTariff& tariff : world.prices)
    SILLAR_TRY_STATUS(check_tariff(tariff, world.prices.front().per_hour.currency));
  return check_budgets(world);
}

Status check_tariff(const NodeTariff& tariff, Currency currency) {
  if (tariff.per_hour.nanos < 0 || tariff.cpu_nanos < 0 || tariff.cpu_nanos > tariff.per_hour.nanos)
    return invalid("a node's price is not negative, and CPU carries no more than all of it");
  if (tariff.per_hour.currency != currency)
    return invalid("all prices of a world are in one currency");
  if (tariff.per_hour.nanos > kTariffMax) return invalid("a node costs at most a million an hour");
  return {};
}

}  // namespace sillar
