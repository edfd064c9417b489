#pragma once

// A line of progress on a terminal's standard error, written over as it goes on.

#include <string_view>

#include "cli/verb.h"

namespace sillar::cli {

// Shows nothing where standard error is no terminal, or with --quiet. Wipes its line when it ends.
class Progress {
 public:
  explicit Progress(const Context& context);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void show(int thousandths, std::string_view detail);

 private:
  const Context& context_;
  bool wanted_;
  bool shown_ = false;
};

}  // namespace sillar::cli
