#pragma once

// Folders that go with their test, and journals of a random life. For tests of this room.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/entry.h"
#include "engine/random_life.h"
#include "engine/snapshot.h"
#include "journal/journal.h"
#include "journal/sqlite_store.h"

namespace sillar::journal {

class TestFolder {
 public:
  TestFolder() {
    std::string path = (std::filesystem::temp_directory_path() / "sillar-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    path_ = path;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string bytes_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << bytes;
}

inline void flip_byte(const std::string& path, std::size_t at) {
  std::string bytes = bytes_of_file(path);
  ASSERT_LT(at, bytes.size());
  bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
  write_file(path, bytes);
}

inline Result<Journal> open_journal(const std::string& folder, Access access) {
  SILLAR_TRY(store, open_sqlite(folder, access));
  return Journal::open(std::move(store), access);
}

// An engine whose every input goes to a journal, a few to a batch.
class JournalledLife {
 public:
  explicit JournalledLife(std::uint64_t seed) : life_(seed) {}

  [[nodiscard]] const State& state() const { return state_; }

  // Appends `batches` of one to seven entries.
  void go_on(Journal& journal, int batches) {
    for (int i = 0; i < batches; ++i) {
      std::vector<std::string> bodies;
      while (bodies.size() < static_cast<std::size_t>(1 + i % 7)) {
        const Input input = state_.world ? life_.next(state_) : life_.configure();
        const auto facts = step(state_, scratch_, input);
        if (facts) bodies.push_back(entry_bytes(input, *facts));
      }
      const Status appended = journal.append(journal.last().seq + 1, bodies);
      ASSERT_TRUE(appended.has_value()) << appended.error().message;
    }
  }
  void keep_snapshot(Journal& journal) {
    const Status kept = journal.keep_snapshot(save(state_).bytes);
    ASSERT_TRUE(kept.has_value()) << kept.error().message;
  }

 private:
  RandomLife life_;
  State state_;
  Scratch scratch_;
};

}  // namespace sillar::journal
