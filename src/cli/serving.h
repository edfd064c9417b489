#pragma once

// What the verbs that serve have in common.

#include <signal.h>

#include <memory>
#include <string>
#include <string_view>

#include "cli/verb.h"
#include "server/service.h"

namespace sillar::cli {

inline constexpr std::string_view kListenDefault = "127.0.0.1:7400";
inline constexpr Duration kServePatience = Duration::seconds(10);

[[nodiscard]] Time wall_clock();

// Signals that end the service, blocked from before its first thread on and waited for by one.
class EndSignals {
 public:
  EndSignals();
  void wait() const;

 private:
  sigset_t set_{};
};

// "ADDRESS:PORT", an IPv6 address in brackets. Errors (kInvalidInput): anything else.
[[nodiscard]] Status read_listen(const Context& context, std::string_view text,
                                 server::ServiceOptions& service);

// This machine's, with its tasks in the data folder.
[[nodiscard]] Result<std::unique_ptr<drivers::Driver>> local_driver(const std::string& data,
                                                                    server::DriverSeat seat);

// As whom commands run: --run-as, else whoever started this; behind sudo, whoever did that.
[[nodiscard]] std::string user_of_commands(const Context& context);

}  // namespace sillar::cli
