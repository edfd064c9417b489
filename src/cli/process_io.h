#pragma once

// The process's own streams and environment.

#include <memory>
#include <string>

#include "cli/io.h"

namespace sillar::cli {

// Writes to a file descriptor, which stays the caller's.
class DescriptorSink : public Sink {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}
  void write(std::string_view text) override;
  [[nodiscard]] int failure() const override { return failure_; }

 private:
  int descriptor_;
  int failure_ = 0;
};

// A new file of the folder, which is made if need be. Errors: kInvalidInput when it is there
// already, kIo.
[[nodiscard]] Result<std::unique_ptr<Sink>> create_file(const std::string& folder,
                                                        const std::string& name);

// Terminals, their width (COLUMNS comes first) and the environment as they are now.
[[nodiscard]] Io process_io(Sink& out, Sink& err);

}  // namespace sillar::cli
