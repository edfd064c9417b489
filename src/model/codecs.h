#pragma once

// The codecs that the field tables are made of. Internal to model.

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/money.h"
#include "base/quantity.h"
#include "base/time.h"
#include "model/expand.h"
#include "model/names.h"
#include "model/table.h"

namespace sillar {

// The scalar's text, or null after a fault that says what was `expected`.
[[nodiscard]] const std::string* scalar_of(Decoder& decoder, const Value& value,
                                           std::string_view expected);

// A word without blanks: the name of something.
struct Name {
  bool read(Decoder& decoder, const Value& value, std::string& out) const;
  [[nodiscard]] Value write(const Fleet&, const std::string& name) const {
    return Value::text(name);
  }
  void schema(SchemaWriter& writer) const;
};

// Integers of any width; plain scalars only.
struct IntegerRange {
  std::int64_t min;
  std::int64_t max;

  bool read(Decoder& decoder, const Value& value, std::int64_t& out) const;
  void schema(SchemaWriter& writer) const;
};

template <class T>
struct Integer {
  T min = 0;
  T max = std::numeric_limits<T>::max();

  bool read(Decoder& decoder, const Value& value, T& out) const {
    std::int64_t wide = 0;
    if (!IntegerRange{min, max}.read(decoder, value, wide)) return false;
    out = static_cast<T>(wide);
    return true;
  }
  [[nodiscard]] Value write(const Fleet&, T value) const {
    return Value::plain(std::to_string(value));
  }
  void schema(SchemaWriter& writer) const { IntegerRange{min, max}.schema(writer); }
};

// Thousandths written as a decimal: cores ("1.5", "500m"), devices of a quota, factors.
struct Thousandths {
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();

  bool read(Decoder& decoder, const Value& value, std::int64_t& out) const;
  [[nodiscard]] Value write(const Fleet&, std::int64_t thousandths) const {
    return Value::plain(format_thousandths(thousandths));
  }
  void schema(SchemaWriter& writer) const;
};

struct Bytes {
  bool read(Decoder& decoder, const Value& value, std::int64_t& out) const;
  [[nodiscard]] Value write(const Fleet&, std::int64_t bytes) const {
    return Value::plain(format_bytes(bytes));
  }
  void schema(SchemaWriter& writer) const;
};

struct Instant {
  bool read(Decoder& decoder, const Value& value, Time& out) const;
  [[nodiscard]] Value write(const Fleet&, Time time) const {
    return Value::plain(format_time(time));
  }
  void schema(SchemaWriter& writer) const;
};

struct Span {
  bool or_never = false;  // Accept "never", which is Duration::max().

  bool read(Decoder& decoder, const Value& value, Duration& out) const;
  [[nodiscard]] Value write(const Fleet&, Duration duration) const;
  void schema(SchemaWriter& writer) const;
};

struct Boolean {
  bool read(Decoder& decoder, const Value& value, bool& out) const;
  [[nodiscard]] Value write(const Fleet&, bool value) const {
    return Value::plain(value ? "true" : "false");
  }
  void schema(SchemaWriter& writer) const;
};

// Money for an hour: {amount: "98.32", currency: USD}.
struct PricePerHour {
  bool read(Decoder& decoder, const Value& value, std::optional<Money>& out) const;
  [[nodiscard]] Value write(const Fleet&, const std::optional<Money>& price) const;
  void schema(SchemaWriter& writer) const;
};

// Money as one word and its currency: "1000 USD".
struct Amount {
  bool read(Decoder& decoder, const Value& value, Money& out) const;
  [[nodiscard]] Value write(const Fleet&, const Money& money) const {
    return Value::text(fmt::format("{} {}", format_nanos(money.nanos), money.currency.text()));
  }
  void schema(SchemaWriter& writer) const;
};

// A mapping of words to texts, sorted by word.
struct Labels {
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  bool read(Decoder& decoder, const Value& value, Pairs& out) const;
  [[nodiscard]] Value write(const Fleet&, const Pairs& labels) const;
  void schema(SchemaWriter& writer) const;
};

// One of a few words. Requires: `names` outlives the codec and lists every enumerator in order.
bool read_choice(Decoder& decoder, const Value& value, const std::string_view* names,
                 std::size_t count, std::size_t& out);
void choice_schema(SchemaWriter& writer, const std::string_view* names, std::size_t count);

template <class E, std::size_t N>
struct Choice {
  const std::array<std::string_view, N>* names;

