#pragma once

// One line of the audit log: who did what to which object, or was refused. Its text is canonical
// JSON, one form for each leaf, so that its hash means something.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace sillar::server {

// How the actor proved who it is.
enum class AuthMethod : std::uint8_t { kNone, kApiKey, kOidc, kFirstRun, kSystem };
enum class AuditOutcome : std::uint8_t { kAllowed, kRefused };
// Where a request came from, without saying from whom.
enum class SourceClass : std::uint8_t { kNone, kLoopback, kPrivate, kPublic };

[[nodiscard]] std::string_view word_of(AuthMethod method);
[[nodiscard]] std::string_view word_of(AuditOutcome outcome);
[[nodiscard]] std::string_view word_of(SourceClass source);

// Longer texts are cut.
inline constexpr std::size_t kAuditTextBytesMax = 512;
inline constexpr std::size_t kAuditLeafBytesMax = 16 << 10;

// Texts may be anything a client sent: what could pass for the end of a line, or direct a terminal
// or the reading order, is replaced.
struct AuditLeaf {
  std::uint64_t index = 0;
  Time at;
  // An id of Identity, never a name: who an id is can be forgotten without touching the log.
  std::string actor;
  AuthMethod method = AuthMethod::kNone;
  std::string project;
  std::string action;  // As in access.h: "workload.submit".
  std::string object;  // "workload/acme/research/llm".
  AuditOutcome outcome = AuditOutcome::kAllowed;
  std::string code;    // Why it was refused; empty where it was not.
  std::string before;  // Hex hashes of the object; empty where there was none.
  std::string after;
  std::string request;  // The request's id.
  SourceClass source = SourceClass::kNone;

  friend bool operator==(const AuditLeaf&, const AuditLeaf&) = default;
};

[[nodiscard]] std::string leaf_text(const AuditLeaf& leaf);
// Errors (kInvalidInput): anything but the text of a leaf.
[[nodiscard]] Result<AuditLeaf> read_leaf(std::string_view text);
// Whether this can be leaf number `index`, by how it begins.
[[nodiscard]] bool begins_leaf(std::string_view text, std::uint64_t index);

// By a textual IPv4 or IPv6 address without a port; kNone for anything else.
[[nodiscard]] SourceClass source_class(std::string_view address);

}  // namespace sillar::server
