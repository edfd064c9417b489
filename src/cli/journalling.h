#pragma once

// A journal on disk, written while a simulation runs, as a server writes one: batches of entries,
// each durable before the next, and now and then a snapshot.

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "journal/journal.h"

namespace sillar::cli {

// An entry waits for its batch; a simulation acts on nothing outside, so it need not be durable
// before the next decision.
inline constexpr std::size_t kJournalBatchEntries = 256;
inline constexpr std::size_t kJournalBatchBytes = std::size_t{1} << 20;

class JournalWriter {
 public:
  // A journal without entries in this folder, made if need be. Errors: those of the store;
  // kInvalidInput where there are entries.
  [[nodiscard]] static Result<JournalWriter> open(const std::string& folder);

  // `state` is the one after the facts. Errors: those of Journal.
  [[nodiscard]] Status write(const State& state, const Input& input,
                             const std::vector<Fact>& facts);
  // What is left of the last batch, and a snapshot. Errors: likewise.
  [[nodiscard]] Status finish(const State& state);

 private:
  explicit JournalWriter(journal::Journal journal) : journal_(std::move(journal)) {}

  Status flush();
  Status keep_snapshot(const State& state);

  journal::Journal journal_;
  std::vector<std::string> batch_;
  std::size_t batch_bytes_ = 0;
  std::uint64_t entries_since_snapshot_ = 0;
  std::size_t bytes_since_snapshot_ = 0;
  std::size_t snapshot_bytes_ = 0;  // Of the last one.
};

}  // namespace sillar::cli
