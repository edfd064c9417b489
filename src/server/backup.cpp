#include "server/backup.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "journal/backup.h"
#include "journal/sqlite_store.h"
#include "server/audit_verify.h"
#include "server/core.h"
#include "server/roles.h"
#include "server/secret_file.h"
#include "server/signing_key.h"

namespace sillar::server {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0700;
constexpr mode_t kDataMode = 0755;  // Commands of other users run in folders below it.

// A folder that is made for something whole, and is gone again if it does not become so.
class NewFolder {
 public:
  [[nodiscard]] static Result<NewFolder> make(const std::string& path, mode_t mode) {
    std::error_code error;
    const bool there = fs::exists(path, error);
    if (there && !fs::is_empty(path, error))
      return fail(ErrorCode::kConflict,
                  fmt::format("{}: it is there and not empty; name a new folder", path));
    if (!there) fs::create_directories(path, error);
    if (error) return fail(ErrorCode::kIo, fmt::format("{}: {}", path, error.message()));
    if (::chmod(path.c_str(), mode) != 0)
      return fail(ErrorCode::kIo, fmt::format("{}: its mode cannot be set", path));
    return NewFolder(path, there);
  }
  NewFolder(NewFolder&& other) noexcept
      : path_(std::move(other.path_)), was_there_(other.was_there_) {
    other.path_.clear();
  }
  NewFolder& operator=(NewFolder&&) = delete;
  ~NewFolder() {
    if (path_.empty()) return;
    std::error_code ignored;
    if (!was_there_) {
      fs::remove_all(path_, ignored);
      return;
    }
    for (const auto& entry : fs::directory_iterator(path_, ignored))
      fs::remove_all(entry.path(), ignored);
  }
  void keep() { path_.clear(); }

 private:
  NewFolder(std::string path, bool was_there) : path_(std::move(path)), was_there_(was_there) {}

  std::string path_;
  bool was_there_;
};

Status make_journal_folder(const std::string& data) {
  std::error_code error;
  fs::create_directory(data + "/journal", error);
  if (error) return fail(ErrorCode::kIo, fmt::format("{}/journal: {}", data, error.message()));
  return {};
}

// Small files that are their owner's alone: keys, tokens, whatever else is kept as a secret.
Status copy_secrets(const std::string& from, const std::string& to) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    struct stat about{};
    if (::lstat(entry.path().c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
    const bool secret =
        (about.st_mode & 0177U) == 0 && static_cast<std::size_t>(about.st_size) <= kSecretBytesMax;
    const std::string name = entry.path().filename().string();
    if (!secret || name == "lock") continue;
    SILLAR_TRY(bytes, read_secret(from, name));
    SILLAR_TRY_STATUS(write_secret(to, name, bytes));
  }
  if (error) return fail(ErrorCode::kIo, fmt::format("{}: {}", from, error.message()));
  return {};
}

Status copy_all(const std::string& from, const std::string& to) {
  SILLAR_TRY_STATUS(make_journal_folder(to));
  SILLAR_TRY_STATUS(journal::back_up_journal(from + "/journal", to + "/journal"));
  SILLAR_TRY_STATUS(copy_secrets(from, to));
  auto key = read_secret(from + "/journal", kSigningKeyFile);
  if (!key && key.error().code == ErrorCode::kNotFound) return {};
  if (!key) return tl::unexpected(key.error());
  return write_secret(to + "/journal", kSigningKeyFile, *key);
}

Status verify_all(const std::string& data, BackupReport& report) {
  const std::string folder = data + "/journal";
  SILLAR_TRY_STATUS(journal::verify_backup(folder));
  SILLAR_TRY(store, journal::open_sqlite(folder, journal::Access::kRead));
  SILLAR_TRY(journal, journal::Journal::open(std::move(store), journal::Access::kRead));
  report.entries = journal.last().seq;
  if (!journal::holds_archive(folder)) return {};
  SILLAR_TRY(verdict, verify_audit({folder, {}, {}}));
  if (!verdict.intact) return invalid(fmt::format("{}: {}", folder, verdict.fault));
  report.leaves = verdict.head.size;
  return {};
}

Result<std::unique_ptr<Core>> open_restored(const std::string& data,
                                            const std::function<Time()>& clock) {
  const std::string folder = data + "/journal";
  SILLAR_TRY_STATUS(journal::raise_epoch(folder, kRestoreEpochLeap));
  SILLAR_TRY(store, journal::open_sqlite(folder, journal::Access::kWrite));
  SILLAR_TRY(journal, journal::Journal::open(std::move(store), journal::Access::kWrite));
  CoreOptions options;
  options.clock = clock;
  options.remark = [](const std::string&) {};
  SILLAR_TRY(archive, journal::Archive::open(folder, journal::Access::kWrite));
  options.archive = std::move(archive);
  return Core::open(std::move(journal), std::move(options));
}

// Inputs in batches that the journal takes.
class Settler {
 public:
  explicit Settler(Core& core) : core_(core) { core_.begin(); }

