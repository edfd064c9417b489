#include "cli/progress.h"

#include <fmt/format.h>

namespace sillar::cli {
namespace {

constexpr std::string_view kWipe = "\r\x1b[K";

}  // namespace

Progress::Progress(const Context& context)
    : context_(context),
      wanted_(context.io.err_is_terminal && !context.quiet &&
              context.io.environment("TERM") != "dumb") {}

Progress::~Progress() {
  if (shown_) context_.io.err.write(kWipe);
}

void Progress::show(int thousandths, std::string_view detail) {
  if (!wanted_) return;
  shown_ = true;
  const std::string share =
      localise_number(fmt::format("{}.{}", thousandths / 10, thousandths % 10), context_.locale);
  context_.io.err.write(fmt::format("{}{} %  {}", kWipe, share, detail));
}

}  // namespace sillar::cli
