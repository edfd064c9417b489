#include "model/validate_life.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/document.h"
#include "base/quantity.h"
#include "model/names.h"
#include "model/signals.h"

namespace sillar {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// As POSIX has it.
bool is_variable(std::string_view name) {
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

class LifeCheck {
 public:
  LifeCheck(const Workload& workload, const std::string& path, Complaints& out)
      : w_(workload), path_(path), out_(out) {}

  void run() {
    if (w_.run != Launch{}) check_run();
    check_after();
    check_retry();
    check_idle();
    check_array();
    check_user(".owner", w_.owner);
    check_user(".os_user", w_.os_user);
  }

 private:
  void complain(std::string_view where, std::string message) {
    out_.add(path_ + std::string(where), std::move(message));
  }

  void check_duration(std::string_view where, Duration duration) {
    if (duration.ns < 0) complain(where, "a duration is not negative");
    if (duration > kDurationMax)
      complain(where, fmt::format("{} is longer than {}", format_duration(duration),
                                  format_duration(kDurationMax)));
  }

  void check_run() {
    const Launch& run = w_.run;
    if (!run.command.empty() && !run.script.empty())
      complain(".run", "a command and a script exclude each other");
    if (run.command.empty() && run.script.empty())
      complain(".run", "there is nothing to run: a command or a script is missing");
    if (!run.command.empty() && run.command.front().empty())
      complain(".run.command[0]", "a command begins with its program");
    if (run.command.size() > kArgumentsMax)
      complain(".run.command", fmt::format("a command has at most {} arguments", kArgumentsMax));
    for (std::size_t a = 0; a < run.command.size(); ++a)
      check_text(fmt::format(".run.command[{}]", a), run.command[a], kArgumentBytesMax);
    check_text(".run.script", run.script, kScriptBytesMax);
    check_environment(run);
    check_text(".run.directory", run.directory, kTextBytesMax);
    if (!run.directory.empty() && run.directory.front() != '/')
      complain(".run.directory",
               fmt::format("'{}' is not a path from the root, with / at its front", run.directory));
    check_pattern(".run.output", run.output);
    check_pattern(".run.error", run.error);
    check_signal(run.checkpoint_signal);
    check_duration(".run.grace", run.grace);
  }

  void check_text(std::string_view where, std::string_view text, std::size_t bytes_max) {
    if (has_nul(text)) complain(where, "a byte of value zero ends a text; it cannot be in one");
    if (text.size() > bytes_max)
      complain(where, fmt::format("a text has at most {} bytes here", bytes_max));
  }

  void check_environment(const Launch& run) {
    const auto& variables = run.environment;
    if (variables.size() > kArgumentsMax)
      complain(".run.environment",
               fmt::format("an environment has at most {} variables", kArgumentsMax));
    for (std::size_t v = 0; v < variables.size(); ++v) {
      const auto& [name, value] = variables[v];
      const std::string where = ".run.environment." + name;
      if (!is_variable(name))
        complain(where, fmt::format("'{}' is not a variable's name: letters, digits and _", name));
      check_text(where, value, kArgumentBytesMax);
      if (v > 0 && variables[v - 1].first >= name)
        complain(where, "variables are sorted and have one value each");
    }
  }

  void check_pattern(std::string_view where, std::string_view pattern) {
    check_text(where, pattern, kTextBytesMax);
    for (std::size_t at = pattern.find('%'); at != std::string_view::npos;
         at = pattern.find('%', at + 2)) {
      const std::string_view part = pattern.substr(at, 2);
      if (part.size() == 2 && kOutputParts.find(part[1]) != std::string_view::npos) continue;
      complain(where,
               fmt::format("'{}' is no part of a file's name; there are %j, %t, %a and %%", part));
      return;
    }
  }

  void check_signal(const std::string& name) {
    if (name.empty()) return;
    if (signal_number(name) == 0) {
      const std::string near = did_you_mean(name, signal_names());
      complain(".run.checkpoint_signal",
               fmt::format("there is no signal '{}'{}", name,
                           near.empty() ? near : fmt::format("; did you mean '{}'?", near)));
    }
    if (name == "KILL" || name == "STOP")
      complain(".run.checkpoint_signal", fmt::format("no program can act on {}", name));
  }

  void check_after() {
    if (w_.after.size() > kDependenciesMax)
      complain(".after", fmt::format("a workload waits for at most {} others", kDependenciesMax));
    std::set<std::string_view> names;
    for (std::size_t d = 0; d < w_.after.size(); ++d) {
      const std::string& name = w_.after[d].workload;
      const std::string where = fmt::format(".after[{}].workload", d);
      if (!is_name(name)) complain(where, fmt::format("'{}' cannot be a name", name));
      if (name == w_.name) complain(where, "a workload cannot wait for itself");
      if (!names.insert(name).second)
        complain(where, fmt::format("it waits for '{}' already", name));
    }
  }

  void check_retry() {
    if (w_.retry.limit < 0 || w_.retry.limit > kTaskRetriesMax)
      complain(".retry.limit",
               fmt::format("{} is outside {} to {}", w_.retry.limit, 0, kTaskRetriesMax));
    check_duration(".retry.backoff", w_.retry.backoff);
    check_duration(".retry.backoff_max", w_.retry.backoff_max);
    if (w_.retry.backoff > w_.retry.backoff_max)
      complain(".retry.backoff", fmt::format("{} is longer than {}, the most that it may be",
                                             format_duration(w_.retry.backoff),
                                             format_duration(w_.retry.backoff_max)));
  }

  void check_idle() {
    check_duration(".idle.limit", w_.idle.limit);
    check_duration(".idle.grace", w_.idle.grace);
    if (w_.idle.below_thousandths < 0 || w_.idle.below_thousandths > kThousand)
      complain(".idle.below", fmt::format("{} is outside {} to {}",
                                          format_thousandths(w_.idle.below_thousandths), 0, 1));
  }

  void check_array() {
    if (w_.array_at_most < 0 || w_.array_at_most > kArrayTasksMax)
      complain(".array.at_most",
               fmt::format("{} is outside {} to {}", w_.array_at_most, 0, kArrayTasksMax));
    if (w_.array.empty()) {
      if (w_.array_at_most != 0) complain(".array", "an array has at least one index");
      return;
    }
    if (w_.kind != WorkloadKind::kBatch) complain(".array", "only batch work has an array");
    if (w_.gang_min != 1 || std::cmp_not_equal(w_.array.size(), w_.gang_max))
      complain(".array", fmt::format("an array of {} tasks has a gang of 1 to {}", w_.array.size(),
                                     w_.array.size()));
    if (w_.array.front() < 0 || w_.array.back() >= kArrayTasksMax)
      complain(".array.indices", fmt::format("an index is from 0 to {}", kArrayTasksMax - 1));
    if (!std::ranges::is_sorted(w_.array, std::ranges::less_equal{}))
      complain(".array.indices", "indices ascend, each once");
  }

  void check_user(std::string_view where, const std::string& name) {
    if (!name.empty() && !is_name(name))
      complain(where, fmt::format("'{}' cannot be a name", name));
  }

  const Workload& w_;
  const std::string& path_;
  Complaints& out_;
};

}  // namespace

void validate_life(const Workload& workload, const std::string& path, Complaints& complaints) {
  LifeCheck(workload, path, complaints).run();
}

}  // namespace sillar
