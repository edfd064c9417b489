#pragma once

// What a database has to do for a journal: keep rows and snapshots durably. It hashes nothing and
// decides nothing; journal.h does. One thread at a time.
//
// Errors: kInvalidInput for a place that holds something else, or of another version, or that is
// damaged; kLimit where the disk is full, after which everything is as it was before the call;
// kIo for every other refusal, after which what became of the call is unknown until the store is
// opened again. Messages name the file and say what to do.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journal/chain.h"

namespace sillar::journal {

struct Row {
  Mark mark;  // Behind the entry: its number, its hash.
  std::uint64_t epoch = 0;
  std::string body;
};

// At most so many rows and bytes of bodies at once, but one row in any case.
struct Limits {
  std::size_t rows_max = 1024;
  std::size_t bytes_max = std::size_t{4} << 20;
};

// A state's bytes, and the place in the journal that it is the state of.
struct KeptSnapshot {
  Mark mark;
  std::string bytes;
};

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  [[nodiscard]] virtual const std::string& name() const = 0;  // For messages.
  // The place before the first row that is kept, and the place behind the last.
  [[nodiscard]] virtual Result<Mark> first() = 0;
  [[nodiscard]] virtual Result<Mark> last() = 0;
  // The place behind the row of that number; nothing where it is not kept.
  [[nodiscard]] virtual Result<std::optional<Mark>> at(std::uint64_t seq) = 0;
  // Rows with a greater number, in order.
  [[nodiscard]] virtual Result<std::vector<Row>> rows(std::uint64_t after_seq, Limits limits) = 0;

  // Numbers of the snapshots that are kept, the newest first. One whose bytes are not those that
  // were put is an error to get (kInvalidInput).
  [[nodiscard]] virtual Result<std::vector<std::uint64_t>> snapshots() = 0;
  [[nodiscard]] virtual Result<KeptSnapshot> snapshot(std::uint64_t seq) = 0;

  // What follows requires a store that was opened for writing. All of it is durable on return.

  // Raises the epoch, which no other writer has had, and returns it.
  [[nodiscard]] virtual Result<std::uint64_t> begin_epoch() = 0;
  // All rows or none. Requires: numbers that follow the last row's.
  [[nodiscard]] virtual Status insert(std::span<const Row> rows) = 0;
  // Forgets the rows up to that number, which becomes the first place.
  [[nodiscard]] virtual Status remove_through(std::uint64_t seq) = 0;
  // The same number again replaces it.
  [[nodiscard]] virtual Status put_snapshot(const Mark& mark, std::string_view bytes) = 0;
  [[nodiscard]] virtual Status remove_snapshot(std::uint64_t seq) = 0;
};

enum class Access : std::uint8_t { kRead, kWrite };

}  // namespace sillar::journal
