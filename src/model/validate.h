#pragma once

// Whether records are well formed and agree with each other. The load functions of text.h call
// these; programs that build records call them themselves.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/fleet.h"
#include "model/project.h"
#include "model/scenario.h"
#include "model/workload.h"

namespace sillar {

struct Complaint {
  std::string path;  // "nodes[3].health"; relative to what was validated.
  std::string message;
};

// Collects complaints up to a bound; what comes after it is only counted.
class Complaints {
 public:
  explicit Complaints(std::size_t max = 20) : max_(max) {}

  void add(std::string path, std::string message);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] std::span<const Complaint> list() const { return list_; }

 private:
  std::vector<Complaint> list_;
  std::size_t max_;
  std::size_t count_ = 0;
};

// Names unique and well formed, numbers in range, profiles placeable, levels named once.
void validate_fleet(const Fleet& fleet, Complaints& complaints);
// Names unique, parents declared, quota vectors of the fleet's width and within its arithmetic:
// sums over siblings stay within 64 bits. A limit below deserved is refused.
void validate_projects(std::span<const Project> projects, const Fleet& fleet,
                       Complaints& complaints);
// New work may name what there is. Work that was accepted may name what has been retired since; and
// of work that is over nobody asks any more whether its classes, profiles and topologies exist.
enum class Standing : std::uint8_t { kNew, kAccepted, kOver };

// Projects are leaves that exist, requests are possible forms, gangs and topology make sense, and
// the running tasks fit the nodes and devices they hold. Requires: the fleet is valid.
void validate_workloads(std::span<const Workload> workloads, const Fleet& fleet,
                        std::span<const Project> projects, Complaints& complaints,
                        Standing standing = Standing::kNew);
void validate_options(const Options& options, Complaints& complaints);
// Tasks and workloads named by `expect` exist.
void validate_expectation(const Expectation& expect, std::span<const Workload> workloads,
                          Complaints& complaints);

}  // namespace sillar
