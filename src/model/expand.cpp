#include "model/expand.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/quantity.h"
#include "model/text.h"

namespace sillar {
namespace {

// The number that "/8%2" makes of `number`; nothing when the operations are malformed.
std::optional<std::int64_t> apply_operations(std::string_view operations, std::int64_t number) {
  constexpr std::size_t kDigitsMax = 9;
  while (!operations.empty()) {
    const char operation = operations.front();
    operations.remove_prefix(1);
    std::size_t digits = 0;
    while (digits < operations.size() && operations[digits] >= '0' && operations[digits] <= '9')
      ++digits;
    if (digits == 0 || digits > kDigitsMax) return std::nullopt;
    std::int64_t operand = 0;
    std::from_chars(operations.data(), operations.data() + digits, operand);
    operations.remove_prefix(digits);
    bool overflow = false;
    switch (operation) {
      case '+':
        overflow = __builtin_add_overflow(number, operand, &number);
        break;
      case '-':
        overflow = __builtin_sub_overflow(number, operand, &number);
        break;
      case '*':
        overflow = __builtin_mul_overflow(number, operand, &number);
        break;
      case '/':
      case '%':
        if (operand == 0) return std::nullopt;
        number = operation == '/' ? number / operand : number % operand;
        break;
      default:
        return std::nullopt;
    }
    if (overflow) return std::nullopt;
  }
  return number;
}

bool begins_operation(char c) {
  return std::string_view("}+-*/%").find(c) != std::string_view::npos;
}

class Substitution {
 public:
  Substitution(Decoder& decoder, char variable, std::int64_t number)
      : decoder_(decoder), variable_(variable), number_(number) {}

  bool apply(Value& value) {
    bool good = true;
    switch (value.kind) {
      case Value::Kind::kNull:
        break;
      case Value::Kind::kScalar:
        good = apply_scalar(value);
        break;
      case Value::Kind::kSequence:
        for (Value& item : value.items) good = apply(item) && good;
        break;
      case Value::Kind::kMapping:
        for (auto& field : value.fields) good = apply(field.second) && good;
        break;
    }
    return good;
  }

 private:
  bool apply_scalar(Value& value) {
    std::string_view rest = value.scalar;
    std::string out;
    bool any = false;
    for (;;) {
      const std::size_t open = rest.find('{');
      if (open == std::string_view::npos || open + 2 >= rest.size()) break;
      const bool ours = rest[open + 1] == variable_ && begins_operation(rest[open + 2]);
      const std::size_t close = ours ? rest.find('}', open) : std::string_view::npos;
      if (!ours) {
        out += rest.substr(0, open + 1);
        rest.remove_prefix(open + 1);
        continue;
      }
      const std::optional<std::int64_t> number =
          close == std::string_view::npos
              ? std::nullopt
              : apply_operations(rest.substr(open + 2, close - open - 2), number_);
      if (!number)
        return decoder_.fault(value,
                              fmt::format("'{}' is no number of a copy; write it like {{{}}}, "
                                          "{{{}/8}} or {{{}%500}}",
                                          value.scalar, variable_, variable_, variable_));
      out += rest.substr(0, open);
      out += std::to_string(*number);
      rest.remove_prefix(close + 1);
      any = true;
    }
    if (!any) return true;
    out += rest;
    value.scalar = std::move(out);
    value.quoted = false;  // "{i}" must be quoted in YAML, though it stands for a number.
    return true;
  }

  Decoder& decoder_;
  char variable_;
  std::int64_t number_;
};

}  // namespace

bool expand_item(Decoder& decoder, const Value& item, const Compact& compact,
                 const std::function<bool(const Value&)>& each) {
  const Value* copies = item.find(compact.key);
  if (copies == nullptr) return each(item);
  const auto count = copies->kind == Value::Kind::kScalar && !copies->quoted
                         ? parse_integer(copies->scalar)
                         : Result<std::int64_t>(invalid(""));
  if (!count || *count < 1 || *count > kCopiesMax) {
    const Decoder::Step step(decoder, compact.key);
    return decoder.fault(*copies, fmt::format("a whole number from 1 to {} was expected, not {}",
                                              kCopiesMax, describe(*copies)));
  }
  if (!decoder.charge_copies(*count))
    return decoder.fault(*copies,
                         fmt::format("the document expands to more than {} items", kCopiesMax));

  Value pattern = item;
  const auto at = std::find_if(pattern.fields.begin(), pattern.fields.end(),
                               [&](const auto& field) { return field.first == compact.key; });
  pattern.key_marks.erase(pattern.key_marks.begin() + (at - pattern.fields.begin()));
  pattern.fields.erase(at);
  for (auto& [key, value] : pattern.fields) {
    if (key != "name" || compact.joint.empty()) continue;
    const std::string opening = {'{', compact.variable};
    if (value.kind == Value::Kind::kScalar && value.scalar.find(opening) == std::string::npos)
      value.scalar += fmt::format("{}{{{}}}", compact.joint, compact.variable);
  }
  for (std::int64_t i = 0; i < *count; ++i) {
    Value copy = pattern;
    if (!Substitution(decoder, compact.variable, i).apply(copy) || !each(copy)) return false;
  }
  return true;
}

std::size_t item_of_record(const Value& list, const Compact& compact, std::size_t index) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const Value* copies = list.items[i].find(compact.key);
    const auto count = copies != nullptr ? parse_integer(copies->scalar) : 1;
    before += count && *count > 0 ? static_cast<std::size_t>(*count) : 1;
    if (index < before) return i;
  }
  return list.items.size();
}

}  // namespace sillar
