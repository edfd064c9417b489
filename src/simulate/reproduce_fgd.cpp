#include "simulate/reproduce_fgd.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>

#include "base/check.h"
#include "base/csv.h"
#include "base/document.h"
#include "base/random.h"
#include "schedule/loss_table.h"
#include "schedule/room.h"
#include "simulate/openb_reader.h"
#include "simulate/published_policies.h"

namespace sillar {
namespace {

using schedule::Board;
using schedule::DemandTask;
using schedule::PlacementIndex;
using schedule::Room;

// A list on a cluster, digested once for all runs.
struct Experiment {
  std::vector<OpenbNode> nodes;     // In the file's order.
  Fleet fleet;                      // The same.
  std::vector<Workload> kinds;      // What is asked for, each way of asking once.
  std::vector<std::uint32_t> pods;  // Kind of each pod, in order of name.
  std::vector<std::int64_t> gpu;    // Thousandths that a pod of each kind asks for.
  std::int64_t capacity = 0;        // Thousandths of a GPU.
  std::vector<DemandTask> typical;
};

DemandTask demand_of(const Fleet& fleet, const OpenbPod& pod) {
  DemandTask task;
  task.cpu = pod.cpu;
  task.count = 1;
  if (pod.gpus == 0) return task;
  task.devices = pod.gpus;
  task.thousandths = pod.gpu_milli;
  for (const AcceleratorClass& model : fleet.classes)
    task.classes.push_back(pod.models.empty() ||
                           std::binary_search(pod.models.begin(), pod.models.end(), model.name));
  return task;
}

Experiment digest(std::vector<OpenbNode> nodes, std::vector<OpenbPod> pods) {
  Experiment e;
  e.nodes = std::move(nodes);
  e.fleet = openb_fleet(e.nodes);
  for (const std::int64_t of_class : schedule::class_capacity(e.fleet)) e.capacity += of_class;
  std::sort(pods.begin(), pods.end(),
            [](const OpenbPod& a, const OpenbPod& b) { return a.name < b.name; });
  std::vector<DemandTask> demand;
  std::map<std::string, std::uint32_t> known;
  for (const OpenbPod& pod : pods) {
    demand.push_back(demand_of(e.fleet, pod));
    const std::string key = fmt::format("{}/{}/{}/{}/{}", pod.cpu, pod.memory_bytes, pod.gpus,
                                        pod.gpu_milli, fmt::join(pod.models, "|"));
    const auto [entry, fresh] = known.try_emplace(key, static_cast<std::uint32_t>(e.kinds.size()));
    if (fresh) {
      e.kinds.emplace_back().request = openb_request(pod);
      e.gpu.push_back(pod.gpu_total());
    }
    e.pods.push_back(entry->second);
  }
  e.typical = schedule::typical_tasks(std::move(demand), schedule::EqualCounts::kMoreFirst);
  return e;
}

// What one seed draws, the same for every policy.
struct Draw {
  std::vector<std::uint32_t> arrivals;  // Kinds.
  std::vector<std::size_t> order;       // Of the nodes.
};

Draw draw(const Experiment& e, Random& random) {
  Draw drawn{e.pods, std::vector<std::size_t>(e.nodes.size())};
  std::vector<std::uint32_t>& arrivals = drawn.arrivals;
  random.shuffle(arrivals);
  std::int64_t asked = 0;
  for (const std::uint32_t kind : arrivals) asked += e.gpu[kind];
  const std::int64_t wanted = e.capacity * 13 / 10;
  if (asked > wanted) {
    while (asked > wanted) {
      const auto gone =
          arrivals.begin() + static_cast<std::ptrdiff_t>(random.below(arrivals.size()));
      asked -= e.gpu[*gone];
      arrivals.erase(gone);
    }
  } else if (asked > 0) {  // Pods without GPUs alone would never reach the mark.
    while (asked < wanted) {
      arrivals.push_back(e.pods[random.below(e.pods.size())]);
      asked += e.gpu[arrivals.back()];
    }
  }
  std::iota(drawn.order.begin(), drawn.order.end(), std::size_t{0});
  random.shuffle(drawn.order);
  return drawn;
}

struct Outcome {
  double alloc_pct_100 = 0, alloc_pct_130 = 0, frag_pct_100 = 0, frag_pct_130 = 0;
  std::int64_t arrivals = 0;
  Duration took;
};

// One seed under one policy.
class Run {
 public:
  Run(const Experiment& e, const ReproduceOptions& options, std::string_view policy,
      std::uint64_t seed)
      : e_(e),
        options_(options),
        random_(seed),
        drawn_(draw(e, random_)),
        random_places_(policy == "random"),
        scorer_(reproduced_scorer(
            policy, options.demand == DemandKnown::kList ? &e.typical : nullptr, e.fleet)),
        index_(*scorer_),
        fragmentation_(e.typical, e.fleet.classes.size()) {
    Fleet fleet = e.fleet;
    for (std::size_t n = 0; n < drawn_.order.size(); ++n)
      fleet.nodes[n] = e.fleet.nodes[drawn_.order[n]];
    board_.set_fleet(fleet, Rules::kSillar);
    Project everybody;
    everybody.name = "openb";
    everybody.quota.assign(fleet.resource_count(), kQuotaAbsent);
    board_.set_projects(std::vector{everybody});
  }

