#pragma once

// Field tables: one declarative list of fields per record, from which come its decoder, its printer
// and its part of the JSON Schema, so that the three cannot disagree. Internal to model.
//
// A codec for a type T is a small struct with
//   bool read(Decoder&, const Value&, T& out) const   false: a fault was recorded
//   Value write(const Fleet&, const T&) const
//   void schema(SchemaWriter&) const                  the members of the field's schema object
// and optionally
//   bool omit(const Fleet&, const T& value, const T& standard) const   whether to print nothing

#include <fmt/format.h>

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/decoder.h"

namespace sillar {

enum class Need : std::uint8_t { kOptional, kRequired };

template <class R>
class Table {
 public:
  // `name` is the definition's name in the schema.
  Table(std::string_view name, std::string_view doc) : name_(name), doc_(doc) {}

  template <class Base, class T, class Codec>
    requires std::derived_from<R, Base>
  Table& add(Need need, std::string_view name, T Base::* member, Codec codec,
             std::string_view doc) {
    Field field{name, doc, need == Need::kRequired, {}, {}, {}};
    field.read = [codec, member](Decoder& decoder, const Value& value, R& record) {
      return codec.read(decoder, value, record.*member);
    };
    field.write = [codec, member, always = field.required](const Fleet& fleet, const R& record,
                                                           const R& standard, Value& out) {
      if constexpr (requires { codec.omit(fleet, record.*member, standard.*member); }) {
        if (!always && codec.omit(fleet, record.*member, standard.*member)) return false;
      } else {
        if (!always && record.*member == standard.*member) return false;
      }
      out = codec.write(fleet, record.*member);
      return true;
    };
    field.schema = [codec](SchemaWriter& writer) { codec.schema(writer); };
    fields_.push_back(std::move(field));
    return *this;
  }
  template <class T, class Base, class Codec>
  Table& optional(std::string_view name, T Base::* member, Codec codec, std::string_view doc) {
    return add(Need::kOptional, name, member, std::move(codec), doc);
  }
  template <class T, class Base, class Codec>
  Table& required(std::string_view name, T Base::* member, Codec codec, std::string_view doc) {
    return add(Need::kRequired, name, member, std::move(codec), doc);
  }

  // Runs after all fields of a record were read without a fault. False: it recorded one.
  Table& after(std::function<bool(Decoder&, const Value&, R&)> hook) {
    after_ = std::move(hook);
    return *this;
  }
  // Runs on a copy of a record before it is printed.
  Table& before_print(std::function<void(const Fleet&, R&)> hook) {
    before_print_ = std::move(hook);
    return *this;
  }

  bool read(Decoder& decoder, const Value& value, R& record) const {
    if (value.kind != Value::Kind::kMapping)
      return decoder.fault(value, fmt::format("a mapping was expected, not {}", describe(value)));
    bool good = true;
    std::size_t known = 0;
    // In the table's order, which later fields rely on, whatever the order in the file.
    for (const Field& field : fields_) {
      const Value* found = value.find(field.name);
      if (found != nullptr) ++known;
      if (found == nullptr || found->kind == Value::Kind::kNull) {
        if (field.required)
          good = decoder.fault(value, fmt::format("the field '{}' is missing", field.name));
        continue;
      }
      const Decoder::Step step(decoder, field.name);
      good = field.read(decoder, *found, record) && good;
    }
    if (known != value.fields.size()) good = refuse_unknown(decoder, value);
    return good && (!after_ || after_(decoder, value, record));
  }

  [[nodiscard]] Value write(const Fleet& fleet, const R& original) const {
    static const R standard{};
    R copy;
    const R* record = &original;
    if (before_print_) {
      copy = original;
      before_print_(fleet, copy);
      record = &copy;
    }
    Value out = Value::mapping();
    for (const Field& field : fields_) {
      Value value;
      if (field.write(fleet, *record, standard, value)) out.set(field.name, std::move(value));
    }
    return out;
  }

  void schema(SchemaWriter& writer) const {
    JsonWriter& json = writer.json;
    json.field("type", "object").field("description", doc_);
    json.field_bool("additionalProperties", false);
    json.key("properties").begin_object();
    for (const Field& field : fields_) {
      json.key(field.name).begin_object();
      field.schema(writer);
      json.field("description", field.doc);
      json.end_object();
    }
    json.end_object();
    json.key("required").begin_array();
    for (const Field& field : fields_)
      if (field.required) json.string(field.name);
    json.end_array();
  }
  void refer(SchemaWriter& writer) const {
    writer.refer(name_, [this](SchemaWriter& inner) { schema(inner); });
  }

 private:
  struct Field {
    std::string_view name;
    std::string_view doc;
    bool required;
    std::function<bool(Decoder&, const Value&, R&)> read;
    // False: the field has its standard value and is not printed.
    std::function<bool(const Fleet&, const R&, const R& standard, Value&)> write;
    std::function<void(SchemaWriter&)> schema;
  };

  bool refuse_unknown(Decoder& decoder, const Value& value) const {
    std::vector<std::string> names;
    for (const Field& field : fields_) names.emplace_back(field.name);
    for (std::size_t i = 0; i < value.fields.size(); ++i) {
      const std::string& key = value.fields[i].first;
      if (std::find(names.begin(), names.end(), key) != names.end()) continue;
      const auto [line, column] = value.key_marks[i];
      decoder.fault(line, column, decoder.path(),
                    fmt::format("unknown field '{}'{}", key, suggestion(key, names)));
    }
    return false;
  }

  std::string_view name_;
  std::string_view doc_;
  std::vector<Field> fields_;
  std::function<bool(Decoder&, const Value&, R&)> after_;
  std::function<void(const Fleet&, R&)> before_print_;
};

}  // namespace sillar
