#pragma once

// The process's own streams and environment.

#include <string>

#include "cli/io.h"

namespace sillar::cli {

// Writes to a file descriptor without a buffer of its own.
class DescriptorSink : public Sink {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}
  void write(std::string_view text) override;
  [[nodiscard]] int failure() const override { return failure_; }

 private:
  int descriptor_;
  int failure_ = 0;
};

// Terminals, their width (COLUMNS comes first) and the environment as they are now.
[[nodiscard]] Io process_io(Sink& out, Sink& err);

}  // namespace sillar::cli
