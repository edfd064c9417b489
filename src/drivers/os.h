#pragma once

// The few words of Linux that this room needs. Internal to drivers.

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sillar::drivers {

// Owns an open descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(other.descriptor_) {
    other.descriptor_ = -1;
  }
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { close(); }

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  void close();

 private:
  int descriptor_ = -1;
};

// kNotFound, kLimit for a full disk or too many of something, or kIo; `what` and the system's word.
[[nodiscard]] tl::unexpected<Error> os_fault(std::string_view what, int error);

[[nodiscard]] Status write_all(int descriptor, std::string_view bytes, std::string_view what);
// What an open file holds. Errors: kInvalidInput when that is more than `bytes_max`; kIo.
[[nodiscard]] Result<std::string> read_all(int descriptor, std::size_t bytes_max,
                                           std::string_view what);
// The same of the kernel's own small files; empty when there is none.
[[nodiscard]] std::string read_kernel_file(const std::string& path);
// Writes to one of them. Returns 0 or errno.
[[nodiscard]] int write_kernel_file(const std::string& path, std::string_view text);
[[nodiscard]] std::vector<std::string> names_in_folder(int folder);

[[nodiscard]] Time wall_clock();
// Goes on while the machine sleeps, and never back.
[[nodiscard]] Duration since_boot();
// Another after each start of the machine; empty when the kernel does not tell.
[[nodiscard]] std::string boot_id();

struct ProcessStat {
  pid_t parent = 0;
  std::int64_t start_ticks = 0;  // Since boot: with the pid, names one process for ever.
  bool ended = false;            // A zombie, or about to be one.
};
// From the text of /proc/PID/stat. Errors: kInvalidInput.
[[nodiscard]] Result<ProcessStat> parse_process_stat(std::string_view text);
// Errors: kNotFound when there is no such process.
[[nodiscard]] Result<ProcessStat> process_stat(pid_t pid);
// Every process, in the kernel's order.
[[nodiscard]] std::vector<pid_t> all_processes();

// Not open when the process is gone.
[[nodiscard]] Descriptor open_process(pid_t pid);
// Sends a signal with a number to exactly that process. Returns 0 or errno.
int send_number(const Descriptor& process, int signal, int number);
// Whether the process ended within `patience`.
bool wait_for_end(const Descriptor& process, Duration patience);

// Closes everything but the three standard ones.
void close_other_descriptors();

}  // namespace sillar::drivers
