#include "model/codecs.h"

#include <algorithm>

namespace sillar {
namespace {

bool is_plain_number(const Value& value) {
  return value.kind == Value::Kind::kScalar && !value.quoted;
}

// What a parse function of base says, at the value.
template <class T>
bool take(Decoder& decoder, const Value& value, Result<T> parsed, T& out) {
  if (!parsed) return decoder.fault(value, parsed.error().message);
  out = *parsed;
  return true;
}

// "a, b or c"
std::string listing(const std::string_view* words, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) out += i + 1 == count ? " or " : ", ";
    out += words[i];
  }
  return out;
}

}  // namespace

const std::string* scalar_of(Decoder& decoder, const Value& value, std::string_view expected) {
  if (value.kind == Value::Kind::kScalar) return &value.scalar;
  decoder.fault(value, fmt::format("{} was expected, not {}", expected, describe(value)));
  return nullptr;
}

bool Name::read(Decoder& decoder, const Value& value, std::string& out) const {
  const std::string* text = scalar_of(decoder, value, "a name");
  if (text == nullptr) return false;
  if (text->empty()) return decoder.fault(value, "a name must not be empty");
  if (text->size() > kNameBytesMax)
    return decoder.fault(value, fmt::format("a name has at most {} bytes", kNameBytesMax));
  if (!is_name(*text))
    return decoder.fault(value, fmt::format("a name has no blanks; {} has", describe(value)));
  out = *text;
  return true;
}

void Name::schema(SchemaWriter& writer) const {
  writer.json.key("type").begin_array().string("string").string("number").end_array();
  writer.json.field("minLength", std::int64_t{1});
  writer.json.field("maxLength", static_cast<std::int64_t>(kNameBytesMax));
}

bool IntegerRange::read(Decoder& decoder, const Value& value, std::int64_t& out) const {
  if (!is_plain_number(value))
    return decoder.fault(value,
                         fmt::format("a whole number was expected, not {}", describe(value)));
  std::int64_t number = 0;
  if (!take(decoder, value, parse_integer(value.scalar), number)) return false;
  if (number < min || number > max)
    return decoder.fault(value, fmt::format("{} is outside {} to {}", number, min, max));
  out = number;
  return true;
}

void IntegerRange::schema(SchemaWriter& writer) const {
  writer.json.field("type", "integer").field("minimum", min).field("maximum", max);
}

bool Thousandths::read(Decoder& decoder, const Value& value, std::int64_t& out) const {
  const std::string* text = scalar_of(decoder, value, "an amount such as 2 or 1.5");
  std::int64_t number = 0;
  if (text == nullptr || !take(decoder, value, parse_thousandths(*text), number)) return false;
  if (number < min || number > max)
    return decoder.fault(value, fmt::format("{} is outside {} to {}", *text,
                                            format_thousandths(min), format_thousandths(max)));
  out = number;
  return true;
}

void Thousandths::schema(SchemaWriter& writer) const {
  writer.json.key("anyOf").begin_array().begin_object().field("type", "number");
  writer.json.key("minimum").decimal(format_thousandths(min)).end_object().begin_object();
  writer.json.field("type", "string").field("pattern", "^[0-9]+(\\.[0-9]+|m)?$");
  writer.json.end_object().end_array();
}

bool Bytes::read(Decoder& decoder, const Value& value, std::int64_t& out) const {
  const std::string* text = scalar_of(decoder, value, "an amount of memory such as 80Gi");
  return text != nullptr && take(decoder, value, parse_bytes(*text), out);
}

void Bytes::schema(SchemaWriter& writer) const {
  writer.json.key("type").begin_array().string("string").string("integer").end_array();
  writer.json.field("pattern", "^[0-9]+(\\.[0-9]+)?([KMGTP]i|[kMGTP]|B)?$");
  writer.json.field("minimum", std::int64_t{0});
}

bool Instant::read(Decoder& decoder, const Value& value, Time& out) const {
  const std::string* text = scalar_of(decoder, value, "a time such as 2026-01-31T12:00:00Z");
  return text != nullptr && take(decoder, value, parse_time(*text), out);
}

void Instant::schema(SchemaWriter& writer) const {
  writer.json.field("type", "string");
  writer.json.field("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$");
}

bool Span::read(Decoder& decoder, const Value& value, Duration& out) const {
  const std::string* text = scalar_of(decoder, value, "a duration such as 1h30m");
  if (text == nullptr) return false;
  if (or_never && *text == "never") {
    out = Duration::max();
    return true;
  }
  return take(decoder, value, parse_duration(*text), out);
}

Value Span::write(const Fleet&, Duration duration) const {
  if (or_never && duration == Duration::max()) return Value::text("never");
  return Value::plain(format_duration(duration));
}

void Span::schema(SchemaWriter& writer) const {
  writer.json.key("anyOf").begin_array().begin_object().field("type", "string");
  writer.json.field("pattern", or_never ? "^(never|0|([0-9]+(d|h|m|s|ms|us|ns))+)$"
                                        : "^(0|([0-9]+(d|h|m|s|ms|us|ns))+)$");
  writer.json.end_object().begin_object().field("const", std::int64_t{0}).end_object().end_array();
}

bool Boolean::read(Decoder& decoder, const Value& value, bool& out) const {
  if (is_plain_number(value)) {
    for (const std::string_view word : {"true", "True", "TRUE"})
      if (value.scalar == word) return out = true;
    for (const std::string_view word : {"false", "False", "FALSE"})
      if (value.scalar == word) return out = false, true;
  }
  return decoder.fault(value, fmt::format("true or false was expected, not {}", describe(value)));
}

