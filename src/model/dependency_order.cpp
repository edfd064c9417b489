#include "model/dependency_order.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace sillar {
namespace {

// Depth first with a stack of its own: chains may be as long as the list.
class Ordering {
 public:
  explicit Ordering(std::span<const Workload> workloads)
      : workloads_(workloads), marks_(workloads.size(), Mark::kNew) {
    for (std::size_t w = 0; w < workloads.size(); ++w) index_.try_emplace(workloads[w].name, w);
  }

  Result<std::vector<std::size_t>> run() {
    for (std::size_t w = 0; w < workloads_.size(); ++w) {
      if (marks_[w] == Mark::kNew) open(w);
      while (!stack_.empty()) SILLAR_TRY_STATUS(step());
    }
    return std::move(order_);
  }

 private:
  enum class Mark : std::uint8_t { kNew, kOpen, kDone };
  struct Frame {
    std::size_t workload = 0;
    std::size_t next = 0;  // Of what it waits for.
  };

  void open(std::size_t w) {
    marks_[w] = Mark::kOpen;
    stack_.push_back({w, 0});
  }

  Status step() {
    Frame& frame = stack_.back();
    const std::vector<Dependency>& after = workloads_[frame.workload].after;
    if (frame.next == after.size()) {
      marks_[frame.workload] = Mark::kDone;
      order_.push_back(frame.workload);
      stack_.pop_back();
      return {};
    }
    const auto found = index_.find(after[frame.next++].workload);
    if (found == index_.end() || marks_[found->second] == Mark::kDone) return {};
    if (marks_[found->second] == Mark::kOpen) return circle(found->second);
    open(found->second);
    return {};
  }

  [[nodiscard]] Status circle(std::size_t from) const {
    constexpr std::size_t kShownMax = 10;
    std::vector<std::string_view> names;
    bool inside = false;
    for (const Frame& frame : stack_) {
      inside = inside || frame.workload == from;
      if (inside && names.size() < kShownMax) names.push_back(workloads_[frame.workload].name);
    }
    names.push_back(workloads_[from].name);
    return invalid(
        fmt::format("workloads wait for each other in a circle: {}", fmt::join(names, " > ")));
  }

  std::span<const Workload> workloads_;
  std::vector<Mark> marks_;
  std::map<std::string_view, std::size_t> index_;
  std::vector<Frame> stack_;
  std::vector<std::size_t> order_;
};

}  // namespace

Result<std::vector<std::size_t>> dependency_order(std::span<const Workload> workloads) {
  return Ordering(workloads).run();
}

}  // namespace sillar
