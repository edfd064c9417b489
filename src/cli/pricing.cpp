#include "cli/pricing.h"

#include "ledger/price_book.h"
#include "simulate/simulation.h"

namespace sillar::cli {

Flag prices_flag() {
  return {"prices", "FILE", Message::kFlagPrices, {}};
}

Result<std::vector<NodeTariff>> fleet_tariffs(const Context& context, const Fleet& fleet,
                                              std::string* missing) {
  PriceBook book;
  const std::string path(context.arguments.text("prices"));
  if (!path.empty()) {
    SILLAR_TRY(text, context.io.read(path, kDocumentBytesMax));
    SILLAR_TRY(read, PriceBook::read(path, text));
    book = std::move(read);
  }
  Result<std::vector<NodeTariff>> tariffs = price_fleet(fleet, book);
  if (tariffs || !path.empty() || tariffs.error().code != ErrorCode::kNotFound) return tariffs;
  if (missing != nullptr) *missing = tariffs.error().message;
  return std::vector<NodeTariff>{};
}

}  // namespace sillar::cli
