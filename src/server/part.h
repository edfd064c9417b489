#pragma once

// What the server keeps beside the engine's state, in parts that know nothing of each other:
// answers that were given, who may do what, the audit log's tip, alerts. A part changes only by
// records, which go into the journal with the decision that they belong to, so that a restart finds
// all of it or none.

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace sillar::server {

// Numbers are kept in journals: never renumbered, never reused.
enum class PartId : std::uint8_t {
  kInstallation = 1,
  kAnswers = 2,
  kIdentity = 3,
  kAudit = 4,
  kAlerts = 5,
};

class Part {
 public:
  Part() = default;
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;
  virtual ~Part() = default;

  [[nodiscard]] virtual PartId id() const = 0;
  // As it was when the process began.
  virtual void clear() = 0;
  // Errors (kInvalidInput): bytes that no record of this part has, or that do not fit what it
  // holds; the part is then of no more use.
  [[nodiscard]] virtual Status apply(std::string_view record) = 0;
  // Equal parts write equal bytes.
  virtual void append_state(std::string& out) const = 0;
  // Requires: it was cleared. Errors (kInvalidInput): anything that append_state does not write.
  [[nodiscard]] virtual Status read_state(std::string_view bytes) = 0;
};

}  // namespace sillar::server
