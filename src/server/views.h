#pragma once

// What the API lists, as rows that the control thread makes once and everybody may keep: a reader
// takes a reference to each and renders without holding anybody up. Rows only show what is durable.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/state.h"
#include "server/core.h"

namespace sillar::server {

struct WorkloadRow {
  WorkloadId id;
  std::shared_ptr<const Workload> spec;
  std::shared_ptr<const Reason> reason;
  std::string_view phase;  // A word of workload_phase.
  Time first_started = Time::never();
  Time finished = Time::never();
  std::int32_t pending = 0;
  std::int32_t running = 0;  // Those that are stopping too.
  std::int32_t ended = 0;
  std::int64_t evictions = 0;
  std::optional<std::int32_t> exit_code;  // Once it is over: the first that is not 0, or 0.
  std::vector<std::string> nodes;         // Where it holds devices; the first kNodesShown.
};

inline constexpr std::size_t kNodesShown = 16;
inline constexpr std::size_t kPageMax = 10'000;

struct WorkloadFilter {
  std::string project;                // And all below it; empty: every one.
  std::vector<std::string> phases;    // Empty: every one.
  std::string owner;                  // Empty: every one.
  std::vector<std::string> readable;  // Subtrees that the caller may see; "": everything.
};

struct WorkloadPage {
  std::vector<std::shared_ptr<const WorkloadRow>> rows;
  std::uint32_t next = 0;  // Hand in as `from` for what follows; 0: this is the last page.
};

struct WorkloadCounts {
  std::map<std::string_view, std::uint64_t>
      phases;                 // Workloads; a phase that none is in is absent.
  std::uint64_t pending = 0;  // Tasks.
  std::uint64_t running = 0;
  std::uint64_t ended = 0;
};

// Whether `path` is `subtree` or below it; everything is below "".
[[nodiscard]] bool within_subtree(std::string_view path, std::string_view subtree);

class Views {
 public:
  // On the control thread.
  void rebuild(const Core& core);
  void publish(const Core& core);

  // From any thread. Newest first; `from`: 0 or what a page said. At most `limit`, at most
  // kPageMax.
  [[nodiscard]] WorkloadPage workloads(const WorkloadFilter& filter, std::uint32_t from,
                                       std::size_t limit) const;
  // All that has not ended, newest first.
  [[nodiscard]] std::vector<std::shared_ptr<const WorkloadRow>> unfinished(
      const WorkloadFilter& filter) const;
  [[nodiscard]] WorkloadCounts counts() const;
  // Null: there is none.
  [[nodiscard]] std::shared_ptr<const WorkloadRow> workload(std::string_view name) const;
  [[nodiscard]] std::shared_ptr<const World> world() const;

 private:
  [[nodiscard]] static std::shared_ptr<const WorkloadRow> row_of(const State& state, WorkloadId id);

  mutable std::mutex mutex_;                              // Guards what follows.
  std::vector<std::shared_ptr<const WorkloadRow>> rows_;  // By id.
  std::map<std::string, std::uint32_t, std::less<>> ids_;
  std::shared_ptr<const World> world_;
};

}  // namespace sillar::server
