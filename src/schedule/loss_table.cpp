#include "schedule/loss_table.h"

#include <algorithm>
#include <map>

#include "base/money.h"
#include "schedule/piece_values.h"

namespace sillar::schedule {
namespace {

constexpr std::int64_t kKeptPercent = 95;
constexpr std::int64_t kShortagePercent = 25;
constexpr std::int64_t kReservePercent = 20;

// part / whole in millionths, rounded half up.
std::int32_t millionths(std::int64_t part, std::int64_t whole) {
  return static_cast<std::int32_t>((Int128{2} * part * LossTable::kMillion + whole) /
                                   (Int128{2} * whole));
}

std::vector<DemandTask> with_devices(std::span<const DemandTask> typical) {
  std::vector<DemandTask> tasks;
  std::copy_if(typical.begin(), typical.end(), std::back_inserter(tasks),
               [](const DemandTask& task) { return task.devices > 0; });
  return tasks;
}

}  // namespace

CpuSteps::CpuSteps(std::span<const DemandTask> tasks) {
  for (const DemandTask& task : tasks) cpu_.push_back(task.cpu);
  std::sort(cpu_.begin(), cpu_.end());
  cpu_.erase(std::unique(cpu_.begin(), cpu_.end()), cpu_.end());
  for (std::size_t core = 0; core < from_core_.size(); ++core)
    from_core_[core] = static_cast<std::uint32_t>(
        std::lower_bound(cpu_.begin(), cpu_.end(), static_cast<std::int64_t>(core) * 1000) -
        cpu_.begin());
}

LossTable::LossTable(std::span<const DemandTask> typical, std::span<const std::int64_t> capacity) {
  const std::vector<DemandTask> tasks = with_devices(typical);
  const PieceValues values = piece_values(tasks);
  for (std::size_t free = 0; free < kDevice; ++free)
    rest_loss_[free] = static_cast<std::int32_t>(static_cast<std::int64_t>(free) -
                                                 values[free / 10] * kKeptPercent / 100);
  Int128 cpu = 0;
  Int128 devices = 0;
  for (const DemandTask& task : tasks) {
    cpu += Int128{task.cpu} * task.count;
    devices += Int128{task.total()} * task.count;
  }
  if (devices > 0)
    cpu_per_device_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(cpu * kDevice / devices));
  classes_ = capacity.size();
  reserve_.assign(classes_, 0);
  steps_ = CpuSteps(tasks);
  fill_runs(tasks);
  fill_reserve(tasks, capacity);
}

void LossTable::fill_runs(std::span<const DemandTask> tasks) {
  // Tasks of one device are left to the rests; the others need that many idle devices.
  std::array<bool, kDevicesMax + 1> wanted{};
  std::int64_t total = 0;
  for (const DemandTask& task : tasks) {
    if (task.devices > 1) wanted[static_cast<std::size_t>(task.devices)] = true;
    total += task.count;
  }
  for (std::size_t idle = 1; idle <= kDevicesMax; ++idle)
    level_of_[idle] = static_cast<std::uint8_t>(level_of_[idle - 1] + (wanted[idle] ? 1 : 0));
  levels_ = level_of_[kDevicesMax] + std::size_t{1};
  const std::size_t width = steps_.count() + 1;
  std::vector<std::int64_t> counts(classes_ * levels_ * width, 0);
  for (const DemandTask& task : tasks) {
    const std::size_t step = steps_.within(task.cpu);
    const std::size_t needed =
        task.devices > 1 ? level_of_[static_cast<std::size_t>(task.devices)] : 0;
    for (std::size_t c = 0; c < classes_; ++c) {
      if (!task.classes[c]) continue;
      for (std::size_t level = needed; level < levels_; ++level)
        counts[(c * levels_ + level) * width + step] += task.count;
    }
  }
  runs_.assign(counts.size(), 0);
  for (std::size_t row = 0; row < counts.size(); row += width) {
    std::int64_t within = 0;
    for (std::size_t step = 0; step < width; ++step) {
      within += counts[row + step];
      runs_[row + step] = total > 0 ? millionths(within, total) : 0;
    }
  }
}

