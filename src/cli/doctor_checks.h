#pragma once

// The checks of `sillar doctor`. Each looks and changes nothing, and none stops the others.

#include <string>

#include "cli/verb.h"

namespace sillar::cli {

// Less free room is worth a word; the service takes nothing new below its low-water mark.
inline constexpr std::int64_t kRoomComfortable = std::int64_t{1} << 30;
inline constexpr std::int64_t kDescriptorsLeast = 4096;
inline constexpr Duration kCertificateLeast = Duration::hours(14 * 24);
inline constexpr Duration kClockSlack = Duration::seconds(1);
// Of the journal's end, held against the chain: all of it is for `journal verify`.
inline constexpr std::uint64_t kTailEntries = 10'000;

class Doctor {
 public:
  explicit Doctor(const Context& context);

  void check_all();
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] Value take_checks() { return std::move(checks_); }

 private:
  enum class Outcome : std::uint8_t { kOk, kWarn, kFail };

  void note(std::string_view check, Outcome outcome, Message text, Fields fields = {},
            Message advice = Message::kNone);
  void note_fault(std::string_view check, const Error& error, Message advice);

  void check_folder();
  void check_room();
  void check_secrets();
  void check_journal();
  void check_groups();
  void check_devices();
  void check_descriptors();
  void check_certificate();
  void check_server();
  void check_versions();

  const Context& context_;
  std::string data_;
  Value checks_ = Value::sequence();
  bool failed_ = false;
};

}  // namespace sillar::cli
