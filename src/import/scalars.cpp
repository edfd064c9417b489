#include "import/scalars.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/money.h"

namespace sillar {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string without_underscores(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != '_') out += c;
  return out;
}

// Python: true, True, TRUE and so on. Go as well, and y and n.
std::optional<bool> boolean(std::string_view text, ScalarRules rules) {
  struct Word {
    std::string_view lower;
    bool truth;
  };
  constexpr auto kWords = std::to_array<Word>({{"true", true},
                                               {"yes", true},
                                               {"on", true},
                                               {"y", true},
                                               {"false", false},
                                               {"no", false},
                                               {"off", false},
                                               {"n", false}});
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  for (const Word& word : kWords) {
    if (text.size() != word.lower.size()) continue;
    if (word.lower.size() == 1 && rules == ScalarRules::kPython) continue;
    const std::string_view tail = word.lower.substr(1);
    const bool first_lower = text[0] == word.lower[0];
    const bool first_upper = text[0] == upper(word.lower[0]);
    const bool tail_lower = text.substr(1) == tail;
    const bool tail_upper = std::ranges::equal(text.substr(1), tail, {}, {}, upper);
    if ((first_lower && tail_lower) || (first_upper && (tail_lower || tail_upper)))
      return word.truth;
  }
  return std::nullopt;
}

std::optional<std::int64_t> digits_of_base(std::string_view digits, int base, bool negative) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (value > kMax) return std::nullopt;
  return negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
}

// "190:20:30" as YAML 1.1 counts by sixties.
std::optional<std::int64_t> sexagesimal(std::string_view text, bool negative) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  Int128 total = 0;
  for (bool first = true; !text.empty() || first; first = false) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view part = text.substr(0, end);
    const bool more = end < text.size();
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty() || (more && text.empty())) return std::nullopt;
    if (!std::ranges::all_of(part, is_digit)) return std::nullopt;
    if (!first && (part.size() > 2 || (part.size() == 2 && part[0] > '5'))) return std::nullopt;
    const auto digits = digits_of_base(part, 10, false);
    if (!digits) return std::nullopt;
    total = total * 60 + *digits;
    if (total > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    if (!more) break;
  }
  const auto value = static_cast<std::int64_t>(total);
  return negative ? -value : value;
}

std::optional<std::int64_t> integer(std::string_view text, ScalarRules rules) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  if (rules == ScalarRules::kPython && text.find(':') != std::string_view::npos)
    return sexagesimal(without_underscores(text), negative);
  const std::string plain = without_underscores(text);
  std::string_view digits = plain;
  const auto prefixed = [&](std::string_view prefix) {
    if (!digits.starts_with(prefix)) return false;
    digits.remove_prefix(prefix.size());
    return true;
  };
  const bool go = rules == ScalarRules::kGo;
  if (prefixed("0x") || (go && prefixed("0X"))) return digits_of_base(digits, 16, negative);
  if (prefixed("0b") || (go && prefixed("0B"))) return digits_of_base(digits, 2, negative);
  if (go && (prefixed("0o") || prefixed("0O"))) return digits_of_base(digits, 8, negative);
  if (digits.size() > 1 && digits.front() == '0') return digits_of_base(digits, 8, negative);
  return digits_of_base(digits, 10, negative);
}

// Whether the text has the form of a float, underscores aside. Python wants a point, and a sign
// after the e; Go wants neither.
bool has_float_form(std::string_view text, ScalarRules rules) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const auto skip_digits = [&] {
    std::size_t count = 0;
    while (!text.empty() && is_digit(text.front())) {
      text.remove_prefix(1);
      ++count;
    }
    return count;
  };
  const std::size_t whole = skip_digits();
  std::size_t decimals = 0;
  const bool point = text.starts_with('.');
  if (point) {
    text.remove_prefix(1);
    decimals = skip_digits();
  }
  if (whole + decimals == 0 || (rules == ScalarRules::kPython && !point)) return false;
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  const bool sign = text.starts_with('+') || text.starts_with('-');
  if (sign) text.remove_prefix(1);
  if (!sign && rules == ScalarRules::kPython) return false;
  return skip_digits() > 0 && text.empty();
}

// As Python's repr and Go's JSON write it: the shortest that reads back.
std::string float_text(double number, ScalarRules rules) {
  std::string text = fmt::format("{}", number);
  if (rules == ScalarRules::kPython && text.find_first_not_of("-0123456789") == text.npos)
    text += ".0";
  return text;
}

}  // namespace

Scalar resolve(const Value& value, ScalarRules rules) {
  Scalar out;
  if (value.kind != Value::Kind::kScalar) return out;
  const std::string& text = value.scalar;
  out.kind = Scalar::Kind::kText;
  out.text = text;
  if (value.quoted || text.empty()) return out;
  if (const auto truth = boolean(text, rules)) {
    const bool python = rules == ScalarRules::kPython;
    out.kind = Scalar::Kind::kBool;
    out.truth = *truth;
    out.text = *truth ? (python ? "True" : "true") : (python ? "False" : "false");
    return out;
  }
  if (const auto number = integer(text, rules)) {
    out.kind = Scalar::Kind::kInteger;
    out.integer = *number;
    out.text = std::to_string(*number);
    return out;
  }
  const std::string plain = without_underscores(text);
  if (text.front() != '_' && has_float_form(plain, rules)) {
    const std::size_t sign = plain.front() == '+' ? 1 : 0;
    double number = 0;
    const auto [end, error] =
        std::from_chars(plain.data() + sign, plain.data() + plain.size(), number);
    if (error == std::errc{} && end == plain.data() + plain.size()) {
      out.kind = Scalar::Kind::kFloat;
      out.number = number;
      out.text = float_text(number, rules);
    }
  }
  return out;
}

std::optional<std::int64_t> decimal_nanos(std::string_view text) {
  constexpr int kScale = 9;
  int exponent = kScale;
  const std::size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) {
    std::string_view power = text.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    int value = 0;
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), value);
    if (error != std::errc{} || end != power.data() + power.size()) return std::nullopt;
    if (value < -100 || value > 100) return std::nullopt;
    exponent += value;
    text = text.substr(0, e);
  }
  Int128 mantissa = 0;
  bool point = false;
  std::size_t digits = 0;
  for (char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!is_digit(c)) return std::nullopt;
    ++digits;
    if (mantissa > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    mantissa = mantissa * 10 + (c - '0');
    if (point) --exponent;
  }
  if (digits == 0) return std::nullopt;
  for (; exponent < 0; ++exponent) {
    if (mantissa % 10 != 0) return std::nullopt;
    mantissa /= 10;
  }
  for (; exponent > 0 && mantissa != 0; --exponent) {
    mantissa *= 10;
    if (mantissa > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  }
  if (mantissa > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return static_cast<std::int64_t>(mantissa);
}

}  // namespace sillar
