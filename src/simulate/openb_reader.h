#pragma once

// Alibaba's GPU-sharing trace of 2023 (openb) as published: a node list and a pod list in CSV
// (examples/data/openb has both, with their source). What becomes of them, an arrival-only
// experiment or a replay in time, is the caller's.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/fleet.h"
#include "model/workload.h"

namespace sillar {

struct OpenbNode {
  std::string name;
  std::int64_t cpu = 0;  // Thousandths of a core.
  std::int64_t memory_bytes = 0;
  std::int32_t gpus = 0;
  std::string model;  // Empty: CPU only.

  friend bool operator==(const OpenbNode&, const OpenbNode&) = default;
};

struct OpenbPod {
  std::string name;
  std::int64_t cpu = 0;  // Thousandths of a core.
  std::int64_t memory_bytes = 0;
  std::int32_t gpus = 0;
  std::int32_t gpu_milli = 0;       // Of each GPU; 1000 but for pods that share one. 0: no GPU.
  std::vector<std::string> models;  // Accepted, sorted; empty: any.
  // Seconds of the trace's own clock. Time::never(): the list does not say.
  Time created = Time::never();
  Time deleted = Time::never();
  Time scheduled = Time::never();
  bool failed = false;   // As the list says.
  std::size_t line = 0;  // Of the list.

  // When it began to run, as far as the list says.
  [[nodiscard]] Time began() const { return scheduled != Time::never() ? scheduled : created; }
  [[nodiscard]] std::int64_t gpu_total() const { return std::int64_t{gpus} * gpu_milli; }
  friend bool operator==(const OpenbPod&, const OpenbPod&) = default;
};

// Columns sn, cpu_milli, memory_mib, gpu, model; rows in the file's order.
// Errors (kInvalidInput) name line and column: no number, out of range, no name or
// one that another row has, a GPU without a model.
[[nodiscard]] Result<std::vector<OpenbNode>> read_openb_nodes(const std::string& name,
                                                              std::string_view text);

// Columns name, cpu_milli, memory_mib, num_gpu, gpu_milli; the rest may be absent, as the multigpu
// lists have it. Rows in the file's order. Errors (kInvalidInput) name line and column: no number,
// out of range, no name or one that another row has, a share of several GPUs, deleted before it
// began.
[[nodiscard]] Result<std::vector<OpenbPod>> read_openb_pods(const std::string& name,
                                                            std::string_view text);

// Nodes in the order given, one class for each model in order of name.
[[nodiscard]] Fleet openb_fleet(std::span<const OpenbNode> nodes);

// What one pod asks for. A whole GPU is a device, a part of one a fraction.
[[nodiscard]] Request openb_request(const OpenbPod& pod);

}  // namespace sillar
