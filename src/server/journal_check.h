#pragma once

// Holds the older part of the journal against its chain while the server runs: a start checks what
// comes after its snapshot, this the rest, once, on a thread that gives way to every other.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "base/result.h"
#include "journal/journal.h"

namespace sillar::server {

enum class JournalHealth : std::uint8_t { kUnknown, kIntact, kDamaged };

class JournalCheck {
 public:
  // `remark` is told, from the check's thread, the first entry that is not what was written.
  JournalCheck(std::string folder, std::function<void(const std::string&)> remark);
  // Stops where it is.
  ~JournalCheck();
  JournalCheck(const JournalCheck&) = delete;
  JournalCheck& operator=(const JournalCheck&) = delete;

  // From any thread. Unknown until the end is reached.
  [[nodiscard]] JournalHealth health() const { return health_.load(); }
  // Returns when it has ended by itself.
  void wait();

 private:
  void run();
  [[nodiscard]] Result<journal::Journal> open_for_reading() const;
  [[nodiscard]] Status check_once(journal::Mark& began);

  std::string folder_;
  std::function<void(const std::string&)> remark_;
  std::atomic<bool> stops_ = false;
  std::atomic<JournalHealth> health_ = JournalHealth::kUnknown;
  std::thread thread_;
};

}  // namespace sillar::server
