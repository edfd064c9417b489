#pragma once

// An operator's alerts file: who is told of what, and through which channels. It is the whole
// truth: a rule that is in it no more is withdrawn at the next start.

#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "server/alert_channels.h"
#include "server/alert_rules.h"

namespace sillar::server {

struct AlertSettings {
  std::vector<AlertChannel> channels;
  std::vector<AlertRule> rules;

  friend bool operator==(const AlertSettings&, const AlertSettings&) = default;
};

// A mapping with the lists `channels` and `rules`, of which either may be absent. Errors
// (kInvalidInput): one line for each fault, "name:line:column: path: what is wrong".
[[nodiscard]] Result<AlertSettings> load_alert_settings(const Document& document);

}  // namespace sillar::server