  Outcome run() {
    Outcome outcome;
    std::int64_t arrived = 0;
    std::int64_t allocated = 0;
    bool full = false;
    Duration measured = now();
    for (const std::uint32_t kind : drawn_.arrivals) {
      if (arrive(e_.kinds[kind])) allocated += e_.gpu[kind];
      arrived += e_.gpu[kind];
      if (full || arrived < e_.capacity) continue;
      full = true;
      outcome.took = outcome.took + (now() - measured);
      outcome.alloc_pct_100 = per_cent(static_cast<double>(allocated));
      outcome.frag_pct_100 = fragmented_pct();
      measured = now();
    }
    outcome.took = outcome.took + (now() - measured);
    outcome.alloc_pct_130 = per_cent(static_cast<double>(allocated));
    outcome.frag_pct_130 = fragmented_pct();
    outcome.arrivals = static_cast<std::int64_t>(drawn_.arrivals.size());
    return outcome;
  }

 private:
  struct Choice {
    NodeId node;
    std::int32_t score = schedule::kNoFit;
    ShapeId shape;
    schedule::Placement place;
  };

  [[nodiscard]] Duration now() const { return options_.clock ? options_.clock() : Duration{}; }
  [[nodiscard]] double per_cent(double thousandths) const {
    return e_.capacity > 0 ? 100 * thousandths / static_cast<double>(e_.capacity) : 0;
  }

  // Whether the pod found a place.
  bool arrive(const Workload& kind) {
    const WorkloadId job = board_.add_job(ProjectId{0}, kind, {});
    const TaskId task{board_.job(job).first_task};
    scorer_->observe(board_);
    const std::vector<ShapeId>& shapes = board_.request(board_.job(job).request).alternatives;
    const Choice choice = random_places_ ? any(shapes) : best(shapes);
    board_.set_waiting(job, ReasonCode::kNone);
    if (choice.node.valid())
      board_.start(task, choice.shape, choice.place, Time{});
    else
      board_.finish(task);
    return choice.node.valid();
  }

  // The highest score over all models that the pod accepts, ties to the lowest node.
  Choice best(const std::vector<ShapeId>& shapes) {
    Choice best;
    for (const ShapeId shape : shapes) {
      schedule::Placement place;
      if (!index_.best(board_, shape, Room::kNow, place)) continue;
      if (shapes.size() == 1) return {place.node, 0, shape, place};
      const std::int32_t score = index_.scores(board_, shape, Room::kNow)[place.node.index()];
      if (score < best.score || (score == best.score && place.node > best.node)) continue;
      best = {place.node, score, shape, place};
    }
    return best;
  }

  // Any node that has room, and of it any GPU.
  Choice any(const std::vector<ShapeId>& shapes) {
    std::vector<Choice> fits;
    for (const ShapeId shape : shapes) {
      const std::span<const std::int32_t> scores = index_.scores(board_, shape, Room::kNow);
      for (std::size_t n = 0; n < scores.size(); ++n) {
        if (scores[n] != schedule::kNoFit) fits.push_back({NodeId{n}, scores[n], shape, {}});
      }
    }
    if (fits.empty()) return {};
    Choice chosen = fits[random_.below(fits.size())];
    const schedule::Shape& shape = board_.shape(chosen.shape);
    CHECK(board_.fit(shape, chosen.node, Room::kNow, chosen.place), "the index said so");
    if (shape.use != schedule::DeviceUse::kFraction) return chosen;
    const schedule::NodeState& node = board_.node(chosen.node);
    const std::int32_t asked = shape.by_class[node.accelerator_class.index()].thousandths;
    std::vector<std::uint16_t> devices;
    for (std::size_t d = 0; d < node.device_count; ++d) {
      if (schedule::piece_slot(shape, asked, nullptr, node.devices[d], Room::kNow) >= 0)
        devices.push_back(static_cast<std::uint16_t>(1U << d));
    }
    chosen.place.device_mask = devices[random_.below(devices.size())];
    return chosen;
  }

