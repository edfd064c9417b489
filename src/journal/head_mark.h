#pragma once

// The head mark: a small file beside the database that says how far the journal was acknowledged.
// Written after each commit and not synced: it may be behind, but never ahead, so a journal that
// ends before its mark has lost what was acknowledged. SQLite drops what follows a damaged page of
// its write-ahead log without a word; this is what notices. Internal to journal.

#include <optional>
#include <string>

#include "base/result.h"
#include "journal/chain.h"
#include "journal/files.h"

namespace sillar::journal {

inline constexpr const char* kHeadMarkName = "head";

class HeadMark {
 public:
  // Made if it is not there. Errors: those of files.
  [[nodiscard]] static Result<HeadMark> open(const std::string& folder);
  // Two places take turns, so that a torn write leaves the one before.
  [[nodiscard]] Status write(const Mark& mark);

 private:
  HeadMark(std::string path, File file, std::size_t next)
      : path_(std::move(path)), file_(std::move(file)), next_(next) {}

  std::string path_;
  File file_;
  std::size_t next_;  // The place that the next mark goes to: not the newest's.
};

// The newest place that was marked; nothing where there is no mark, or none that is whole.
[[nodiscard]] std::optional<Mark> read_head_mark(const std::string& folder);

}  // namespace sillar::journal
