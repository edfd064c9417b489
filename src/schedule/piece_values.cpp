#include "schedule/piece_values.h"

#include <algorithm>
#include <cmath>
#include <vector>

// Fused multiply-add would round differently from machine to machine.
#pragma STDC FP_CONTRACT OFF

namespace sillar::schedule {
namespace {

constexpr std::size_t kSizesMax = 32;  // Sizes the programme looks at, the most wanted ones.
constexpr int kPivotsMax = 300;        // Then the prices are taken as they are.
constexpr double kTiny = 1e-9;

struct Size {
  int cells = 0;
  std::int64_t wanted = 0;
};

// Sizes in hundredths of a device, rounded up, ascending.
std::vector<Size> wanted_sizes(std::span<const DemandTask> tasks) {
  std::array<std::int64_t, kCells + 1> wanted{};
  for (const DemandTask& task : tasks) {
    if (task.devices == 0) continue;
    wanted[static_cast<std::size_t>(std::clamp((task.thousandths + 9) / 10, 1, kCells))] +=
        task.count * task.devices;
  }
  std::vector<Size> sizes;
  for (int cells = 1; cells <= kCells; ++cells) {
    const std::int64_t count = wanted[static_cast<std::size_t>(cells)];
    if (count > 0) sizes.push_back({cells, count});
  }
  if (sizes.size() > kSizesMax) {
    std::sort(sizes.begin(), sizes.end(), [](const Size& a, const Size& b) {
      return a.wanted != b.wanted ? a.wanted > b.wanted : a.cells < b.cells;
    });
    sizes.resize(kSizesMax);
    std::sort(sizes.begin(), sizes.end(),
              [](const Size& a, const Size& b) { return a.cells < b.cells; });
  }
  return sizes;
}

// The revised simplex method on an explicit inverse of the basis, whose columns are patterns: how
// many pieces of each size one device is cut into.
class Programme {
 public:
  explicit Programme(std::vector<Size> sizes)
      : sizes_(std::move(sizes)),
        n_(sizes_.size()),
        inverse_(n_ * n_, 0.0),
        used_(n_),
        price_(n_),
        pattern_(n_),
        column_(n_) {
    std::int64_t total = 0;
    for (const Size& size : sizes_) total += size.wanted;
    // First a pattern for each size alone, as many of it as fit.
    for (std::size_t i = 0; i < n_; ++i) {
      const int fit = kCells / sizes_[i].cells;
      const auto copies = static_cast<double>(fit);
      inverse_[i * n_ + i] = 1.0 / copies;
      used_[i] = static_cast<double>(sizes_[i].wanted) / static_cast<double>(total) / copies;
    }
  }

  // worth()[r]: the most that r cells can be sold for.
  const std::array<double, kCells + 1>& solve() {
    for (int turn = 0;; ++turn) {
      find_prices();
      fill_knapsack();
      // No pattern is worth more than the device it is cut from: the prices are optimal.
      if (worth_[kCells] < 1 + 1e-7 || turn == kPivotsMax || !pivot()) return worth_;
    }
  }

 private:
  void find_prices() {
    for (std::size_t j = 0; j < n_; ++j) {
      price_[j] = 0;
      for (std::size_t i = 0; i < n_; ++i) price_[j] += inverse_[i * n_ + j];
      price_[j] = std::max(price_[j], 0.0);
    }
  }

  void fill_knapsack() {
    worth_[0] = 0;
    for (int r = 1; r <= kCells; ++r) {
      const auto at = static_cast<std::size_t>(r);
      worth_[at] = worth_[at - 1];
      last_[at] = kNone;
      for (std::size_t i = 0; i < n_ && sizes_[i].cells <= r; ++i) {
        const double with = worth_[static_cast<std::size_t>(r - sizes_[i].cells)] + price_[i];
        if (with <= worth_[at] + 1e-12) continue;
        worth_[at] = with;
        last_[at] = i;
      }
    }
  }

  // Brings the knapsack's pattern into the basis. False: the programme is as good as it gets.
  bool pivot() {
    std::fill(pattern_.begin(), pattern_.end(), 0.0);
    for (int r = kCells; r > 0;) {
      const std::size_t size = last_[static_cast<std::size_t>(r)];
      if (size == kNone) {
        --r;
        continue;
      }
      pattern_[size] += 1;
      r -= sizes_[size].cells;
    }
    std::size_t out = kNone;
    double step = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      column_[i] = 0;
      for (std::size_t j = 0; j < n_; ++j) column_[i] += inverse_[i * n_ + j] * pattern_[j];
      if (column_[i] <= kTiny || (out != kNone && used_[i] / column_[i] >= step)) continue;
      out = i;
      step = used_[i] / column_[i];
    }
    if (out == kNone) return false;
    exchange(out, step);
    return true;
  }

  void exchange(std::size_t out, double step) {
    for (std::size_t i = 0; i < n_; ++i) {
      if (i != out) used_[i] -= step * column_[i];
    }
    used_[out] = step;
    for (std::size_t j = 0; j < n_; ++j) inverse_[out * n_ + j] /= column_[out];
    for (std::size_t i = 0; i < n_; ++i) {
      if (i == out) continue;
      for (std::size_t j = 0; j < n_; ++j)
        inverse_[i * n_ + j] -= column_[i] * inverse_[out * n_ + j];
    }
  }

  static constexpr std::size_t kNone = SIZE_MAX;

  std::vector<Size> sizes_;
  std::size_t n_;
  std::vector<double> inverse_;  // n x n, row by row.
  std::vector<double> used_;     // Devices cut by each pattern of the basis.
  std::vector<double> price_;    // Of one piece of each size.
  std::vector<double> pattern_, column_;
  std::array<double, kCells + 1> worth_{};
  std::array<std::size_t, kCells + 1> last_{};  // The size sold last to get there.
};

}  // namespace

PieceValues piece_values(std::span<const DemandTask> tasks) {
  PieceValues values{};
  values[kCells] = kDevice;
  std::vector<Size> sizes = wanted_sizes(tasks);
  if (sizes.empty()) return values;
  Programme programme(std::move(sizes));
  const std::array<double, kCells + 1>& worth = programme.solve();
  for (std::size_t r = 0; r < kCells; ++r)
    values[r] = static_cast<std::int32_t>(std::floor(kDevice * worth[r] / worth[kCells] + 0.5));
  return values;
}

}  // namespace sillar::schedule