void Boolean::schema(SchemaWriter& writer) const {
  writer.json.field("type", "boolean");
}

bool PricePerHour::read(Decoder& decoder, const Value& value, std::optional<Money>& out) const {
  const Value* amount = value.find("amount");
  const Value* currency = value.find("currency");
  if (amount == nullptr || currency == nullptr || value.fields.size() != 2)
    return decoder.fault(value, "a price is {amount: \"98.32\", currency: USD}");
  Money money;
  bool good = false;
  {
    const Decoder::Step step(decoder, "amount");
    const std::string* text = scalar_of(decoder, *amount, "a decimal amount");
    good = text != nullptr && take(decoder, *amount, parse_nanos(*text), money.nanos);
    if (good && money.nanos < 0) good = decoder.fault(*amount, "a price is not negative");
  }
  const Decoder::Step step(decoder, "currency");
  const std::string* text = scalar_of(decoder, *currency, "a currency code");
  if (text == nullptr || !take(decoder, *currency, parse_currency(*text), money.currency) || !good)
    return false;
  out = money;
  return true;
}

Value PricePerHour::write(const Fleet&, const std::optional<Money>& price) const {
  Value out = Value::mapping();
  out.set("amount", Value::text(format_nanos(price->nanos)));
  out.set("currency", Value::text(price->currency.text()));
  return out;
}

void PricePerHour::schema(SchemaWriter& writer) const {
  JsonWriter& json = writer.json;
  json.field("type", "object").field_bool("additionalProperties", false);
  json.key("properties").begin_object().key("amount").begin_object();
  json.key("type").begin_array().string("string").string("number").end_array();
  json.field("pattern", "^[0-9]+(\\.[0-9]+)?$").end_object();
  json.key("currency").begin_object().field("type", "string").field("pattern", "^[A-Z]{3}$");
  json.end_object().end_object();
  json.key("required").begin_array().string("amount").string("currency").end_array();
}

bool Amount::read(Decoder& decoder, const Value& value, Money& out) const {
  const std::string* text = scalar_of(decoder, value, "an amount such as 1000 USD");
  if (text == nullptr) return false;
  const std::size_t blank = text->find(' ');
  if (blank == std::string::npos)
    return decoder.fault(
        value, fmt::format("an amount such as 1000 USD was expected, not {}", describe(value)));
  return take(decoder, value, parse_nanos(std::string_view(*text).substr(0, blank)), out.nanos) &&
         take(decoder, value, parse_currency(std::string_view(*text).substr(blank + 1)),
              out.currency);
}

void Amount::schema(SchemaWriter& writer) const {
  writer.json.field("type", "string").field("pattern", "^[0-9]+(\\.[0-9]+)? [A-Z]{3}$");
}

bool Labels::read(Decoder& decoder, const Value& value, Pairs& out) const {
  if (value.kind != Value::Kind::kMapping)
    return decoder.fault(value, fmt::format("a mapping was expected, not {}", describe(value)));
  bool good = true;
  out.clear();
  for (const auto& [key, field] : value.fields) {
    const Decoder::Step step(decoder, key);
    const std::string* text = scalar_of(decoder, field, "a text");
    if (text == nullptr) {
      good = false;
    } else if (key.empty() || key.size() > kNameBytesMax || text->size() > kTextBytesMax) {
      good = decoder.fault(field, fmt::format("a label has 1 to {} bytes and its text at most {}",
                                              kNameBytesMax, kTextBytesMax));
    } else {
      out.emplace_back(key, *text);
    }
  }
  std::sort(out.begin(), out.end());
  return good;
}

Value Labels::write(const Fleet&, const Pairs& labels) const {
  Value out = Value::mapping();
  for (const auto& [key, text] : labels) out.set(key, Value::text(text));
  return out;
}

void Labels::schema(SchemaWriter& writer) const {
  writer.json.field("type", "object").key("additionalProperties").begin_object().key("type");
  writer.json.begin_array().string("string").string("number").string("boolean").end_array();
  writer.json.end_object();
}

bool read_choice(Decoder& decoder, const Value& value, const std::string_view* names,
                 std::size_t count, std::size_t& out) {
  const std::string* text = scalar_of(decoder, value, "a word");
  if (text == nullptr) return false;
  const auto found = std::find(names, names + count, *text);
  if (found == names + count)
    return decoder.fault(
        value, fmt::format("{} is not one of {}{}", describe(value), listing(names, count),
                           suggestion(*text, {names, names + count})));
  out = static_cast<std::size_t>(found - names);
  return true;
}

void choice_schema(SchemaWriter& writer, const std::string_view* names, std::size_t count) {
  writer.json.key("enum").begin_array();
  for (std::size_t i = 0; i < count; ++i) writer.json.string(names[i]);
  writer.json.end_array();
}

bool WordOf::read(Decoder& decoder, const Value& value, std::string& out) const {
  std::size_t index = 0;
  if (!read_choice(decoder, value, words->data(), words->size(), index)) return false;
  out = (*words)[index];
  return true;
}

void WordOf::schema(SchemaWriter& writer) const {
  choice_schema(writer, words->data(), words->size());
}

bool expect_sequence(Decoder& decoder, const Value& value) {
  if (value.kind == Value::Kind::kSequence) return true;
  return decoder.fault(value, fmt::format("a list was expected, not {}", describe(value)));
}

}  // namespace sillar
