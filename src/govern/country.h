#pragma once

// Country codes and the groups that residency rules speak of.

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sillar {

// One officially assigned ISO 3166-1 alpha-2 code (249 of them).
class Country {
 public:
  static constexpr std::size_t kIndexMax = 26 * 26;

  // Two capital letters that are an assigned code; nothing otherwise ("UK" is not one, "GB" is).
  [[nodiscard]] static std::optional<Country> parse(std::string_view code);

  // Dense: 26 x first letter + second letter.
  [[nodiscard]] std::size_t index() const { return index_; }

  friend bool operator==(Country, Country) = default;

 private:
  explicit Country(std::size_t index) : index_(static_cast<std::uint16_t>(index)) {}

  std::uint16_t index_;
};

using CountrySet = std::bitset<Country::kIndexMax>;

// The members of a code or of a group: "EU" (27 states) or "EEA" (those and IS, LI, NO). Nothing
// when the name is neither.
[[nodiscard]] std::optional<CountrySet> countries_named(std::string_view name);

}  // namespace sillar
