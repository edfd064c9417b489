// The reader of JSON, and the limits that it shares with the reader of YAML.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include "base/document_parts.h"

namespace sillar {
namespace {

// Every read function returns false once a fault is recorded.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  tl::expected<Value, DocumentFault> read_document() {
    Value root;
    bool good = read_value(root, 0);
    if (good) {
      skip_blanks();
      good = at_ == text_.size() || fail("text after the end of the document");
    }
    if (!good) return tl::unexpected(std::move(fault_));
    return root;
  }

 private:
  bool fail(std::string message) {
    fault_ = {line_, column(at_), std::move(message)};
    return false;
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

  bool expect(char c) {
    skip_blanks();
    if (peek() != c) return fail(fmt::format("'{}' was expected", c));
    ++at_;
    return true;
  }

  bool count_node() { return ++nodes_ <= kDocumentNodesMax || fail(too_many_values()); }

  // `depth` collections are open around the value.
  bool read_value(Value& value, int depth) {
    skip_blanks();
    if (!count_node()) return false;
    value.line = line_;
    value.column = column(at_);
    value.kind = Value::Kind::kScalar;
    const char c = peek();
    if (c == '{' || c == '[') {
      if (depth >= kDocumentDepthMax) return fail(too_deep());
      ++at_;
      return c == '{' ? read_object(value, depth + 1) : read_array(value, depth + 1);
    }
    if (c == '"') {
      value.quoted = true;
      return read_string(value.scalar);
    }
    const std::string_view word = next_word();
    if (word == "null")
      value.kind = Value::Kind::kNull;
    else if (word == "true" || word == "false" || is_json_number(word))
      value.scalar = word;
    else
      return fail("a value was expected");
    at_ += word.size();
    return true;
  }

  bool read_object(Value& object, int depth) {
    object.kind = Value::Kind::kMapping;
    skip_blanks();
    if (peek() == '}') return ++at_, true;
    for (;;) {
      skip_blanks();
      if (peek() != '"') return fail("a key in double quotes was expected");
      if (!count_node()) return false;
      object.key_marks.emplace_back(line_, column(at_));
      auto& [key, value] = object.fields.emplace_back();
      if (!read_string(key) || !expect(':') || !read_value(value, depth)) return false;
      skip_blanks();
      if (peek() == '}') break;
      if (!expect(',')) return false;
    }
    ++at_;
    auto twice = find_equal_keys(object);
    if (!twice) return true;
    fault_ = std::move(*twice);
    return false;
  }

  bool read_array(Value& array, int depth) {
    array.kind = Value::Kind::kSequence;
    skip_blanks();
    if (peek() == ']') return ++at_, true;
    for (;;) {
      if (!read_value(array.items.emplace_back(), depth)) return false;
      skip_blanks();
      if (peek() == ']') break;
      if (!expect(',')) return false;
    }
    ++at_;
    return true;
  }

  // What may be a number or a word; empty at anything else.
  [[nodiscard]] std::string_view next_word() const {
    const auto belongs = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == 'E' || c == '-' || c == '+' ||
             c == '.';
    };
    std::size_t end = at_;
    while (end < text_.size() && belongs(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  bool read_string(std::string& out) {
    ++at_;
    for (;;) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
             static_cast<unsigned char>(text_[at_]) >= 0x20)
        ++at_;
      out += text_.substr(begin, at_ - begin);
      const char c = peek();
      if (c == '"') return ++at_, true;
      if (c != '\\') return fail("a text is not closed on its line");
      if (!read_escape(out)) return false;
    }
  }

  bool read_escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kCharacters = "\"\\/\b\f\n\r\t";
    const char name = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (name == 'u') return read_code_point(out);
    const std::size_t index = kNames.find(name);
    if (index == kNames.npos) return fail("an unknown escape");
    out += kCharacters[index];
    at_ += 2;
    return true;
  }

  // "\u00e9", or two surrogates in a row.
  bool read_code_point(std::string& out) {
    std::uint32_t point = 0;
    if (!read_code_unit(point)) return false;
    if (point >= 0xD800 && point <= 0xDFFF) {
      std::uint32_t low = 0;
      const bool paired = point < 0xDC00 && text_.substr(at_, 2) == "\\u";
      if (paired && !read_code_unit(low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return fail("half of a pair of surrogates");
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    append_utf8(point, out);
    return true;
  }

  bool read_code_unit(std::uint32_t& unit) {
    constexpr std::size_t kLength = 6;
    const std::string_view digits = text_.substr(at_, kLength).substr(2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
    if (digits.size() != kLength - 2 || error != std::errc{} ||
        end != digits.data() + digits.size())
      return fail("four hexadecimal digits were expected");
    at_ += kLength;
    return true;
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
  DocumentFault fault_;
};

}  // namespace

std::string too_deep() {
  return fmt::format("nested deeper than {} levels", kDocumentDepthMax);
}

std::string too_many_values() {
  return fmt::format("the document has more than {} values", kDocumentNodesMax);
}

std::optional<DocumentFault> find_equal_keys(const Value& mapping) {
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
  if (!twice) return std::nullopt;
  const auto [first_line, first_column] = mapping.key_marks[twice->first];
  const auto [line, column] = mapping.key_marks[twice->second];
  return DocumentFault{line, column,
                       fmt::format("'{}' is given twice; first at {}:{}",
                                   fields[twice->second].first, first_line, first_column)};
}

tl::expected<Value, DocumentFault> parse_json(std::string_view text) {
  return JsonReader(text).read_document();
}

}  // namespace sillar
