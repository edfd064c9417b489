#include "base/csv.h"
#include "cli/verbs.h"
#include "govern/location_facts.h"
#include "ledger/price_map.h"

namespace sillar::cli {
namespace {

// A shipped table as records, its columns as keys; empty fields are null.
Result<Value> records_of(const std::string& name, std::string_view text,
                         std::span<const std::string_view> columns) {
  SILLAR_TRY(reader, CsvReader::open(name, text));
  Value records = Value::sequence();
  for (;;) {
    SILLAR_TRY(more, reader.next());
    if (!more) return records;
    Value record = Value::mapping();
    for (std::string_view name_of_column : columns) {
      SILLAR_TRY(column, reader.column(name_of_column));
      const std::string_view field = reader[column];
      record.set(name_of_column, field.empty()           ? Value{}
                                 : is_json_number(field) ? Value::plain(field)
                                                         : Value::text(field));
    }
    records.items.push_back(std::move(record));
  }
}

struct Shipped {
  std::string_view name;
  std::string_view kind;
  std::string_view text;
  std::vector<std::string_view> keys;
  View view;
};

Shipped price_map() {
  return {"map",
          "PriceMap",
          price_map_text(),
          {"class", "unit", "usd_per_hour", "cpu_share_thousandths", "stand_in", "note"},
          {{TableView{"rows",
                      {{"class", Message::kTitleClass},
                       {"unit", Message::kTitleUnit, Cell::kWord},
                       {"usd_per_hour", Message::kTitleUsdPerHour, Cell::kNumber},
                       {"cpu_share_thousandths", Message::kTitleCpuShare, Cell::kNumber},
                       {"stand_in", Message::kTitleStandIn}},
                      Message::kTitlePriceMap}}}};
}

Shipped locations() {
  return {
      "locations",
      "LocationFacts",
      location_facts_text(),
      {"provider", "region", "country", "area", "operator", "operator_country", "source", "date"},
      {{TableView{"rows",
                  {{"provider", Message::kTitleProvider},
                   {"region", Message::kTitleRegion},
                   {"country", Message::kTitleCountry},
                   {"area", Message::kTitleArea},
                   {"operator", Message::kTitleOperator},
                   {"operator_country", Message::kTitleOperatorCountry},
                   {"date", Message::kTitleDate}},
                  Message::kTitleLocationFacts}}}};
}

Result<Exit> run_prices(Context& context) {
  const auto operands = context.arguments.operands();
  const bool facts = !operands.empty() && operands.front() == "locations";
  const Shipped shipped = facts ? locations() : price_map();
  if (context.format == Format::kCsv) {
    // Byte for byte what the program carries: the form in which it can be replaced.
    context.io.out.write(shipped.text);
    return Exit::kOk;
  }
  SILLAR_TRY(rows, records_of(std::string(shipped.name), shipped.text, shipped.keys));
  Value answer = answer_of_kind(shipped.kind);
  answer.set("rows", std::move(rows));
  context.print(answer, shipped.view);
  return Exit::kOk;
}

}  // namespace

const Verb& prices_verb() {
  static const Verb kVerb{
      .name = "prices",
      .summary = Message::kVerbPrices,
      .examples = {"prices", "prices -o csv > my-prices.csv", "prices locations"},
      .operands = {{"TABLE", Message::kOperandPrices, {"map", "locations"}, false}},
      .flags = {},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_prices,
  };
  return kVerb;
}

}  // namespace sillar::cli
