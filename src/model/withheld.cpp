#include "model/withheld.h"

namespace sillar {

std::string_view named_by(std::string_view parameter) {
  if (parameter == "holder") return "workload";
  if (parameter == "project" || parameter == "workload" || parameter == "task") return parameter;
  return {};
}

Reason withhold(Reason reason, const MaySay& may_say) {
  if (!may_say) return reason;
  for (auto& [name, value] : reason.parameters) {
    auto* text = std::get_if<std::string>(&value);
    const std::string_view key = named_by(name);
    if (text != nullptr && !key.empty() && !may_say(key, *text)) text->clear();
  }
  return reason;
}

}  // namespace sillar
