#pragma once

// JSON Schema (draft 2020-12) by hand: one function for each kind of value that the API speaks of.
// Values are made once, when the description of the API is.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"

namespace sillar::server::shape {

struct Member {
  std::string_view name;
  Value shape;
  bool required = true;
};

[[nodiscard]] Value text(std::string_view doc);
[[nodiscard]] Value integer(std::string_view doc, std::optional<std::int64_t> minimum = {},
                            std::optional<std::int64_t> maximum = {});
// 0 or more.
[[nodiscard]] Value count(std::string_view doc);
[[nodiscard]] Value boolean(std::string_view doc);
// RFC 3339, in UTC.
[[nodiscard]] Value time(std::string_view doc);
[[nodiscard]] Value words(const std::vector<std::string_view>& words, std::string_view doc);
// Exactly that text.
[[nodiscard]] Value word(std::string_view word);
[[nodiscard]] Value list(Value items, std::string_view doc = {});
// A mapping from any text to values of one shape.
[[nodiscard]] Value map_of(Value values, std::string_view doc);
// Of another shape of the document, by its name.
[[nodiscard]] Value ref(std::string_view name, std::string_view doc = {});
[[nodiscard]] Value or_null(Value shape);
[[nodiscard]] Value any_of(std::vector<Value> shapes, std::string_view doc = {});
// Has these members and no others.
[[nodiscard]] Value object(std::string_view doc, std::vector<Member> members);
// An answer: an object that says its version and kind first.
[[nodiscard]] Value answer(std::string_view kind, std::string_view doc,
                           std::vector<Member> members);
// A page of a list: items, and where the next page begins.
[[nodiscard]] Value page(std::string_view kind, std::string_view doc, std::string_view items,
                         std::vector<Member> more = {});
[[nodiscard]] inline Member optional(std::string_view name, Value shape) {
  return {name, std::move(shape), false};
}

}  // namespace sillar::server::shape
