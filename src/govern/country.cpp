#include "govern/country.h"

namespace sillar {
namespace {

// ISO 3166-1 alpha-2, officially assigned.
constexpr std::string_view kAssigned =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW";
constexpr std::string_view kEuropeanUnion =
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";
constexpr std::string_view kFreeTrade = "IS LI NO";  // EFTA states in the EEA; Switzerland is not.

constexpr std::size_t index_of(char first, char second) {
  return static_cast<std::size_t>(first - 'A') * 26 + static_cast<std::size_t>(second - 'A');
}

CountrySet set_of(std::string_view codes) {
  CountrySet set;
  for (std::size_t i = 0; i + 1 < codes.size(); i += 3) set.set(index_of(codes[i], codes[i + 1]));
  return set;
}

bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

}  // namespace

std::optional<Country> Country::parse(std::string_view code) {
  static const CountrySet assigned = set_of(kAssigned);
  if (code.size() != 2 || !is_capital(code[0]) || !is_capital(code[1])) return std::nullopt;
  const std::size_t index = index_of(code[0], code[1]);
  if (!assigned.test(index)) return std::nullopt;
  return Country(index);
}

std::optional<CountrySet> countries_named(std::string_view name) {
  if (name == "EU") return set_of(kEuropeanUnion);
  if (name == "EEA") return set_of(kEuropeanUnion) | set_of(kFreeTrade);
  const std::optional<Country> country = Country::parse(name);
  if (!country) return std::nullopt;
  CountrySet set;
  set.set(country->index());
  return set;
}

}  // namespace sillar
