#pragma once

// The lists of an alerts file, each read by whoever knows its records. Internal to alert_settings.

#include <vector>

#include "model/decoder.h"
#include "server/alert_channels.h"
#include "server/alert_rules.h"

namespace sillar::server {

// False: a fault was recorded.
[[nodiscard]] bool read_alert_rules(Decoder& decoder, const Value& list,
                                    std::vector<AlertRule>& out);
[[nodiscard]] bool read_alert_channels(Decoder& decoder, const Value& list,
                                       std::vector<AlertChannel>& out);

}  // namespace sillar::server
