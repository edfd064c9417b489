#pragma once

// Errors travel up from the modules as English sentences, which know nothing of who reads them.
// Here, at the border, they are told in the reader's language: a catalogue pairs each sentence that
// can come up with its Spanish one, and translate() finds the pair that a message was made from.
// translation_sources_test.cpp reads the modules' sources and fails for a sentence without a pair.
//
// In English a gap is {} or, in the reasons' own sentences, {name}. In Spanish {0} or {name} is
// what stood in that gap as it is, and {0!} the same translated, where it is a part of the
// catalogue.

#include <span>
#include <string>
#include <string_view>

#include "model/reason.h"

namespace sillar::cli {

struct Translation {
  std::string_view english;
  std::string_view spanish;
};

// Whole sentences, by where they come from.
[[nodiscard]] std::span<const Translation> document_translations();  // base, and what it stands on.
[[nodiscard]] std::span<const Translation> model_translations();
[[nodiscard]] std::span<const Translation> world_translations();  // ledger, govern, engine.
[[nodiscard]] std::span<const Translation> simulation_translations();
[[nodiscard]] std::span<const Translation> import_translations();
// Who may do what, and the record of it: server.
[[nodiscard]] std::span<const Translation> access_translations();
// Alert rules, channels and deliveries: server, drivers.
[[nodiscard]] std::span<const Translation> alert_translations();
[[nodiscard]] std::span<const Translation> demo_translations();
// Servers, clients, URLs, certificates: net.
[[nodiscard]] std::span<const Translation> net_translations();
// Changes of the world that work stands against: engine.
[[nodiscard]] std::span<const Translation> change_translations();
// What may follow a sentence: "; did you mean '{}'?".
[[nodiscard]] std::span<const Translation> tail_translations();
// What may stand in a gap: "the text '{}'".
[[nodiscard]] std::span<const Translation> part_translations();
// What may stand before a sentence, beside files, lines and paths: "project '{}'".
[[nodiscard]] std::span<const Translation> context_translations();

// The message, one or more lines "file:line:column: path: sentence", in the reader's language. What
// is no sentence of the catalogue stays as it is.
[[nodiscard]] std::string translate(std::string_view message, Language language);

}  // namespace sillar::cli