  bool read(Decoder& decoder, const Value& value, E& out) const {
    std::size_t index = 0;
    if (!read_choice(decoder, value, names->data(), N, index)) return false;
    out = static_cast<E>(index);
    return true;
  }
  [[nodiscard]] Value write(const Fleet&, E value) const {
    return Value::text((*names)[static_cast<std::size_t>(value)]);
  }
  void schema(SchemaWriter& writer) const { choice_schema(writer, names->data(), N); }
};

// A choice that stays text in the record; empty is "unstated".
struct WordOf {
  const std::vector<std::string_view>* words;

  bool read(Decoder& decoder, const Value& value, std::string& out) const;
  [[nodiscard]] Value write(const Fleet&, const std::string& word) const {
    return Value::text(word);
  }
  void schema(SchemaWriter& writer) const;
};

// The inner codec, or the word "unlimited" for kUnlimited.
template <class Codec, class T = std::int64_t>
struct OrUnlimited {
  Codec inner;

  bool read(Decoder& decoder, const Value& value, T& out) const {
    if (value.kind == Value::Kind::kScalar && value.scalar == "unlimited") {
      out = static_cast<T>(kUnlimited);
      return true;
    }
    return inner.read(decoder, value, out);
  }
  [[nodiscard]] Value write(const Fleet& fleet, T value) const {
    return value == kUnlimited ? Value::text("unlimited") : inner.write(fleet, value);
  }
  void schema(SchemaWriter& writer) const {
    writer.json.key("anyOf").begin_array().begin_object().field("const", "unlimited").end_object();
    writer.json.begin_object();
    inner.schema(writer);
    writer.json.end_object().end_array();
  }
};

template <class Codec>
struct Optional {
  Codec inner;

  template <class T>
  bool read(Decoder& decoder, const Value& value, std::optional<T>& out) const {
    T read{};
    if (!inner.read(decoder, value, read)) return false;
    out = std::move(read);
    return true;
  }
  template <class T>
  [[nodiscard]] Value write(const Fleet& fleet, const std::optional<T>& value) const {
    return inner.write(fleet, *value);
  }
  void schema(SchemaWriter& writer) const { inner.schema(writer); }
};

bool expect_sequence(Decoder& decoder, const Value& value);

template <class Codec>
struct List {
  Codec inner;

  template <class T>
  bool read(Decoder& decoder, const Value& value, std::vector<T>& out) const {
    if (!expect_sequence(decoder, value)) return false;
    bool good = true;
    out.clear();
    out.reserve(value.items.size());
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const Decoder::Step step(decoder, i);
      T item{};
      good = inner.read(decoder, value.items[i], item) && good;
      out.push_back(std::move(item));
    }
    return good;
  }
  template <class T>
  [[nodiscard]] Value write(const Fleet& fleet, const std::vector<T>& items) const {
    Value out = Value::sequence();
    for (const T& item : items) out.items.push_back(inner.write(fleet, item));
    return out;
  }
  void schema(SchemaWriter& writer) const {
    writer.json.field("type", "array").key("items").begin_object();
    inner.schema(writer);
    writer.json.end_object();
  }
};

// A record with a table of its own. The table is a function, because tables refer to each other.
template <class R>
struct Record {
  const Table<R>& (*table)();

  bool read(Decoder& decoder, const Value& value, R& out) const {
    return table().read(decoder, value, out);
  }
  [[nodiscard]] Value write(const Fleet& fleet, const R& record) const {
    return table().write(fleet, record);
  }
  void schema(SchemaWriter& writer) const { table().refer(writer); }
};

// A list of records in which one item may stand for many: `Text` is what a file states, `Stored`
// (its base) what the model keeps. See expand.h for the forms.
template <class Stored, class Text>
struct CompactList {
  const Table<Text>& (*table)();
  Compact compact;

  bool read(Decoder& decoder, const Value& value, std::vector<Stored>& out) const {
    if (!expect_sequence(decoder, value)) return false;
    bool good = true;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const Decoder::Step step(decoder, i);
      good = expand_item(decoder, value.items[i], compact,
                         [&](const Value& item) {
                           Text text;
                           if (!table().read(decoder, item, text)) return false;
                           out.push_back(std::move(static_cast<Stored&>(text)));
                           return true;
                         }) &&
             good;
    }
    return good;
  }
  [[nodiscard]] Value write(const Fleet& fleet, const std::vector<Stored>& items) const {
    Value out = Value::sequence();
    for (const Stored& item : items) {
      Text text;
      static_cast<Stored&>(text) = item;
      out.items.push_back(table().write(fleet, text));
    }
    return out;
  }
  void schema(SchemaWriter& writer) const {
    writer.json.field("type", "array").key("items").begin_object();
    table().refer(writer);
    writer.json.end_object();
  }
};

}  // namespace sillar
