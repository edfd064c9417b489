#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "simulate/philly_reader.h"
#include "simulate/simulation.h"

// Any text is a trace in order whose quotas add up, or an error with words in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  static const Fleet fleet = *uniform_fleet(64);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Trace> trace = read_philly("fuzz", text, fleet);
  if (!trace) {
    CHECK(!trace.error().message.empty(), "an error says something");
    return 0;
  }
  for (std::size_t i = 1; i < trace->jobs.size(); ++i)
    CHECK(trace->jobs[i - 1].workload.submitted <= trace->jobs[i].workload.submitted,
          "jobs come in order");
  std::int64_t deserved = 0;
  for (std::size_t p = 1; p < trace->projects.size(); ++p)
    deserved += trace->projects[p].quota[kFirstClass].deserved;
  CHECK(trace->jobs.empty() || deserved == 64 * kDevice, "quotas add up to the fleet");
  return 0;
}
