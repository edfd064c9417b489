// The reader of JSON, and the limits that it shares with the reader of YAML.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include "base/document_parts.h"

namespace sillar {
namespace {

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Value read_document() {
    Value root = read_value(0);
    skip_blanks();
    if (at_ != text_.size()) fail("text after the end of the document");
    return root;
  }

 private:
  [[noreturn]] void fail(std::string message) const {
    throw DocumentFault{line_, column(at_), std::move(message)};
  }

  [[nodiscard]] int column(std::size_t at) const { return static_cast<int>(at - line_start_) + 1; }
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  void expect(char c) {
    if (peek() != c) fail(fmt::format("'{}' was expected", c));
    ++at_;
  }

  Value open(Value::Kind kind) {
    if (++nodes_ > kDocumentNodesMax) fail(too_many_values());
    Value value;
    value.kind = kind;
    value.line = line_;
    value.column = column(at_);
    return value;
  }

  // `depth` collections are open around the value.
  Value read_value(int depth) {
    skip_blanks();
    const char c = peek();
    if (c == '{' || c == '[') {
      if (depth >= kDocumentDepthMax) fail(too_deep());
      return c == '{' ? read_object(depth + 1) : read_array(depth + 1);
    }
    Value value = open(Value::Kind::kScalar);
    if (c == '"') {
      value.quoted = true;
      value.scalar = read_string();
      return value;
    }
    const std::string_view word = read_word();
    if (word == "null") {
      value.kind = Value::Kind::kNull;
    } else if (word == "true" || word == "false" || is_json_number(word)) {
      value.scalar = word;
    } else {
      at_ -= word.size();
      fail("a value was expected");
    }
    return value;
  }

  Value read_object(int depth) {
    Value object = open(Value::Kind::kMapping);
    ++at_;
    skip_blanks();
    if (peek() == '}') {
      ++at_;
      return object;
    }
    for (;;) {
      skip_blanks();
      if (peek() != '"') fail("a key in double quotes was expected");
      if (++nodes_ > kDocumentNodesMax) fail(too_many_values());
      object.key_marks.emplace_back(line_, column(at_));
      std::string key = read_string();
      skip_blanks();
      expect(':');
      object.fields.emplace_back(std::move(key), read_value(depth));
      skip_blanks();
      if (peek() == '}') break;
      expect(',');
    }
    ++at_;
    check_unique_keys(object);
    return object;
  }

  Value read_array(int depth) {
    Value array = open(Value::Kind::kSequence);
    ++at_;
    skip_blanks();
    if (peek() == ']') {
      ++at_;
      return array;
    }
    for (;;) {
      array.items.push_back(read_value(depth));
      skip_blanks();
      if (peek() == ']') break;
      expect(',');
    }
    ++at_;
    return array;
  }

  // What may be a number or a word; empty at anything else.
  std::string_view read_word() {
    const std::size_t begin = at_;
    const auto belongs = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || c == '-' || c == '+' ||
             c == '.';
    };
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::string read_string() {
    ++at_;
    std::string out;
    for (;;) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20)
        ++at_;
      out += text_.substr(begin, at_ - begin);
      const char c = peek();
      if (c == '"') break;
      if (c != '\\') fail("a text is not closed on its line");
      read_escape(out);
    }
    ++at_;
    return out;
  }

  void read_escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kCharacters = "\"\\/\b\f\n\r\t";
    const char name = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (name == 'u') {
      append_utf8(read_code_point(), out);
      return;
    }
    const std::size_t index = kNames.find(name);
    if (index == kNames.npos || name == '\0') fail("an unknown escape");
    out += kCharacters[index];
    at_ += 2;
  }

  // "\u00e9", or two surrogates in a row.
  std::uint32_t read_code_point() {
    const std::uint32_t high = read_code_unit();
    if (high < 0xD800 || high > 0xDFFF) return high;
    const bool paired = high < 0xDC00 && text_.substr(at_, 2) == "\\u";
    const std::uint32_t low = paired ? read_code_unit() : 0;
    if (low < 0xDC00 || low > 0xDFFF) fail("half of a pair of surrogates");
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  }

  std::uint32_t read_code_unit() {
    constexpr std::size_t kLength = 6;
    std::uint32_t unit = 0;
    const std::string_view digits = text_.substr(at_, kLength).substr(2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (digits.size() != kLength - 2 || error != std::errc{} ||
        end != digits.data() + digits.size())
      fail("four hexadecimal digits were expected");
    at_ += kLength;
    return unit;
  }

  static void append_utf8(std::uint32_t point, std::string& out) {
    const auto push = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    const auto push_tail = [&](unsigned shift) { push(0x80 | (point >> shift & 0x3F)); };
    if (point < 0x80) {
      push(point);
    } else if (point < 0x800) {
      push(0xC0 | point >> 6);
      push_tail(0);
    } else if (point < 0x10000) {
      push(0xE0 | point >> 12);
      push_tail(6);
      push_tail(0);
    } else {
      push(0xF0 | point >> 18);
      push_tail(12);
      push_tail(6);
      push_tail(0);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::size_t line_start_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace

std::string too_deep() {
  return fmt::format("nested deeper than {} levels", kDocumentDepthMax);
}

std::string too_many_values() {
  return fmt::format("the document has more than {} values", kDocumentNodesMax);
}

void check_unique_keys(const Value& mapping) {
  constexpr std::size_t kFewFields = 16;
  const auto& fields = mapping.fields;
  std::optional<std::pair<std::size_t, std::size_t>> twice;  // First and second index.
  if (fields.size() <= kFewFields) {
    for (std::size_t i = 1; i < fields.size() && !twice; ++i)
      for (std::size_t j = 0; j < i && !twice; ++j)
        if (fields[i].first == fields[j].first) twice = {j, i};
  } else {
    std::vector<std::size_t> order(fields.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      const int c = fields[a].first.compare(fields[b].first);
      return c != 0 ? c < 0 : a < b;
    });
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (fields[order[i]].first != fields[order[i - 1]].first) continue;
      if (!twice || order[i] < twice->second) twice = {order[i - 1], order[i]};
    }
  }
  if (!twice) return;
  const auto [first_line, first_column] = mapping.key_marks[twice->first];
  const auto [line, column] = mapping.key_marks[twice->second];
  throw DocumentFault{line, column,
                      fmt::format("'{}' is given twice; first at {}:{}",
                                  fields[twice->second].first, first_line, first_column)};
}

Value parse_json(std::string_view text) {
  return JsonReader(text).read_document();
}

}  // namespace sillar