  // Free GPU that the typical pod cannot use, in per cent of the cluster.
  [[nodiscard]] double fragmented_pct() const {
    double sum = 0;
    for (std::size_t n = 0; n < board_.node_count(); ++n) {
      const schedule::NodeState& node = board_.node(NodeId{n});
      if (!node.accelerator_class.valid()) continue;
      const auto at = fragmentation_.at(node.accelerator_class, node.cpu_now);
      std::int64_t fragmented = 0;
      std::int32_t idle = 0;
      for (std::size_t d = 0; d < node.device_count; ++d) {
        const std::int32_t free = node.devices[d].now;
        fragmented += free * fragmentation_.total() - fragmentation_.useful(at, free);
        idle += free == kDevice ? 1 : 0;
      }
      sum += static_cast<double>(fragmented - fragmentation_.useful_whole(at, idle));
    }
    const auto total = static_cast<double>(std::max<std::int64_t>(fragmentation_.total(), 1));
    return per_cent(sum / total);
  }

  const Experiment& e_;
  const ReproduceOptions& options_;
  Random random_;
  Draw drawn_;
  bool random_places_;
  std::unique_ptr<schedule::Scorer> scorer_;
  PlacementIndex index_;
  schedule::FragmentationTable fragmentation_;
  Board board_;
};

MeanAndDeviation mean_of(const std::vector<Outcome>& outcomes, double Outcome::* value) {
  MeanAndDeviation out;
  const auto count = static_cast<double>(outcomes.size());
  for (const Outcome& outcome : outcomes) out.mean += outcome.*value / count;
  if (outcomes.size() < 2) return out;
  double squares = 0;
  for (const Outcome& outcome : outcomes) {
    const double off = outcome.*value - out.mean;
    squares += off * off;
  }
  out.deviation = std::sqrt(squares / (count - 1));
  return out;
}

ReproduceRow run_seeds(const Experiment& e, const ReproduceOptions& options,
                       const std::string& list, const std::string& policy) {
  ReproduceRow row;
  row.list = list;
  row.policy = policy;
  std::vector<Outcome> outcomes;
  Duration took;
  for (std::uint64_t seed = options.first_seed; seed <= options.last_seed; ++seed) {
    outcomes.push_back(Run(e, options, policy, seed).run());
    row.arrivals += outcomes.back().arrivals;
    took = took + outcomes.back().took;
  }
  row.runs = static_cast<std::int64_t>(outcomes.size());
  row.alloc_pct_100 = mean_of(outcomes, &Outcome::alloc_pct_100);
  row.alloc_pct_130 = mean_of(outcomes, &Outcome::alloc_pct_130);
  row.frag_pct_100 = mean_of(outcomes, &Outcome::frag_pct_100);
  row.frag_pct_130 = mean_of(outcomes, &Outcome::frag_pct_130);
  if (took.ns > 0)
    row.placements_per_s = 1e9 * static_cast<double>(row.arrivals) / static_cast<double>(took.ns);
  return row;
}

// The authors' names for their policies, as summary.csv has them.
std::string_view published_name(std::string_view policy) {
  static const std::map<std::string_view, std::string_view> kNames{
      {"random", "Random"},         {"dotprod", "DotProd"}, {"gpuclustering", "GpuClustering"},
      {"gpupacking", "GpuPacking"}, {"bestfit", "BestFit"}, {"fgd", "FGD"}};
  const auto found = kNames.find(policy);
  return found == kNames.end() ? std::string_view() : found->second;
}

using Published = std::map<std::pair<std::string, std::string>, PublishedResult>;

Result<double> percentage(const CsvReader& csv, std::string_view column_name) {
  SILLAR_TRY(column, csv.column(column_name));
  const std::string_view text = csv[column];
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 100))
    return tl::unexpected(csv.error_at(column, fmt::format("'{}' is no percentage", text)));
  return value;
}

