#include "server/core.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "engine/budgets.h"
#include "engine/entry.h"
#include "engine/snapshot.h"
#include "journal/restart.h"

namespace sillar::server {

Core::Core(journal::Journal journal, CoreOptions options)
    : journal_(std::move(journal)),
      options_(std::move(options)),
      front_({&parts_.installation, &parts_.answers, &parts_.identity, &parts_.audit,
              &parts_.alerts}) {}

Result<std::unique_ptr<Core>> Core::open(journal::Journal journal, CoreOptions options) {
  std::unique_ptr<Core> core(new Core(std::move(journal), std::move(options)));
  if (core->options_.archive) SILLAR_TRY_STATUS(core->options_.archive->follows(core->journal_));
  SILLAR_TRY_STATUS(core->load());
  core->begin();
  return core;
}

Status Core::load() {
  SILLAR_TRY(start, journal::restart(journal_, {}, &front_));
  for (const std::string& why : start.unusable) options_.remark(why);
  state_ = std::move(start.state);
  scratch_ = Scratch();
  identity_changed_ = true;
  if (options_.archive) {
    parts_.audit.archive(*options_.archive);
    archive_lines();
  }
  restarted_ = start.applied;
  // An answer may be later than the last input: the clock is allowed to go back meanwhile.
  now_ = std::max({now_, state_.now, parts_.answers.last()});
  return {};
}

void Core::begin() {
  now_ = std::max(now_, options_.clock());
}

Result<std::vector<Fact>> Core::input(InputBody body) {
  const Input input{now_, std::move(body)};
  SILLAR_TRY(facts, decide(state_, scratch_, input));
  if (facts.empty()) return facts;
  for (const Fact& fact : facts) apply(state_, fact);
  add_body(entry_bytes(input, facts));
  steps_.push_back({seq(), now_, facts});
  return facts;
}

void Core::record(PartId part, std::string_view record) {
  std::string body = FrontState::body_of(part, record);
  const Status applied = front_.apply("record", body);
  CHECK(applied.has_value(), applied ? "" : applied.error().message.c_str());
  identity_changed_ = identity_changed_ || part == PartId::kIdentity;
  add_body(std::move(body));
}

void Core::add_body(std::string body) {
  batch_bytes_ += body.size();
  bodies_.push_back(std::move(body));
}

Status Core::commit() {
  if (bodies_.empty()) return {};
  Status appended = journal_.append(journal_.last().seq + 1, bodies_);
  bodies_since_snapshot_ += bodies_.size();
  bytes_since_snapshot_ += batch_bytes_;
  bodies_.clear();
  batch_bytes_ = 0;
  if (appended) return fill_archive();
  steps_.clear();
  if (appended.error().code == ErrorCode::kLimit) SILLAR_TRY_STATUS(load());
  return appended;
}

// What the batch adds to the archive may wait: it is made again from the journal.
Status Core::fill_archive() {
  if (!options_.archive) return {};
  parts_.audit.archive(*options_.archive);
  archive_lines();
  if (!options_.archive->flush_is_due()) return {};
  Status flushed = options_.archive->flush(journal_.last().seq);
  if (!flushed && flushed.error().code == ErrorCode::kLimit) return {};
  return flushed;
}

journal::ArchiveRow ledger_row(const LedgerLine& line) {
  journal::ArchiveRow row{journal::ordered_key(static_cast<std::uint64_t>(line.start.ns)), {}};
  put_id(row.key, line.node);
  put_id(row.key, line.project);
  put_number(row.key, static_cast<std::int64_t>(line.kind));
  put_number(row.value, line.end.ns);
  put_number(row.value, line.nanos);
  return row;
}

// By its key each line is there once, however often it is made.
void Core::archive_lines() {
  for (const LedgerLine& line : take_lines(state_)) {
    auto [key, value] = ledger_row(line);
    options_.archive->add(kLedgerStream, std::move(key), std::move(value));
  }
}

void Core::end() {
  steps_.clear();
  identity_changed_ = false;
  const bool due = bodies_since_snapshot_ >= kSnapshotBodies &&
                   bytes_since_snapshot_ >= kSnapshotGrowth * snapshot_bytes_;
  if (!due) return;
  if (const Status kept = keep_snapshot(); !kept)
    options_.remark(fmt::format("no snapshot was kept: {}", kept.error().message));
}

Status Core::keep_snapshot() {
  CHECK(bodies_.empty(), "a snapshot is of what is durable");
  bodies_since_snapshot_ = 0;
  bytes_since_snapshot_ = 0;
  const Snapshot engine = save(state_);
  const std::string front = front_.state_bytes();
  const std::string bytes = journal::join_snapshot({engine.bytes, front});
  snapshot_bytes_ = bytes.size();
  // The archive first: what comes after a snapshot has to be all that it still lacks.
  if (options_.archive) {
    if (audit_key_) keep_checkpoint(*options_.archive, *audit_key_, parts_.audit.head());
    SILLAR_TRY_STATUS(options_.archive->flush(journal_.last().seq));
  }
  SILLAR_TRY_STATUS(journal_.keep_snapshot(bytes));
  snapshot_at_ = now_;
  if (!options_.archive) return journal_.trim(options_.retention);
  return journal_.trim(options_.retention, options_.archive->position());
}

}  // namespace sillar::server
