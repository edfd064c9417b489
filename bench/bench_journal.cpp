// Journal: what durability costs on a disk. Batches of 1, 16 and 256 entries of 200 bytes, each a
// transaction that is synced before the next; beside it what one synced write of 4 KiB costs there
// without a database. Then a journal of 100,000 submitted workloads: restart from a snapshot that
// the last 10,000 follow, restart from the first entry, and the chain verified.
//
// Usage: bench_journal [folder on the disk that is measured; by default the current one]

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "bench/cluster.h"
#include "engine/engine.h"
#include "engine/entry.h"
#include "engine/snapshot.h"
#include "journal/restart.h"
#include "journal/sqlite_store.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

constexpr std::size_t kEntryBytes = 200;
constexpr std::size_t kWorkloads = 100'000;
constexpr std::size_t kAfterSnapshot = 10'000;
constexpr std::size_t kBatch = 256;

template <typename T>
T value_of(Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
  expect(result.has_value(), "no error");
  return std::move(*result);
}

void hold(const Status& status) {
  if (!status) std::fprintf(stderr, "%s\n", status.error().message.c_str());
  expect(status.has_value(), "no error");
}

journal::Journal open(const std::string& folder) {
  return value_of(journal::Journal::open(
      value_of(journal::open_sqlite(folder, journal::Access::kWrite)), journal::Access::kWrite));
}

void measure_disk(const std::string& folder, JsonWriter& json) {
  constexpr int kWrites = 300;
  constexpr std::size_t kPage = 4096;
  const std::string page(kPage, 'x');
  const int file = ::open((folder + "/page").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  expect(file >= 0, "a file on that disk");
  Samples samples;
  for (int i = 0; i < kWrites; ++i) {
    const Stopwatch watch;
    expect(::write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size()), "a write");
    expect(::fdatasync(file) == 0, "a sync");
    samples.add(watch.elapsed());
  }
  ::close(file);
  samples.write("write_4k_and_sync", json);
}

void measure_appends(const std::string& folder, std::size_t size, JsonWriter& json) {
  constexpr int kBatches = 500;
  journal::Journal journal = open(folder + "/batches-" + std::to_string(size));
  const std::vector<std::string> bodies(size, std::string(kEntryBytes, 'x'));
  Samples samples;
  const Stopwatch all;
  for (int i = 0; i < kBatches; ++i) {
    const Stopwatch watch;
    hold(journal.append(journal.last().seq + 1, bodies));
    samples.add(watch.elapsed());
  }
  const double seconds = static_cast<double>(all.elapsed().ns) / 1e9;
  expect(journal.last().seq == kBatches * size, "every entry is there");
  json.key("batch_of_" + std::to_string(size)).begin_object();
  samples.write("append", json);
  json.key("batches_per_second").decimal(decimal(kBatches / seconds, 0));
  json.key("entries_per_second")
      .decimal(decimal(kBatches * static_cast<double>(size) / seconds, 0));
  json.end_object();
}

// An engine to which 100,000 workloads are submitted, half of whose work runs.
struct Load {
  State state;
  Scratch scratch;
  std::vector<std::string> batch;

  void feed(journal::Journal& journal, const Input& input) {
    const auto facts = value_of(step(state, scratch, input));
    batch.push_back(entry_bytes(input, facts));
    if (batch.size() == kBatch) flush(journal);
  }
  void flush(journal::Journal& journal) {
    if (!batch.empty()) hold(journal.append(journal.last().seq + 1, batch));
    batch.clear();
  }
};

void fill(journal::Journal& journal, Load& load) {
  constexpr std::size_t kNodes = 12'500;
  constexpr std::size_t kCycleEvery = 1'000;
  auto world = std::make_shared<World>();
  world->options.now = kNow;
  world->fleet = schedule::plain_fleet(kNodes);
  for (int p = 0; p < 20; ++p)
    world->projects.push_back(schedule::plain_project("p" + std::to_string(p), 5'000, 1));
  load.feed(journal, {kNow, Configure{world}});
  for (std::size_t i = 0; i < kWorkloads; ++i) {
    Workload workload = schedule::plain_workload("w" + std::to_string(i), 1, i % 2 == 0 ? 1 : 2);
    workload.project = "p" + std::to_string(i % 20);
    workload.submitted = kNow;
    load.feed(journal, {kNow, Submit{std::make_shared<const Workload>(std::move(workload))}});
    if (i % kCycleEvery == kCycleEvery - 1) load.feed(journal, {kNow, Decide{false}});
    if (i != kWorkloads - kAfterSnapshot) continue;
    load.flush(journal);
    hold(journal.keep_snapshot(save(load.state).bytes));
  }
  load.flush(journal);
}

void measure_restart(const std::string& folder, JsonWriter& json) {
  const std::string place = folder + "/restart";
  Load load;
  {
    journal::Journal journal = open(place);
    fill(journal, load);
  }
  const std::string hash = state_hash(load.state);
  const auto timed = [&](const char* name) {
    const Stopwatch watch;
    journal::Journal journal = open(place);
    const journal::Restart restarted = value_of(journal::restart(journal));
    json.key(std::string(name) + "_ms").decimal(milliseconds(watch.elapsed()));
    expect(state_hash(restarted.state) == hash, "the same state");
    return restarted.applied;
  };
  json.key("restart_of_100k_workloads").begin_object();
  json.field("entries_after_snapshot", static_cast<std::int64_t>(timed("from_snapshot")));
  {
    journal::Journal journal = open(place);
    const Stopwatch watch;
    hold(journal.verify(journal.first(), journal.last()));
    json.key("verify_all_ms").decimal(milliseconds(watch.elapsed()));
    json.field("body_bytes", static_cast<std::int64_t>(journal.last().bytes));
    for (const std::uint64_t seq : value_of(journal.snapshots()))
      std::filesystem::remove(place + "/snapshot-" + std::to_string(seq) + ".bin");
  }
  json.field("entries", static_cast<std::int64_t>(timed("from_first_entry")));
  json.end_object();
}

}  // namespace

int main(int argc, char** argv) {
  Report report("journal", argc, argv);
  std::string folder = std::string(argc > 1 ? argv[1] : ".") + "/sillar-bench-XXXXXX";
  expect(::mkdtemp(folder.data()) != nullptr, "a folder on that disk");
  JsonWriter& json = report.results();
  measure_disk(folder, json);
  for (const std::size_t size : {std::size_t{1}, std::size_t{16}, kBatch})
    measure_appends(folder, size, json);
  measure_restart(folder, json);
  std::filesystem::remove_all(folder);
  return report.print();
}
