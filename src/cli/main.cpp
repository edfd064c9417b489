#include <unistd.h>

#include <string>
#include <vector>

#include "cli/process_io.h"
#include "cli/run.h"

// SIGPIPE and SIGINT keep their default: the process ends without a word, which a shell reports as
// 141 and 130.
int main(int count, char** words) {
  using namespace sillar::cli;
  const std::vector<std::string> arguments(words + (count > 0 ? 1 : 0), words + count);
  DescriptorSink out(STDOUT_FILENO);
  DescriptorSink err(STDERR_FILENO);
  Io io = process_io(out, err);
  return run(arguments, io);
}
