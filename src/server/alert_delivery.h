#pragma once

// One delivery over the network: what the channel is told, and what came of it.

#include <functional>
#include <string>
#include <string_view>

#include "drivers/notice.h"
#include "server/alert_channels.h"
#include "server/alerts.h"

namespace sillar::server {

enum class Sent : std::uint8_t {
  kYes,
  kLater,  // It may work another time.
  kNever,  // It will not until somebody changes something.
};

struct SendOutcome {
  Sent sent = Sent::kYes;
  std::string error;     // One line, without any secret; empty: none.
  Duration retry_after;  // The receiver's own wish; 0: none.
};

[[nodiscard]] drivers::Notice notice_of(const Delivery& delivery, const AlertChannel& channel,
                                        std::string_view installation);

// Whether what the channel is told with is there: its secrets, a URL that is kept as one, and
// authorities. Errors: what is missing or may be read by others, without any secret.
[[nodiscard]] Status check_channel(const AlertChannel& channel);

// Blocks, with time-outs. Connects to an address only where the channel may reach it. `now` is what
// the signature is dated.
[[nodiscard]] SendOutcome send_notice(const AlertChannel& channel, const drivers::Notice& notice,
                                      Time now);

// Whether a channel may connect to this numeric address.
[[nodiscard]] bool may_reach(const AlertChannel& channel, std::string_view ip);

inline constexpr Duration kBackoffFirst = Duration::seconds(10);
inline constexpr Duration kBackoffMost = Duration::hours(1);
// Together with the pauses between them, some five hours.
inline constexpr std::int32_t kTriesMax = 12;
// Somebody waits for what comes of a test.
inline constexpr std::int32_t kTestTriesMax = 1;

// What is recorded for an attempt at `now` of a delivery that had `tries` before it: a pause that
// doubles, the receiver's wish within bounds, and the end after `most`.
[[nodiscard]] DeliveryOutcome outcome_of(const SendOutcome& sent, std::int32_t tries, Time now,
                                         std::int32_t most = kTriesMax);

}  // namespace sillar::server
