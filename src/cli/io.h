#pragma once

// What a verb sees of the process: two streams, its environment, files to read. Tests hand in their
// own; process_io.h has the real one.

#include <functional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"

namespace sillar::cli {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  // Writes all of `text`, or nothing more once a write has failed.
  virtual void write(std::string_view text) = 0;
  // The error number of the write that failed; 0: none did.
  [[nodiscard]] virtual int failure() const { return 0; }
};

struct Io {
  Sink& out;  // Data.
  Sink& err;  // Messages.
  // A variable's value; empty when it is unset.
  std::function<std::string(const std::string&)> environment;
  std::function<Result<std::string>(const std::string& path)> read;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int columns = 0;  // Of the terminal; 0: no bound.
};

}  // namespace sillar::cli
