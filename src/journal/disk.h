#pragma once

// The disk under a journal: whether it is one to be trusted, how much room it has, and a ballast:
// room that is held back so that what has to be written can be when nothing is left. Deleting rows
// needs room too, so it has to be a file of its own.

#include <cstdint>
#include <string>

#include "base/result.h"

namespace sillar::journal {

// Errors: kInvalidInput for a network file system, by its name: locks and syncs on it do not hold
// what a journal promises; kIo.
[[nodiscard]] Status check_file_system(const std::string& folder);

// What an ordinary user may still write. Errors: kIo.
[[nodiscard]] Result<std::int64_t> free_bytes(const std::string& folder);

// Not for use by several threads.
class DiskGuard {
 public:
  struct Options {
    std::int64_t low_water_bytes = std::int64_t{64} << 20;  // Less is low.
    std::int64_t ballast_bytes = std::int64_t{16} << 20;    // 0: none.
  };

  // Takes the ballast up where there is room for it.
  DiskGuard(std::string folder, Options options);

  // Whether only what gives back or settles should be written. Takes the ballast up again once
  // there is room for it beyond the low-water mark. A disk that cannot be asked is not low: the
  // next write will tell.
  [[nodiscard]] bool low();
  // A write has found no room: lets the ballast go. False: there was none.
  bool release();
  [[nodiscard]] bool holds_ballast() const { return held_; }

 private:
  [[nodiscard]] std::string path() const { return folder_ + "/ballast"; }
  bool take_up();

  std::string folder_;
  Options options_;
  bool held_ = false;
};

}  // namespace sillar::journal
