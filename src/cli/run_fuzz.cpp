// Words as a user could type them, one a line: whatever they are, the command line answers with one
// of its exit codes, and says something when it refuses.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cli_fixture.h"

namespace {

// Verbs that serve, or talk to whoever does, or look at folders of the disk.
constexpr std::array<std::string_view, 16> kOutside{
    "serve",   "demo",  "submit", "get",    "cancel", "events", "logs",  "hold",
    "release", "drain", "queue",  "budget", "cost",   "whoami", "audit", "metrics"};

// The words before an empty line are arguments; what follows it is the file that all names mean.
std::vector<std::string> words_of(std::string_view& text) {
  constexpr std::size_t kWordsMax = 32;
  std::vector<std::string> words;
  while (!text.empty() && words.size() < kWordsMax) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) break;
    // What is right but takes for ever, or reads the disk: faults every nanosecond, an experiment.
    if (line.find("mtbf") != std::string_view::npos || line == "fgd") continue;
    if (std::ranges::count(kOutside, line) > 0) continue;
    words.emplace_back(line);
  }
  return words;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::cli;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::string> words = words_of(text);
  TextSink out;
  TextSink err;
  std::string written;
  Io io{out,
        err,
        [](const std::string&) { return std::string{}; },
        [&](const std::string&, std::size_t) -> sillar::Result<std::string> {
          return std::string(text);
        },
        [&](const std::string&, const std::string&) -> sillar::Result<std::unique_ptr<Sink>> {
          return std::make_unique<FileSink>(written);
        },
        nullptr,
        nullptr};
  io.columns = 80;
  const int code = run(words, io);
  if (code < 0 || code > 8) std::abort();
  if (code >= 2 && out.text().empty() && err.text().empty()) std::abort();
  return 0;
}
