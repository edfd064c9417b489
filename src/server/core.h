#pragma once

// The control plane without its threads: the engine's state, the server's parts and the journal,
// moved on in batches. Within a batch commands are decided one after the other; commit() makes all
// of it durable, and only then may anybody be told. One thread.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "journal/archive.h"
#include "journal/journal.h"
#include "server/alerts.h"
#include "server/answers.h"
#include "server/audit.h"
#include "server/front_state.h"
#include "server/identity.h"
#include "server/installation.h"

namespace sillar::server {

using InputBody = decltype(Input::body);

struct Parts {
  Installation installation;
  Answers answers;
  Identity identity;
  AuditLog audit;
  Alerts alerts;
};

// An input that has become an entry of the journal.
struct Step {
  std::uint64_t seq = 0;
  Time at;
  std::vector<Fact> facts;
};

// How much is written between two snapshots: that many bodies, and that many times the last
// snapshot's bytes.
inline constexpr std::uint64_t kSnapshotBodies = 20'000;
inline constexpr std::size_t kSnapshotGrowth = 1;
// Archive, hourly lines of the ledger. Key: start, node, project (-1: idle), kind; value: end,
// nano-units.
inline constexpr std::string_view kLedgerStream = "ledger";
[[nodiscard]] journal::ArchiveRow ledger_row(const LedgerLine& line);
// A batch takes no further command beyond these; one command may still pass them by what it is.
inline constexpr std::size_t kBatchBodies = 2048;
inline constexpr std::size_t kBatchBytes = std::size_t{16} << 20;

struct CoreOptions {
  // Where audit leaves stay once the journal has forgotten them.
  std::optional<journal::Archive> archive;
  std::function<Time()> clock;  // May jump; the journal's time does not go back.
  journal::Retention retention;
  std::function<void(const std::string&)> remark;  // One sentence to whoever operates this.
};

class Core {
 public:
  // Starts from what the journal holds. Errors: those of restart.
  [[nodiscard]] static Result<std::unique_ptr<Core>> open(journal::Journal journal,
                                                          CoreOptions options);

  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] const Parts& parts() const { return parts_; }
  [[nodiscard]] Time now() const { return now_; }
  [[nodiscard]] std::uint64_t seq() const { return journal_.last().seq + bodies_.size(); }
  [[nodiscard]] std::uint64_t durable_seq() const { return journal_.last().seq; }
  [[nodiscard]] std::uint64_t epoch() const { return journal_.epoch(); }
  [[nodiscard]] const journal::Journal& journal() const { return journal_; }
  // What a restart would have to apply, and when a snapshot was last taken by this process.
  [[nodiscard]] std::uint64_t entries_since_snapshot() const {
    return bodies_since_snapshot_ + (snapshot_at_ ? 0 : restarted_);
  }
  [[nodiscard]] std::optional<Time> snapshot_at() const { return snapshot_at_; }
  // How many entries the start applied after its snapshot.
  [[nodiscard]] std::uint64_t restarted_entries() const { return restarted_; }

  // Looks at the clock. Before the first input of a batch.
  void begin();
  // Decides and applies. An input that gives no fact leaves no trace. Errors: those of decide,
  // after which nothing has changed.
  [[nodiscard]] Result<std::vector<Fact>> input(InputBody body);
  // Requires: a record that the part accepts.
  void record(PartId part, std::string_view record);
  // Whether who may do what has changed since the last commit.
  [[nodiscard]] bool identity_changed() const { return identity_changed_; }
  [[nodiscard]] const std::optional<journal::Archive>& archive() const { return options_.archive; }
  [[nodiscard]] bool batch_is_full() const {
    return bodies_.size() >= kBatchBodies || batch_bytes_ >= kBatchBytes;
  }

  // What was decided since the last commit, whether or not that succeeded.
  [[nodiscard]] std::span<const Step> steps() const { return steps_; }
  // Durable on return. Errors: kLimit: the disk is full, nothing of the batch has happened and the
  // state is as it was before it; others end this core, whose journal has to be opened again.
  [[nodiscard]] Status commit();
  // Forgets the steps; takes a snapshot where one is due.
  void end();
  // A snapshot now, so that the next start is quick. Errors: those of the journal.
  [[nodiscard]] Status keep_snapshot();

  // A checkpoint of the audit log is signed with each snapshot from now on.
  void sign_audit_with(SigningKey key) { audit_key_ = std::move(key); }

  // A fork may be asked what would happen; see engine/explain.h.
  [[nodiscard]] Scratch& scratch() { return scratch_; }

 private:
  Core(journal::Journal journal, CoreOptions options);
  [[nodiscard]] Status load();
  void add_body(std::string body);
  [[nodiscard]] Status fill_archive();
  void archive_lines();

  journal::Journal journal_;
  CoreOptions options_;
  State state_;
  Scratch scratch_;
  Parts parts_;
  FrontState front_;
  Time now_;
  std::uint64_t restarted_ = 0;
  std::vector<std::string> bodies_;
  std::size_t batch_bytes_ = 0;
  std::vector<Step> steps_;
  bool identity_changed_ = false;
  std::optional<SigningKey> audit_key_;
  std::uint64_t bodies_since_snapshot_ = 0;
  std::size_t bytes_since_snapshot_ = 0;
  std::size_t snapshot_bytes_ = 0;
  std::optional<Time> snapshot_at_;
};

}  // namespace sillar::server
