// The text form of how a workload lives: what it runs, what it waits for, how often it is tried.

#include <algorithm>
#include <charconv>
#include <numeric>

#include "model/tables.h"

namespace sillar {
namespace {

constexpr std::array<std::string_view, 2> kDependencyNames{"ok", "any"};
constexpr std::array<std::string_view, 2> kIdleNames{"stop", "warn"};

// Any text of up to `bytes_max`.
struct Free {
  std::size_t bytes_max = kTextBytesMax;

  bool read(Decoder& decoder, const Value& value, std::string& out) const {
    const std::string* text = scalar_of(decoder, value, "a text");
    if (text == nullptr) return false;
    if (text->size() > bytes_max)
      return decoder.fault(value, fmt::format("a text has at most {} bytes here", bytes_max));
    out = *text;
    return true;
  }
  [[nodiscard]] Value write(const Fleet&, const std::string& text) const {
    return Value::text(text);
  }
  void schema(SchemaWriter& writer) const {
    writer.json.key("type").begin_array().string("string").string("number").string("boolean");
    writer.json.end_array().field("maxLength", static_cast<std::int64_t>(bytes_max));
  }
};

struct Arguments {
  bool read(Decoder& decoder, const Value& value, std::vector<std::string>& out) const {
    if (!List<Free>{{kArgumentBytesMax}}.read(decoder, value, out)) return false;
    return !out.empty() || decoder.fault(value, "a command has at least its program");
  }
  [[nodiscard]] Value write(const Fleet& fleet, const std::vector<std::string>& arguments) const {
    return List<Free>{}.write(fleet, arguments);
  }
  void schema(SchemaWriter& writer) const { List<Free>{{kArgumentBytesMax}}.schema(writer); }
};

struct Environment {
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  bool read(Decoder& decoder, const Value& value, Pairs& out) const {
    if (value.kind != Value::Kind::kMapping)
      return decoder.fault(value, fmt::format("a mapping was expected, not {}", describe(value)));
    bool good = true;
    out.clear();
    for (const auto& [key, field] : value.fields) {
      const Decoder::Step step(decoder, key);
      out.emplace_back(key, std::string{});
      good = Free{kArgumentBytesMax}.read(decoder, field, out.back().second) && good;
    }
    std::sort(out.begin(), out.end());
    return good;
  }
  [[nodiscard]] Value write(const Fleet& fleet, const Pairs& pairs) const {
    return Labels{}.write(fleet, pairs);
  }
  void schema(SchemaWriter& writer) const { Labels{}.schema(writer); }
};

// "0-15,20,32-64:4": indices, ranges and ranges by steps.
struct Indices {
  bool read(Decoder& decoder, const Value& value, std::vector<std::int32_t>& out) const {
    const std::string* text = scalar_of(decoder, value, "indices such as 0-15,20");
    if (text == nullptr) return false;
    out.clear();
    for (std::string_view rest = *text;;) {
      const std::size_t comma = rest.find(',');
      if (!read_part(rest.substr(0, comma), out))
        return decoder.fault(value,
                             fmt::format("{} is not a list of indices from 0 to {} such as 0-15,20",
                                         describe(value), kArrayTasksMax - 1));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
    std::sort(out.begin(), out.end());
    const auto twice = std::adjacent_find(out.begin(), out.end());
    return twice == out.end() ||
           decoder.fault(value, fmt::format("the index {} is named twice", *twice));
  }

  [[nodiscard]] Value write(const Fleet&, const std::vector<std::int32_t>& indices) const {
    std::string out;
    for (std::size_t i = 0; i < indices.size();) {
      std::size_t end = i + 1;
      while (end < indices.size() && indices[end] == indices[end - 1] + 1) ++end;
      if (!out.empty()) out += ',';
      out += end - i == 1 ? std::to_string(indices[i])
                          : fmt::format("{}-{}", indices[i], indices[end - 1]);
      i = end;
    }
    return Value::text(out);
  }

  void schema(SchemaWriter& writer) const {
    writer.json.key("type").begin_array().string("string").string("integer").end_array();
    writer.json.field("pattern", "^[0-9]+(-[0-9]+(:[0-9]+)?)?(,[0-9]+(-[0-9]+(:[0-9]+)?)?)*$");
  }

 private:
  static bool take(std::string_view& text, std::int32_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || out < 0 || out >= kArrayTasksMax) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
  }
  static bool take_after(std::string_view& text, char sign, std::int32_t& out) {
    if (!text.starts_with(sign)) return true;
    text.remove_prefix(1);
    return take(text, out);
  }
  // Bounded: no more than the indices that there are, before one that comes again is refused.
  static bool read_part(std::string_view part, std::vector<std::int32_t>& out) {
    std::int32_t first = 0;
    if (!take(part, first)) return false;
    std::int32_t last = first;
    std::int32_t step = 1;
    const bool range = part.starts_with('-');
    if (!take_after(part, '-', last) || (range && !take_after(part, ':', step))) return false;
    if (!part.empty() || last < first || step < 1) return false;
    if (out.size() > static_cast<std::size_t>(kArrayTasksMax)) return true;
    for (std::int32_t index = first; index <= last; index += step) out.push_back(index);
    return true;
  }
};

const Table<Dependency>& dependency_table() {
  static const auto table = [] {
    Table<Dependency> t("dependency", "A workload that must be over first.");
    t.required("workload", &Dependency::workload, Name{}, "Its name; it is there already.");
    t.optional("when", &Dependency::kind, Choice<DependencyKind, 2>{&kDependencyNames},
               "ok: it must have succeeded, or this one is cancelled; any: it must be over.");
    return t;
  }();
  return table;
}

}  // namespace

const Table<Launch>& launch_table() {
  static const auto table = [] {
    Table<Launch> t("run", "What each task runs: a command or a script.");
    t.optional("command", &Launch::command, Arguments{}, "Program and arguments.");
    t.optional("script", &Launch::script, Free{kScriptBytesMax},
               "Text of a script, run by its #! line, otherwise by /bin/sh.");
    t.optional("environment", &Launch::environment, Environment{},
               "Variables that the command sees.");
    t.optional("directory", &Launch::directory, Free{},
               "Where it runs, from /; absent: a fresh directory for each task.");
    t.optional("output", &Launch::output, Free{},
               "File for what it prints; %j is the workload, %t the task's number, %a its index in "
               "the array. Absent: kept as a log.");
    t.optional("error", &Launch::error, Free{},
               "File for its errors, in the same way; absent: with the output.");
    t.optional("checkpoint_signal", &Launch::checkpoint_signal, Name{},
               "Signal that asks it to save its state before it is stopped, such as USR1.");
    t.optional("grace", &Launch::grace, Span{}, "From the first signal to the last, KILL.");
    return t;
  }();
  return table;
}

const Table<Retry>& retry_table() {
  static const auto table = [] {
    Table<Retry> t("retry", "How often a task that fails is tried again.");
    t.optional("limit", &Retry::limit, Integer<std::int32_t>{0, kTaskRetriesMax},
               "How often; 0: never.");
    t.optional("backoff", &Retry::backoff, Span{},
               "How long it waits before the first time; twice as long before each one after it.");
    t.optional("backoff_max", &Retry::backoff_max, Span{}, "How long it waits at most.");
    return t;
  }();
  return table;
}

const Table<IdleRule>& idle_table() {
  static const auto table = [] {
    Table<IdleRule> t("idle", "What becomes of a task that leaves its devices idle.");
    t.optional("limit", &IdleRule::limit, Span{}, "How long it may; 0: as long as it likes.");
    t.optional("below", &IdleRule::below_thousandths, Thousandths{0, 1000},
               "Share of the time below which a device is idle.");
    t.optional("grace", &IdleRule::grace, Span{}, "From the warning to the action.");
    t.optional("action", &IdleRule::action, Choice<IdleAction, 2>{&kIdleNames},
               "stop: it is stopped; warn: its owner is told and it runs on.");
    return t;
  }();
  return table;
}

const Table<ArrayText>& array_table() {
  static const auto table = [] {
    Table<ArrayText> t("array", "Tasks that are alike but for their index; batch work only.");
    t.required("indices", &ArrayText::indices, Indices{}, "One for each task: 0-15,20 or 0-64:4.");
    t.optional("at_most", &ArrayText::at_most, Integer<std::int32_t>{0, kArrayTasksMax},
               "How many of them run at a time; 0: all.");
    return t;
  }();
  return table;
}

List<Record<Dependency>> dependency_list() {
  return {{&dependency_table}};
}

}  // namespace sillar