  Status input(InputBody body) {
    SILLAR_TRY_STATUS(core_.input(std::move(body)));
    return core_.batch_is_full() ? finish() : Status{};
  }
  Status finish() {
    SILLAR_TRY_STATUS(core_.commit());
    core_.end();
    core_.begin();
    return {};
  }

 private:
  Core& core_;
};

Status hold_everything(Core& core, Settler& settler, BackupReport& report) {
  const State& state = core.state();
  for (std::uint32_t w = 0; w < state.workloads.size(); ++w) {
    if (state.workloads[w].finished != Time::never()) continue;
    ++report.held;
    SILLAR_TRY_STATUS(settler.input(Hold{state.spec(WorkloadId{w}).name}));
  }
  return {};
}

Status take_back_what_ran(Core& core, Settler& settler, BackupReport& report) {
  const State& state = core.state();
  std::vector<NodeId> drained;
  for (std::uint32_t n = 0; n < state.board.node_count(); ++n) {
    if (state.board.tasks_on(NodeId{n}).empty()) continue;
    SILLAR_TRY(facts, core.input(Drain{NodeId{n}, true}));
    if (!facts.empty()) drained.push_back(NodeId{n});
  }
  SILLAR_TRY_STATUS(settler.finish());
  for (std::uint32_t t = 0; t < state.board.task_count(); ++t) {
    if (state.board.task(TaskId{t}).phase != schedule::Phase::kStopping) continue;
    ++report.stopped;
    SILLAR_TRY_STATUS(settler.input(TaskObserved{TaskId{t}, TaskEvent::kStopped}));
  }
  for (const NodeId node : drained) SILLAR_TRY_STATUS(settler.input(Drain{node, false}));
  return settler.finish();
}

Status settle(Core& core, BackupReport& report) {
  if (!core.state().world) return {};
  SILLAR_TRY(key, audit_key(core.journal().name().substr(0, core.journal().name().rfind('/')),
                            core.parts().installation.name()));
  core.sign_audit_with(std::move(key));
  Settler settler(core);
  SILLAR_TRY_STATUS(hold_everything(core, settler, report));
  SILLAR_TRY_STATUS(settler.finish());
  SILLAR_TRY_STATUS(take_back_what_ran(core, settler, report));
  AuditLeaf leaf;
  leaf.at = core.now();
  leaf.actor = "restore";
  leaf.method = AuthMethod::kSystem;
  leaf.action = rule_of(Action::kServerOperate).name;
  leaf.object = "installation/" + core.parts().installation.name();
  core.record(PartId::kAudit, core.parts().audit.record(std::move(leaf)));
  SILLAR_TRY_STATUS(settler.finish());
  return core.keep_snapshot();
}

}  // namespace

Result<BackupReport> back_up(const std::string& data, const std::string& to) {
  SILLAR_TRY(folder, NewFolder::make(to, kOwnerOnly));
  BackupReport report;
  SILLAR_TRY_STATUS(copy_all(data, to));
  SILLAR_TRY_STATUS(verify_all(to, report));
  folder.keep();
  return report;
}

Result<BackupReport> restore_backup(const std::string& from, const std::string& data,
                                    const std::function<Time()>& clock) {
  BackupReport report;
  SILLAR_TRY_STATUS(verify_all(from, report));
  SILLAR_TRY(folder, NewFolder::make(data, kDataMode));
  SILLAR_TRY_STATUS(copy_all(from, data));
  {
    SILLAR_TRY(core, open_restored(data, clock));
    SILLAR_TRY_STATUS(settle(*core, report));
  }
  SILLAR_TRY_STATUS(verify_all(data, report));
  folder.keep();
  return report;
}

}  // namespace sillar::server
