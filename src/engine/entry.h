#pragma once

// An entry: one input with the facts that the engine gave for it, as bytes. What a journal keeps. A
// restart applies the facts; a replay decides the input again and compares bytes.
//
//   number   version of this form
//   input    its time, its kind, its fields
//   facts    how many; each with its kind, its time after the input's, its fields
//
// Fields are numbers and texts of base/bytes.h, ids are the engine's own. Equal entries have equal
// bytes in every build. The kinds are the variants' indices: a new kind is added at the end.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/state.h"
#include "model/fact.h"
#include "model/input.h"

namespace sillar {

inline constexpr int kEntryVersion = 2;

struct Entry {
  Input input;
  std::vector<Fact> facts;
};

// Requires: facts that `decide` gave for this input.
[[nodiscard]] std::string entry_bytes(const Input& input, const std::vector<Fact>& facts);

// `name` is for messages. Errors (kInvalidInput): anything that entry_bytes does not write. Whether
// what is named exists is for a state to say.
[[nodiscard]] Result<Entry> read_entry(const std::string& name, std::string_view bytes);

// Applies the facts of one entry. Errors (kInvalidInput): those of read_entry, and a fact about
// what the state does not have; the state is then of no more use. That the facts were once decided
// for this state, in this order, is for the journal's chain to say.
[[nodiscard]] Status apply_entry(State& state, const std::string& name, std::string_view bytes);

// The fact as fact_text.h has it, after it was applied; a word about its kind where it speaks of
// what the state does not have.
[[nodiscard]] std::string known_fact_text(const State& state, const Fact& fact);

}  // namespace sillar
