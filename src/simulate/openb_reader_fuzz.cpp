#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "simulate/openb_reader.h"

// Any text either is a list of possible pods or nodes, or an error with words in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<std::vector<OpenbPod>> pods = read_openb_pods("fuzz", text);
  if (!pods) CHECK(!pods.error().message.empty(), "an error says something");
  if (pods) {
    for (const OpenbPod& pod : *pods) {
      const Request request = openb_request(pod);
      CHECK(request.accelerators == 0 || request.fraction == 0, "a request has one form");
      CHECK(pod.gpus > 0 || pod.gpu_total() == 0, "no GPU has no share");
    }
  }
  const Result<std::vector<OpenbNode>> nodes = read_openb_nodes("fuzz", text);
  if (!nodes) CHECK(!nodes.error().message.empty(), "an error says something");
  if (nodes) CHECK(openb_fleet(*nodes).nodes.size() == nodes->size(), "every row is a node");
  return 0;
}