void LossTable::fill_reserve(std::span<const DemandTask> tasks,
                             std::span<const std::int64_t> capacity) {
  Int128 all = 0;
  for (const std::int64_t of_class : capacity) all += of_class;
  Int128 asked = 0;
  std::map<std::vector<bool>, Int128> by_classes;
  for (const DemandTask& task : tasks) {
    const Int128 devices = Int128{task.total()} * task.count;
    asked += devices;
    by_classes[task.classes] += devices;
  }
  for (const auto& [classes, devices] : by_classes) {
    Int128 allowed = 0;
    for (std::size_t c = 0; c < capacity.size(); ++c) allowed += classes[c] ? capacity[c] : 0;
    if (allowed == 0 || allowed == all) continue;
    // Of each accepted class, the share that these tasks want, rounded down to millionths twice so
    // that nothing overflows.
    const Int128 share = devices * kMillion / asked;
    const auto of_class = static_cast<std::int64_t>(share * all / allowed);
    for (std::size_t c = 0; c < capacity.size(); ++c) reserve_[c] += classes[c] ? of_class : 0;
  }
  for (std::int64_t& reserve : reserve_)
    reserve = std::min(reserve, kMillion) * kReservePercent / 100;
}

std::int64_t LossTable::loss(const Room& room) const {
  if (room.free == 0) return 0;
  const std::size_t c = room.accelerator_class.index();
  if (c >= classes_) return kMillion * room.free;
  const std::size_t level = level_of_[static_cast<std::size_t>(room.idle)];
  const std::int64_t open =
      runs_[(c * levels_ + level) * (steps_.count() + 1) + steps_.within(room.cpu)];
  std::int64_t shortage = 0;
  if (room.cpu * kDevice < room.free * cpu_per_device_)  // Most nodes are spared the division.
    shortage = room.free - room.cpu * kDevice / cpu_per_device_;
  return (kMillion - open) * room.free + open * (room.rests + shortage * kShortagePercent / 100) -
         reserve_[c] * room.free;
}

FragmentationTable::FragmentationTable(std::span<const DemandTask> typical, std::size_t classes)
    : classes_(classes) {
  const std::vector<DemandTask> tasks = with_devices(typical);
  for (const DemandTask& task : typical) total_ += task.count;
  for (const DemandTask& task : tasks) {
    if (task.devices == 1) sizes_.push_back(task.thousandths);
  }
  std::sort(sizes_.begin(), sizes_.end());
  sizes_.erase(std::unique(sizes_.begin(), sizes_.end()), sizes_.end());
  for (std::size_t free = 0; free <= kDevice; ++free)
    sizes_within_[free] = static_cast<std::uint16_t>(
        std::upper_bound(sizes_.begin(), sizes_.end(), static_cast<std::int32_t>(free)) -
        sizes_.begin());
  steps_ = CpuSteps(tasks);

  const std::size_t rows = classes * (steps_.count() + 1);
  const std::size_t width = sizes_.size() + 1;
  single_.assign(rows * width, 0);
  several_.assign(rows * (kDevicesMax + 1), 0);
  for (const DemandTask& task : tasks) {
    for (std::size_t c = 0; c < classes; ++c) {
      if (!task.classes[c]) continue;
      for (std::size_t step = steps_.within(task.cpu); step <= steps_.count(); ++step) {
        const std::size_t row = c * (steps_.count() + 1) + step;
        if (task.devices == 1) {
          for (std::size_t size = sizes_within_[static_cast<std::size_t>(task.thousandths)];
               size < width; ++size)
            single_[row * width + size] += task.count;
        } else {
          for (auto idle = static_cast<std::size_t>(task.devices); idle <= kDevicesMax; ++idle)
            several_[row * (kDevicesMax + 1) + idle] += task.count;
        }
      }
    }
  }
}

std::int64_t FragmentationTable::useful(const AtCpu& at, std::int32_t free) const {
  if (at.accelerator_class.index() >= classes_) return 0;
  const std::size_t row = at.accelerator_class.index() * (steps_.count() + 1) + at.step;
  return free * single_[row * (sizes_.size() + 1) + sizes_within_[static_cast<std::size_t>(free)]];
}

std::int64_t FragmentationTable::useful_whole(const AtCpu& at, std::int32_t idle) const {
  if (at.accelerator_class.index() >= classes_) return 0;
  const std::size_t row = at.accelerator_class.index() * (steps_.count() + 1) + at.step;
  return idle * kDevice * several_[row * (kDevicesMax + 1) + static_cast<std::size_t>(idle)];
}

}  // namespace sillar::schedule