// Absent file: nothing is known.
Result<Published> read_published(const std::string& path) {
  Published published;
  auto text = read_file(path);
  if (!text) {
    if (text.error().code == ErrorCode::kNotFound) return published;
    return tl::unexpected(text.error());
  }
  SILLAR_TRY(csv, CsvReader::open(path, *text));
  SILLAR_TRY(workload, csv.column("workload"));
  SILLAR_TRY(policy, csv.column("policy"));
  for (;;) {
    SILLAR_TRY(more, csv.next());
    if (!more) return published;
    SILLAR_TRY(at_100, percentage(csv, "alloc_pct_at_100"));
    SILLAR_TRY(deviation, percentage(csv, "alloc_pct_at_100_std"));
    SILLAR_TRY(at_130, percentage(csv, "alloc_pct_at_130"));
    SILLAR_TRY(fragmented, percentage(csv, "frag_pct_of_cluster_at_100"));
    published[{std::string(csv[workload]), std::string(csv[policy])}] = {at_100, deviation, at_130,
                                                                         fragmented};
  }
}

Status check(const ReproduceOptions& options) {
  const auto& known = reproduced_policies();
  for (const std::string& policy : options.policies) {
    if (std::find(known.begin(), known.end(), policy) == known.end())
      return invalid(
          fmt::format("there is no policy '{}'; there are {}", policy, fmt::join(known, ", ")));
  }
  if (options.last_seed < options.first_seed)
    return invalid(fmt::format("the last seed, {}, comes before the first, {}", options.last_seed,
                               options.first_seed));
  if (options.last_seed - options.first_seed >= kReproduceSeedsMax)
    return fail(ErrorCode::kLimit,
                fmt::format("at most {} seeds are run at a time", kReproduceSeedsMax));
  return {};
}

Result<std::vector<OpenbNode>> read_nodes(const ReproduceOptions& options) {
  const std::string path = options.data_dir + "/openb_node_list_gpu_node.csv";
  SILLAR_TRY(text, read_file(path));
  SILLAR_TRY(nodes, read_openb_nodes(path, text));
  const std::size_t listed = nodes.size();
  if (options.nodes == 0 || listed == 0) return nodes;
  std::vector<OpenbNode> wanted;
  for (std::size_t i = 0; i < options.nodes; ++i) wanted.push_back(nodes[i % listed]);
  return wanted;
}

}  // namespace

double ReproduceRow::tolerance_pct() const {
  constexpr double kTheirRuns = 10;
  const auto our_runs = static_cast<double>(runs);
  const double ours = alloc_pct_100.deviation;
  const double theirs = published->alloc_pct_100_deviation;
  const double variance = ((our_runs - 1) * ours * ours + (kTheirRuns - 1) * theirs * theirs) /
                          (our_runs + kTheirRuns - 2);
  return std::max(0.5, 2 * std::sqrt(variance * (1 / our_runs + 1 / kTheirRuns)));
}

Result<ReproduceResult> reproduce_fgd(const ReproduceOptions& options,
                                      const std::function<void(const ReproduceRow&)>& on_row) {
  SILLAR_TRY_STATUS(check(options));
  std::vector<std::string> policies = options.policies;
  if (policies.empty()) policies.assign(reproduced_policies().begin(), reproduced_policies().end());
  SILLAR_TRY(nodes, read_nodes(options));
  SILLAR_TRY(published, read_published(options.data_dir + "/expected/summary.csv"));
  ReproduceResult result;
  for (const std::string& list : options.lists) {
    const std::string path = options.data_dir + "/openb_pod_list_" + list + ".csv";
    SILLAR_TRY(text, read_file(path));
    SILLAR_TRY(pods, read_openb_pods(path, text));
    if (pods.empty()) return invalid(path + ": there are no pods");
    const Experiment experiment = digest(nodes, std::move(pods));
    for (const std::string& policy : policies) {
      ReproduceRow row = run_seeds(experiment, options, list, policy);
      const auto known = published.find({list, std::string(published_name(policy))});
      if (known != published.end() && options.nodes == 0) row.published = known->second;
      if (on_row) on_row(row);
      result.rows.push_back(std::move(row));
    }
  }
  return result;
}

}  // namespace sillar
