#pragma once

// What a verb sees of the process: two streams, its environment, files to read. Tests hand in their
// own; process_io.h has the real one.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"
#include "base/time.h"

namespace sillar::cli {

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  // Writes all of `text`, or nothing more once a write has failed.
  virtual void write(std::string_view text) = 0;
  // Hands on what is held back.
  virtual void flush() {}
  // The error number of the write that failed; 0: none did.
  [[nodiscard]] virtual int failure() const { return 0; }
};

struct Io {
  Sink& out;  // Data.
  Sink& err;  // Messages.
  // A variable's value; empty when it is unset.
  std::function<std::string(const std::string&)> environment;
  // A whole file, or standard input for "-". Errors: those of read_file.
  std::function<Result<std::string>(const std::string& path, std::size_t bytes_max)> read;
  // A new file in a folder that is made if need be. Errors (kInvalidInput, kIo): it is there.
  std::function<Result<std::unique_ptr<Sink>>(const std::string& folder, const std::string& name)>
      create;
  // Monotonic, and the most memory that the process has held. Without them what they measure is 0.
  std::function<Duration()> clock;
  std::function<std::int64_t()> peak_memory_bytes;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  int columns = 0;  // Of the terminal; 0: no bound.
  // Asks whoever sits there, and whether the answer was yes. Empty: nobody sits there.
  std::function<bool(std::string_view question)> confirm = {};
};

}  // namespace sillar::cli
