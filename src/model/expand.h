#pragma once

// Compact forms: one item of a list that stands for many. `count: 500` on a node and `copies: 100`
// on a workload or a task repeat the item; in every text of it {i} (in a task {t}) is the number of
// the copy, from 0, and may be followed by operations from left to right, {i/8}, {i%500}, {i/8%2},
// {i+1}. A name without one gets "-<number>" at its end. Internal to model.

#include <cstdint>
#include <functional>
#include <string_view>

#include "model/decoder.h"

namespace sillar {

struct Compact {
  std::string_view key;  // "count"
  char variable;         // 'i'
  std::string_view
      joint;  // Between a plain name and the number; with none, names stay as they are.
};

// Calls `each` with every item that `item` stands for: itself, or its copies. Returns whether all
// calls did; stops at the first that did not.
bool expand_item(Decoder& decoder, const Value& item, const Compact& compact,
                 const std::function<bool(const Value&)>& each);

// Index into `list.items` of the item that yields the `index`-th record, for complaints about
// records; items.size() when there is none.
[[nodiscard]] std::size_t item_of_record(const Value& list, const Compact& compact,
                                         std::size_t index);

inline constexpr Compact kNodeCount{"count", 'i', "-"};
inline constexpr Compact kWorkloadCopies{"copies", 'i', "-"};
inline constexpr Compact kTaskCopies{"copies", 't', ""};

}  // namespace sillar
