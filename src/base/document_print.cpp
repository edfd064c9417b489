// Value trees back into text.

#include <fmt/format.h>

#include <algorithm>

#include "base/document.h"
#include "base/json_writer.h"

namespace sillar {
namespace {

constexpr std::size_t kLineMax = 100;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Words that some YAML reader takes for a null or a truth value, in any capitals.
bool is_reserved_word(std::string_view text) {
  constexpr std::size_t kLongest = 5;
  if (text.size() > kLongest) return false;
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return one_of(lower, {"", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"});
}

// Conservative: what passes reads back as the same text in block and in flow style, with any YAML
// reader.
bool is_safe_plain(std::string_view text) {
  if (is_reserved_word(text)) return false;
  const auto word = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/';
  };
  if (!word(text.front())) return false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (word(c) || c == '.' || c == '-' || c == '+') continue;
    // A colon is harmless only between word characters, as in a time of day.
    if (c == ':' && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1])) continue;
    return false;
  }
  return true;
}

// Texts that begin like a number may be one to some reader (0x1F, 1e3, 1_000, 12:30:00).
bool looks_numeric(std::string_view text) {
  return is_digit(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) ||
                  std::string_view("abcdefABCDEFxXoO_.+-:").find(c) != std::string_view::npos;
         });
}

std::string quote(std::string_view text) {
  return JsonWriter().string(text).take();
}

// `2026-01-01T00:00:00Z`, 512Mi, 60s and such are kept bare: they are words to a YAML 1.2 reader.
std::string scalar_text(const Value& value) {
  if (!value.quoted) {
    if (is_json_number(value.scalar) || one_of(value.scalar, {"true", "false"}))
      return value.scalar;
    return is_safe_plain(value.scalar) ? value.scalar : quote(value.scalar);
  }
  if (is_safe_plain(value.scalar) && !looks_numeric(value.scalar)) return value.scalar;
  return quote(value.scalar);
}

std::string key_text(std::string_view key) {
  return scalar_text(Value::text(key));
}

// Appends flow style; stops and returns false once `out` grows beyond `limit`.
bool print_flow(const Value& value, std::size_t limit, std::string& out) {
  if (out.size() > limit) return false;
  switch (value.kind) {
    case Value::Kind::kNull:
      out += "null";
      break;
    case Value::Kind::kScalar:
      out += scalar_text(value);
      break;
    case Value::Kind::kSequence:
      out += '[';
      for (const Value& item : value.items) {
        if (&item != &value.items.front()) out += ", ";
        if (!print_flow(item, limit, out)) return false;
      }
      out += ']';
      break;
    case Value::Kind::kMapping:
      out += '{';
      for (const auto& field : value.fields) {
        if (&field != &value.fields.front()) out += ", ";
        out += key_text(field.first);
        out += ": ";
        if (!print_flow(field.second, limit, out)) return false;
      }
      out += '}';
      break;
  }
  return out.size() <= limit;
}

class BlockPrinter {
 public:
  // Writes `value` where the cursor stands: after "key:" or "-" at `indent`, or at the start.
  void print(const Value& value, std::size_t indent, std::size_t used) {
    std::string flow;
    const bool empty = value.items.empty() && value.fields.empty();
    const std::size_t room = kLineMax > used ? kLineMax - used : 0;
    const bool scalar = value.kind == Value::Kind::kScalar || value.kind == Value::Kind::kNull;
    if (print_flow(value, scalar || empty ? std::string::npos : room, flow)) {
      if (used > 0) out_ += ' ';
      out_ += flow;
      out_ += '\n';
      return;
    }
    if (value.kind == Value::Kind::kSequence) {
      if (used > 0) out_ += '\n';
      print_items(value, indent);
    } else {
      if (used > 0) out_ += '\n';
      print_fields(value, indent, false);
    }
  }

  void print_root(const Value& value) {
    if (value.kind == Value::Kind::kMapping && !value.fields.empty()) {
      print_fields(value, 0, false);
    } else if (value.kind == Value::Kind::kSequence && !value.items.empty()) {
      print_items(value, 0);
    } else {
      print(value, 0, 0);
    }
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void print_items(const Value& value, std::size_t indent) {
    for (const Value& item : value.items) {
      out_.append(indent, ' ');
      out_ += '-';
      std::string flow;
      const bool fits = print_flow(item, kLineMax - std::min(kLineMax, indent + 2), flow);
      if (!fits && item.kind == Value::Kind::kMapping && !item.fields.empty()) {
        out_ += ' ';
        print_fields(item, indent + 2, true);
      } else {
        print(item, indent + 2, indent + 2);
      }
    }
  }

  void print_fields(const Value& value, std::size_t indent, bool first_is_placed) {
    for (const auto& [name, field] : value.fields) {
      if (!first_is_placed) out_.append(indent, ' ');
      first_is_placed = false;
      const std::string key = key_text(name);
      out_ += key;
      out_ += ':';
      print(field, indent + 2, indent + key.size() + 2);
    }
  }

  std::string out_;
};

void write_json(JsonWriter& json, const Value& value) {
  switch (value.kind) {
    case Value::Kind::kNull:
      json.null();
      return;
    case Value::Kind::kScalar:
      if (!value.quoted &&
          (is_json_number(value.scalar) || one_of(value.scalar, {"true", "false"})))
        json.decimal(value.scalar);
      else
        json.string(value.scalar);
      return;
    case Value::Kind::kSequence:
      json.begin_array();
      for (const Value& item : value.items) write_json(json, item);
      json.end_array();
      return;
    case Value::Kind::kMapping:
      json.begin_object();
      for (const auto& [name, field] : value.fields) {
        json.key(name);
        write_json(json, field);
      }
      json.end_object();
      return;
  }
}

}  // namespace

bool is_json_number(std::string_view text) {
  const auto digits = [&] {
    std::size_t count = 0;
    while (!text.empty() && is_digit(text.front())) {
      text.remove_prefix(1);
      ++count;
    }
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

std::string print_yaml(const Value& value) {
  BlockPrinter printer;
  printer.print_root(value);
  return printer.take();
}

std::string print_json(const Value& value, int indent) {
  JsonWriter json(indent);
  write_json(json, value);
  return json.take();
}

}  // namespace sillar
