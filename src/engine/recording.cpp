#include "engine/recording.h"

#include <fmt/format.h>

#include "engine/fact_text.h"

namespace sillar {
namespace {

std::string line_of(std::string_view key, Value value) {
  return print_json(Value::mapping().set(key, std::move(value)), 0) + "\n";
}

class Replayer {
 public:
  Replayer(const std::string& name, std::string_view text)
      : name_(name), rest_(text), size_(text.size()) {}

  Result<Replay> run(const std::function<void(int)>& progress) {
    int told = -1;
    while (!rest_.empty()) {
      if (!rest_.starts_with(kInputStart))
        return invalid(fmt::format("{}:{}: expected an input line", name_, line_));
      SILLAR_TRY_STATUS(one_input());
      const int done = static_cast<int>((size_ - rest_.size()) * 1000 / size_);
      if (progress && done != told) progress(told = done);
    }
    if (out_.inputs == 0) return invalid(fmt::format("{}: the recording is empty", name_));
    return std::move(out_);
  }

 private:
  static constexpr std::string_view kInputStart = "{\"input\":";
  static constexpr std::string_view kFactStart = "{\"fact\":";

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
    return {};
  }

  void differ(std::size_t line, std::string_view recorded, std::string_view decided) {
    ++out_.differences;
    if (out_.first.size() < kDifferencesShown)
      out_.first.push_back({out_.inputs, line, std::string(recorded), std::string(decided)});
  }

  const std::string& name_;
  std::string_view rest_;
  std::size_t size_;
  std::size_t line_ = 1;
  Scratch scratch_;
  Replay out_;
};

}  // namespace

std::string recorded_lines(const State& state, const Input& input, const std::vector<Fact>& facts) {
  std::string out = line_of("input", input_value(state, input));
  for (const Fact& fact : facts) out += line_of("fact", fact_value(state, fact));
  return out;
}

Result<Replay> replay(const std::string& name, std::string_view text,
                      const std::function<void(int)>& progress) {
  return Replayer(name, text).run(progress);
}

}  // namespace sillar
