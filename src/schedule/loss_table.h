#pragma once

// What demand says about the room left on a node, digested into integer tables so that a judgement
// costs a few look-ups. Two of them: our own loss, and fragmentation as published with FGD. Both
// are built from typical tasks and immutable afterwards.

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "schedule/demand.h"

namespace sillar::schedule {

// Steps of the CPU that typical tasks ask for: what is free in between runs no more of them.
class CpuSteps {
 public:
  CpuSteps() = default;
  explicit CpuSteps(std::span<const DemandTask> tasks);

  [[nodiscard]] std::size_t count() const { return cpu_.size(); }
  // How many steps are within `cpu`, 0 to count(). Requires: cpu >= 0.
  [[nodiscard]] std::size_t within(std::int64_t cpu) const {
    std::size_t step = from_core_[static_cast<std::size_t>(std::min(cpu / 1000, kCoresMax))];
    while (step < cpu_.size() && cpu_[step] <= cpu) ++step;
    return step;
  }

 private:
  static constexpr std::int64_t kCoresMax = 512;  // Beyond it steps are looked at one by one.

  std::vector<std::int64_t> cpu_;
  std::array<std::uint32_t, kCoresMax + 1> from_core_{};  // Steps below that many whole cores.
};

// What a node's free devices are worth less than they seem, given what is asked for.
//
// With T the typical tasks that ask for devices, weighed by their counts:
//
//   value(r)      worth of r hundredths of a device (piece_values.h)
//   rest_loss(f)  f - value(f / 10) x 95 %, in thousandths; 0 for a whole device. The 5 % favour
//                 devices that are started already.
//   open          share of T that could start on the node by its CPU, class and number of idle
//                 devices
//   shortage      free devices beyond what the free CPU feeds, at the CPU that T asks for per
//                 device
//   reserve       20 % of the share of a class's capacity that is wanted by tasks which do not
//                 accept every class, each spread over the classes it accepts by their capacity
//
//   loss = (1 - open) x free + open x (sum of rest_loss + 25 % of shortage) - reserve x free
//
// open and reserve are rounded to millionths, half up and down; the loss is exact in thousandths of
// a device x 10^6. A node without free devices loses nothing, and one of a class that the table
// does not know loses all that is free. The percentages were chosen on the published openb lists.
class LossTable {
 public:
  static constexpr std::int64_t kMillion = 1'000'000;

  struct Room {
    std::int64_t cpu = 0;
    ClassId accelerator_class;  // Valid where anything is free.
    std::int32_t idle = 0;      // Wholly free devices.
    std::int64_t free = 0;      // Thousandths, over all devices.
    std::int64_t rests = 0;     // Sum of rest_loss over all devices.
  };

  LossTable() : LossTable({}, {}) {}
  // `capacity`: thousandths of devices per class of the fleet.
  LossTable(std::span<const DemandTask> typical, std::span<const std::int64_t> capacity);

  // Requires: 0 <= free <= kDevice.
  [[nodiscard]] std::int32_t rest_loss(std::int32_t free) const {
    return rest_loss_[static_cast<std::size_t>(free)];
  }
  [[nodiscard]] std::int64_t loss(const Room& room) const;

 private:
  void fill_runs(std::span<const DemandTask> tasks);
  void fill_reserve(std::span<const DemandTask> tasks, std::span<const std::int64_t> capacity);

  CpuSteps steps_;
  std::array<std::int32_t, kDevice + 1> rest_loss_{};
  std::int64_t cpu_per_device_ = 1;
  std::size_t classes_ = 0;
  // By class, by how many of the wanted numbers of devices are within the idle ones, by CPU step:
  // millionths of T that run.
  std::vector<std::int32_t> runs_;
  std::size_t levels_ = 1;
  std::array<std::uint8_t, kDevicesMax + 1> level_of_{};  // Of a number of idle devices.
  std::vector<std::int64_t> reserve_;                     // Millionths, per class.
};

// Fragmentation as Weng et al. define it (ATC'23): the mean over typical tasks of the free capacity
// that a task of that kind cannot use. Exact, as a multiple of 1 / total().
class FragmentationTable {
 public:
  FragmentationTable() : FragmentationTable({}, 0) {}
  FragmentationTable(std::span<const DemandTask> typical, std::size_t classes);

  // Tasks that the typical ones stand for.
  [[nodiscard]] std::int64_t total() const { return total_; }

  // Sums over a node's devices and typical tasks, for a node with `cpu` free:
  // fragmentation x total() = free x total() - sum of useful(free of each device) - useful_whole().
  struct AtCpu {
    ClassId accelerator_class;
    std::size_t step = 0;
  };
  [[nodiscard]] AtCpu at(ClassId accelerator_class, std::int64_t cpu) const {
    return {accelerator_class, steps_.within(cpu)};
  }
  // Free thousandths of one device x tasks that ask for one device and can use them.
  [[nodiscard]] std::int64_t useful(const AtCpu& at, std::int32_t free) const;
  // The same for tasks of several devices, by the number of idle ones.
  [[nodiscard]] std::int64_t useful_whole(const AtCpu& at, std::int32_t idle) const;

 private:
  CpuSteps steps_;
  std::size_t classes_ = 0;
  std::int64_t total_ = 0;
  std::vector<std::int32_t> sizes_;                        // Thousandths that single tasks ask for.
  std::array<std::uint16_t, kDevice + 1> sizes_within_{};  // How many of them are within.
  std::vector<std::int64_t> single_;   // By class, step and number of sizes within: tasks.
  std::vector<std::int64_t> several_;  // By class, step and idle devices: tasks.
};

}  // namespace sillar::schedule
