#pragma once

// The published placement experiment of FGD (Weng et al., "Beware of Fragmentation", ATC'23), run
// on the product's own board and index. Per seed: the list's pods are shuffled, pods drawn at
// random from the list are added (or taken away) until their GPU requests come to 130 % of the
// cluster, and they arrive one by one. Nothing ever leaves; a pod that fits nowhere is dropped and
// its request still counts as arrived. Equal scores go to the lowest of the nodes, whose order is
// drawn once per seed. The order of arrivals and nodes depends on the list and the seed alone, so
// policies can be compared seed by seed.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sillar {

inline constexpr std::uint64_t kReproduceSeedsMax = 10'000;

// What fgd and sillar know of the pods to come.
enum class DemandKnown : std::uint8_t {
  kList,      // The list's typical pods, as published.
  kObserved,  // What has arrived so far, as in the product.
};

struct ReproduceOptions {
  // Folder with openb_node_list_gpu_node.csv, openb_pod_list_<list>.csv and, where there is one,
  // expected/summary.csv.
  std::string data_dir = "examples/data/openb";
  std::vector<std::string> lists{"default"};  // Names as in the files.
  std::vector<std::string> policies;          // Of reproduced_policies(); empty: all.
  std::uint64_t first_seed = 42;
  std::uint64_t last_seed = 51;  // At least first_seed.
  std::size_t nodes = 0;         // The node list repeated or cut to this many; 0: as it is.
  DemandKnown demand = DemandKnown::kList;
  std::function<Duration()> clock;  // Monotonic; empty: speeds are left out.
};

struct MeanAndDeviation {
  double mean = 0;
  double deviation = 0;  // Of single runs; 0 with one.
};

// What the authors' ten runs came to, in per cent of the cluster's GPUs.
struct PublishedResult {
  double alloc_pct_100 = 0;
  double alloc_pct_100_deviation = 0;
  double alloc_pct_130 = 0;
  double frag_pct_100 = 0;
};

// One list under one policy. Percentages of the cluster's GPUs, when requests worth 100 % and 130 %
// of them have arrived: what is allocated, and what is free but of no use to the typical pod.
struct ReproduceRow {
  std::string list;
  std::string policy;
  std::int64_t runs = 0;
  MeanAndDeviation alloc_pct_100, alloc_pct_130;
  MeanAndDeviation frag_pct_100, frag_pct_130;
  std::int64_t arrivals = 0;                 // Over all runs.
  double placements_per_s = 0;               // Arrivals decided and placed per second; 0: no clock.
  std::optional<PublishedResult> published;  // Absent for ours, other lists and other clusters.

  // How far a mean may lie from the published one by chance: two standard errors of the difference,
  // the deviation of single runs pooled from theirs and ours, and at least half a point.
  // Requires: `published`.
  [[nodiscard]] double tolerance_pct() const;
};

struct ReproduceResult {
  std::vector<ReproduceRow> rows;  // List by list in the order asked, policies within.
};

// Errors: kNotFound for a list or folder that is not there; kInvalidInput for a malformed file, an
// unknown policy (the message names those there are) or seeds in the wrong order; kLimit for more
// than kReproduceSeedsMax seeds.
// `on_row`, where given, is told each row as it is done.
[[nodiscard]] Result<ReproduceResult> reproduce_fgd(
    const ReproduceOptions& options, const std::function<void(const ReproduceRow&)>& on_row = {});

}  // namespace sillar
