#pragma once

// What the demo is fed: jobs of the Philly trace and pods of the openb trace as one sequence. Each
// trace is opened in its middle, and what ran there at that moment comes first, with what it had
// left, so that the fleet is busy from the start.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace sillar::demo {

// Who submits: each virtual cluster of Philly that matters, and openb's pods by what they ask for.
struct Team {
  std::string_view project;
  std::string_view person;   // Who submits for it; a principal of the server.
  std::string_view cluster;  // Of the Philly trace; empty: none.
  std::string_view classes;  // Accepted, with ", " between; empty: any.
};
inline constexpr std::size_t kTeams = 9;
[[nodiscard]] const Team& team(std::size_t index);
inline constexpr std::size_t kServing = 7;
inline constexpr std::size_t kNotebooks = 8;
[[nodiscard]] std::string_view short_name(const Team& team);  // The project's last segment.

struct Arrival {
  Duration at;    // From the beginning; never less than that of the one before.
  Duration runs;  // By the trace, kRunMax at most.
  std::uint8_t team = 0;
  bool failed = false;
  std::int16_t tasks = 1;
  std::int16_t accelerators = 0;  // Of each task.
  std::int16_t fraction = 0;      // Thousandths of one device.
  std::int64_t cpu = 0;
  std::int64_t memory_bytes = 0;
};

// What takes longer takes this long: a fleet that a few jobs hold for weeks shows nothing.
inline constexpr Duration kRunMax = Duration::hours(48);
// What is shorter is left out: at high speed it would be over before anybody sees it.
inline constexpr Duration kRunMin = Duration::minutes(2);
// Of Philly's larger jobs as many tasks as fit the demo's fleet.
inline constexpr std::int16_t kTasksMax = 4;

// Errors: those of the readers.
[[nodiscard]] Result<std::vector<Arrival>> read_arrivals(std::string_view philly,
                                                         std::string_view openb);

}  // namespace sillar::demo
