#pragma once

// Everything that the command line says to people, in English and Spanish: whole sentences with
// named gaps in braces, none built from parts, none with a plural to get wrong.

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cli/message.h"
#include "model/reason.h"

namespace sillar::cli {

struct Entry {
  Message message;
  std::string_view english;
  std::string_view spanish;
};

// The tables; together they hold every message but kNone, in order.
[[nodiscard]] std::span<const Entry> sentence_entries();
[[nodiscard]] std::span<const Entry> help_entries();
[[nodiscard]] std::span<const Entry> page_entries();
[[nodiscard]] std::span<const Entry> title_entries();
[[nodiscard]] std::span<const Entry> service_entries();
[[nodiscard]] std::span<const Entry> resource_entries();
[[nodiscard]] std::span<const Entry> demo_entries();
[[nodiscard]] std::span<const Entry> alert_entries();
[[nodiscard]] std::span<const Entry> config_entries();
[[nodiscard]] std::span<const Entry> verb_entries();

// True when the entries are exactly [first, end) in order and say something in both languages.
[[nodiscard]] consteval bool is_complete(std::span<const Entry> entries, Message first,
                                         Message end) {
  if (entries.size() != static_cast<std::size_t>(end) - static_cast<std::size_t>(first))
    return false;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (static_cast<std::size_t>(entry.message) != static_cast<std::size_t>(first) + i)
      return false;
    if (entry.english.empty() || entry.spanish.empty()) return false;
  }
  return true;
}

// What stands in the gaps, by name.
using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// The sentence as it is written, gaps unfilled.
[[nodiscard]] std::string_view say(Message message, Language language);
// With its gaps filled; a gap without a field stays.
[[nodiscard]] std::string say(Message message, Language language, Fields fields);

// The answers' own words ("Pending", "on-demand"), which machines read in English. A word that is
// not in the list is returned as it is.
[[nodiscard]] std::string_view say_word(std::string_view word, Language language);

}  // namespace sillar::cli
