#include "engine/recording.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quantity.h"
#include "engine/fact_text.h"
#include "engine/snapshot.h"

namespace sillar {
namespace {

std::string line_of(std::string_view key, Value value) {
  return print_json(Value::mapping().set(key, std::move(value)), 0) + "\n";
}

constexpr std::string_view kInputStart = "{\"input\":";
constexpr std::string_view kFactStart = "{\"fact\":";
constexpr std::string_view kSnapshotStart = "{\"snapshot\":";

// Reads a snapshot's line. Nothing where it is none.
std::optional<SnapshotMark> mark_of(std::string_view line) {
  const auto document = parse_document("snapshot", line);
  const Value* value = document ? document->root.find("snapshot") : nullptr;
  if (value == nullptr) return std::nullopt;
  const auto text = [&](std::string_view key) {
    const Value* found = value->find(key);
    return found == nullptr ? std::string{} : found->scalar;
  };
  const auto inputs = parse_integer(text("inputs"));
  const auto at = parse_time(text("at"));
  if (!inputs || *inputs < 0 || !at) return std::nullopt;
  SnapshotMark mark{static_cast<std::uint64_t>(*inputs), *at, text("state")};
  // Only what is written is read, so that a line says one thing.
  return mark.line() == line ? std::optional(std::move(mark)) : std::nullopt;
}

class Replayer {
 public:
  Replayer(ReplayStart start, const std::string& name, std::string_view text,
           const ReplayOptions& options)
      : name_(name),
        rest_(text),
        size_(text.size()),
        line_(start.line),
        inputs_before_(start.inputs),
        options_(options) {
    out_.state = std::move(start.state);
  }

  Result<Replay> run() {
    int told = -1;
    while (!rest_.empty()) {
      if (!rest_.starts_with(kInputStart))
        return invalid(fmt::format("{}:{}: expected an input line", name_, line_));
      SILLAR_TRY_STATUS(one_input());
      const int done = static_cast<int>((size_ - rest_.size()) * 1000 / size_);
      if (options_.progress && done != told) options_.progress(told = done);
    }
    if (out_.inputs + inputs_before_ == 0)
      return invalid(fmt::format("{}: the recording is empty", name_));
    return std::move(out_);
  }

 private:
  std::string_view take_line() {
    const std::size_t end = rest_.find('\n');
    const std::string_view line =
        rest_.substr(0, end == std::string_view::npos ? rest_.size() : end + 1);
    rest_.remove_prefix(line.size());
    ++line_;
    return line;
  }

  Status one_input() {
    const std::string where = fmt::format("{}:{}", name_, line_);
    SILLAR_TRY(document, parse_document(where, take_line()));
    const Value* value = document.root.find("input");
    if (value == nullptr) return invalid(fmt::format("{}: expected an input line", where));
    SILLAR_TRY(input, input_from(out_.state, where, *value));
    SILLAR_TRY(facts, decide(out_.state, scratch_, input));
    ++out_.inputs;
    for (const Fact& fact : facts) apply(out_.state, fact);
    for (const Fact& fact : facts) {
      ++out_.facts;
      const std::string decided = line_of("fact", fact_value(out_.state, fact));
      const std::size_t at = line_;
      const std::string_view recorded =
          rest_.starts_with(kFactStart) ? take_line() : std::string_view{};
      if (decided != recorded) differ(at, recorded, decided);
    }
    while (rest_.starts_with(kFactStart)) {
      const std::size_t at = line_;
      differ(at, take_line(), {});
    }
    if (rest_.starts_with(kSnapshotStart)) hold_against_snapshot(input.at);
    return {};
  }

  void hold_against_snapshot(Time at) {
    ++out_.snapshots;
    const std::size_t line = line_;
    const std::string_view recorded = take_line();
    const Snapshot now = save(out_.state);
    const SnapshotMark mark{inputs_before_ + out_.inputs, at, now.state_hash};
    const std::string decided = mark.line();
    if (recorded != decided) return differ(line, recorded, decided);
    if (!options_.snapshot_file) return;
    const auto file = options_.snapshot_file(mark.file_name());
    if (!file) return differ(line, recorded, file.error().message);
    if (*file != now.bytes)
      differ(line, recorded, fmt::format("{} holds another state", mark.file_name()));
  }

  void differ(std::size_t line, std::string_view recorded, std::string_view decided) {
    ++out_.differences;
    if (out_.first.size() < kDifferencesShown)
      out_.first.push_back(
          {inputs_before_ + out_.inputs, line, std::string(recorded), std::string(decided)});
  }

  const std::string& name_;
  std::string_view rest_;
  std::size_t size_;
  std::size_t line_;
  std::uint64_t inputs_before_;
  const ReplayOptions& options_;
  Scratch scratch_;
  Replay out_;
};

}  // namespace

std::string recorded_lines(const State& state, const Input& input, const std::vector<Fact>& facts) {
  std::string out = line_of("input", input_value(state, input));
  for (const Fact& fact : facts) out += line_of("fact", fact_value(state, fact));
  return out;
}

std::string SnapshotMark::line() const {
  return line_of("snapshot", Value::mapping()
                                 .set("inputs", number_value(static_cast<std::int64_t>(inputs)))
                                 .set("at", Value::text(format_time(at)))
                                 .set("state", Value::text(state_hash)));
}

std::string SnapshotMark::file_name() const {
  return fmt::format("snapshot-{}.bin", inputs);
}

std::optional<SnapshotPlace> last_snapshot(std::string_view recording, Time until) {
  const std::string start = "\n" + std::string(kSnapshotStart);
  for (std::size_t at = recording.rfind(start); at != std::string_view::npos;
       at = recording.rfind(start, at - 1)) {
    const std::size_t begin = at + 1;
    const std::size_t end = recording.find('\n', begin);
    if (end != std::string_view::npos) {
      auto mark = mark_of(recording.substr(begin, end + 1 - begin));
      if (mark && mark->at <= until) {
        const auto lines = std::count(recording.begin(),
                                      recording.begin() + static_cast<std::ptrdiff_t>(end), '\n');
        return SnapshotPlace{std::move(*mark), end + 1, static_cast<std::size_t>(lines) + 2};
      }
    }
    if (at == 0) break;
  }
  return std::nullopt;
}

Result<Replay> replay(const std::string& name, std::string_view text,
                      const ReplayOptions& options) {
  return Replayer({}, name, text, options).run();
}

Result<Replay> replay_from(ReplayStart start, const std::string& name, std::string_view text,
                           const ReplayOptions& options) {
  return Replayer(std::move(start), name, text, options).run();
}

}  // namespace sillar
