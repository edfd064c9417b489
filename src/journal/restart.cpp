#include "journal/restart.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/entry.h"
#include "engine/snapshot.h"

namespace sillar::journal {
namespace {

std::string entry_name(const Journal& journal, std::uint64_t seq) {
  return fmt::format("{}: entry {}", journal.name(), seq);
}

Result<State> state_of(Journal& journal, const KeptSnapshot& kept, Front* front = nullptr) {
  const std::string name =
      fmt::format("{}: snapshot after entry {}", journal.name(), kept.mark.seq);
  const SnapshotParts parts = split_snapshot(kept.bytes);
  SILLAR_TRY(state, restore(name, parts.engine));
  if (front != nullptr) SILLAR_TRY_STATUS(front->restore(name, parts.front));
  return std::move(state);
}

// Where a walk over entries begins. Snapshots are tried in the order given.
Result<Restart> start_from(Journal& journal, const std::vector<std::uint64_t>& snapshots,
                           Front* front = nullptr) {
  Restart out;
  for (const std::uint64_t seq : snapshots) {
    const auto kept = journal.snapshot(seq);
    if (!kept) {
      out.unusable.push_back(kept.error().message);
      continue;
    }
    auto state = state_of(journal, *kept, front);
    if (!state) {
      out.unusable.push_back(state.error().message);
      continue;
    }
    out.state = std::move(*state);
    out.snapshot = kept->mark;
    return out;
  }
  if (journal.first().seq == 0) {
    if (front != nullptr) SILLAR_TRY_STATUS(front->restore(journal.name(), {}));
    return out;
  }
  return invalid(fmt::format(
      "{}: entries up to {} are forgotten and there is no snapshot of a later state that can be "
      "used{}{}. Restore the journal from a backup",
      journal.name(), journal.first().seq, out.unusable.empty() ? "" : ": ",
      out.unusable.empty() ? std::string{} : out.unusable.front()));
}

// Hands on every entry after `from`, in order.
Status for_each_after(Journal& journal, Mark from, const Progress& progress,
                      const std::function<Status(const Row&)>& use) {
  const std::uint64_t begin = from.seq;
  const std::uint64_t end = std::max(journal.last().seq, begin + 1);
  int told = -1;
  for (;;) {
    SILLAR_TRY(chunk, journal.read(from));
    if (chunk.rows.empty()) return {};
    for (const Row& row : chunk.rows) SILLAR_TRY_STATUS(use(row));
    from = chunk.end;
    const auto done = static_cast<int>((std::min(from.seq, end) - begin) * 1000 / (end - begin));
    if (progress && done != told) progress(told = done);
  }
}

class Replayer {
 public:
  Replayer(Journal& journal, State state, std::vector<std::uint64_t> snapshots)
      : journal_(journal), snapshots_(std::move(snapshots)) {
    out_.state = std::move(state);
  }

  Status one(const Row& row) {
    if (!is_front_body(row.body)) SILLAR_TRY_STATUS(decide_again(row));
    if (std::ranges::count(snapshots_, row.mark.seq) > 0) hold_against_snapshot(row.mark.seq);
    return {};
  }

  Replay take() { return std::move(out_); }

 private:
  Status decide_again(const Row& row) {
    const std::string name = entry_name(journal_, row.mark.seq);
    SILLAR_TRY(entry, read_entry(name, row.body));
    auto facts = decide(out_.state, scratch_, entry.input);
    if (!facts) return tl::unexpected(facts.error().within(name));
    for (const Fact& fact : *facts) apply(out_.state, fact);
    ++out_.inputs;
    out_.facts += facts->size();
    if (entry_bytes(entry.input, *facts) != row.body) compare(row.mark.seq, entry, *facts);
    return {};
  }

  // Which facts differ: their bytes are compared, and told as text.
  void compare(std::uint64_t seq, const Entry& kept, const std::vector<Fact>& decided) {
    const std::size_t facts = std::max(kept.facts.size(), decided.size());
    for (std::size_t i = 0; i < facts; ++i) {
      const Fact* before = i < kept.facts.size() ? &kept.facts[i] : nullptr;
      const Fact* now = i < decided.size() ? &decided[i] : nullptr;
      if (before != nullptr && now != nullptr &&
          entry_bytes(kept.input, {*before}) == entry_bytes(kept.input, {*now}))
        continue;
      differ(seq, text_of(before), text_of(now));
    }
  }

  // With the names of the state by now, which has whatever was decided now.
  [[nodiscard]] std::string text_of(const Fact* fact) const {
    return fact == nullptr ? std::string{} : known_fact_text(out_.state, *fact);
  }

  void hold_against_snapshot(std::uint64_t seq) {
    ++out_.snapshots;
    const auto kept = journal_.snapshot(seq);
    if (!kept) return differ(seq, kept.error().message, {});
    const Snapshot now = save(out_.state);
    if (now.bytes == split_snapshot(kept->bytes).engine) return;
    const auto state = state_of(journal_, *kept);
    differ(seq, state ? state_hash(*state) : state.error().message, now.state_hash);
  }

  void differ(std::uint64_t seq, std::string recorded, std::string decided) {
    ++out_.differences;
    if (out_.first.size() < kDifferencesShown)
      out_.first.push_back({seq, 0, std::move(recorded), std::move(decided)});
  }

  Journal& journal_;
  std::vector<std::uint64_t> snapshots_;
  Scratch scratch_;
  Replay out_;
};

}  // namespace

Result<Restart> restart(Journal& journal, const Progress& progress, Front* front) {
  SILLAR_TRY(snapshots, journal.snapshots());
  SILLAR_TRY(out, start_from(journal, snapshots, front));
  SILLAR_TRY_STATUS(for_each_after(journal, out.snapshot, progress, [&](const Row& row) {
    ++out.applied;
    const std::string name = entry_name(journal, row.mark.seq);
    if (!is_front_body(row.body)) return apply_entry(out.state, name, row.body);
    return front == nullptr ? Status{} : front->apply(name, row.body);
  }));
  return out;
}

Result<Replay> replay(Journal& journal, ReplayFrom from, const Progress& progress) {
  SILLAR_TRY(snapshots, journal.snapshots());
  std::vector<std::uint64_t> tried;
  if (from == ReplayFrom::kLast) {
    for (const std::uint64_t seq : snapshots)
      if (seq < journal.last().seq) tried.push_back(seq);
  } else if (journal.first().seq > 0) {
    tried.assign(snapshots.rbegin(), snapshots.rend());
  }
  SILLAR_TRY(start, start_from(journal, tried));
  Replayer replayer(journal, std::move(start.state), std::move(snapshots));
  SILLAR_TRY_STATUS(for_each_after(journal, start.snapshot, progress,
                                   [&](const Row& row) { return replayer.one(row); }));
  return replayer.take();
}

}  // namespace sillar::journal
