#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "cli/process_io.h"
#include "cli/run.h"
#include "drivers/shim.h"

// SIGPIPE and SIGINT keep their default: the process ends without a word, which a shell reports as
// 141 and 130.
int main(int count, char** words) {
  using namespace sillar::cli;
  // One such process stands by each running command: before anything else is set up.
  if (count == 3 && std::strcmp(words[1], sillar::drivers::kShimVerb) == 0)
    return sillar::drivers::run_shim(words[2]);
  std::vector<std::string> arguments(words + (count > 0 ? 1 : 0), words + count);
  if (const std::string_view verb = count > 0 ? verb_of_alias(words[0]) : ""; !verb.empty())
    arguments.insert(arguments.begin(), std::string(verb));
  DescriptorSink out(STDOUT_FILENO);
  DescriptorSink err(STDERR_FILENO);
  Io io = process_io(out, err);
  return run(arguments, io);
}
