#include "server/requested.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/views.h"

namespace sillar::server {

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Result<PageAsked> page_asked(const Call& call) {
  PageAsked page;
  if (const auto text = call.query("limit"); !text.empty())
    if (!read_number(text, page.limit) || page.limit == 0 || page.limit > kPageMax)
      return invalid(fmt::format("limit is a number from 1 to {}.", kPageMax));
  if (const auto text = call.query("continue"); !text.empty())
    if (!read_number(text, page.from) || page.from == 0)
      return invalid("continue is what the page before gave; begin without it.");
  return page;
}

Result<bool> switch_asked(const Call& call, std::string_view name) {
  const std::string_view text = call.query(name);
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return invalid(fmt::format("{} is true or false.", name));
}

}  // namespace sillar::server
