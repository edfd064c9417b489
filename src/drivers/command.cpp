#include "drivers/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace sillar::drivers {
namespace {

constexpr int kNotStarted = 127;  // As shells say it.
constexpr mode_t kUsualMask = 022;
constexpr mode_t kOutputMode = 0666;  // Less the mask.
constexpr mode_t kWorkMode = 0700;
constexpr mode_t kScriptMode = 0500;
constexpr const char* kScriptFile = "script";

// Of a child that prepares itself: each step fails the whole with a sentence.
class Preparation {
 public:
  Preparation(const ShimOrder& order, const User& user, const ReadyLine& line)
      : order_(order), user_(user), line_(line) {}

  [[noreturn]] void fail(const std::string& what, int error) const {
    line_.say_fault(fmt::format("{}: {}", what, std::strerror(error)));
    ::_exit(kNotStarted);
  }

  void reset_signals() const {
    for (int signal = 1; signal < NSIG; ++signal) ::signal(signal, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
  }

  // A dump of a process with the memory of an accelerator node fills a disk.
  void forbid_core_files() const { set_limit(RLIMIT_CORE, 0, "the bound of core files"); }

  // The last step: from here on it holds for this process too.
  void bound_memory() const {
    const bool bounded = order_.limit_by_rlimit && order_.launch.memory_bytes > 0;
    // With devices their libraries set address space apart that they never fill.
    if (bounded && order_.launch.devices.empty())
      set_limit(RLIMIT_DATA, static_cast<rlim_t>(order_.launch.memory_bytes), "the memory bound");
  }

  void drop_rights() const {
    if (::geteuid() == 0) {
      if (::setgroups(user_.groups.size(), user_.groups.data()) != 0) fail("setgroups", errno);
      if (::setresgid(user_.gid, user_.gid, user_.gid) != 0) fail("setresgid", errno);
      if (::setresuid(user_.uid, user_.uid, user_.uid) != 0) fail("setresuid", errno);
      if (::setresuid(0, 0, 0) == 0) fail("giving up root's rights", EPERM);
    }
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("no_new_privs", errno);
  }

  // The kernel forgets this when rights change, so it comes after that.
  void die_with(pid_t shim) const {
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail("following the shim", errno);
    if (::getppid() != shim) ::_exit(kNotStarted);
  }

  void enter(const std::string& directory) const {
    if (::chdir(directory.c_str()) != 0) fail(fmt::format("directory {}", directory), errno);
  }

  [[nodiscard]] OutputFiles open_outputs() const {
    OutputFiles files;
    const std::string output = path_of(order_.launch.run.output);
    const std::string error = path_of(order_.launch.run.error);
    files.output = open_output(output);
    // One file for both is opened once, and so in order.
    const bool both = !error.empty() && error == output;
    files.error =
        both ? Descriptor(::fcntl(files.output.get(), F_DUPFD_CLOEXEC, 3)) : open_output(error);
    return files;
  }

  // The words that start the script, which is written to `folder`.
  [[nodiscard]] std::vector<std::string> script_words(const std::string& folder) const {
    const std::string path = folder + "/" + kScriptFile;
    const std::string& text = order_.launch.run.script;
    ::unlink(path.c_str());
    {
      const Descriptor file(
          ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kScriptMode));
      if (!file.is_open()) fail(path, errno);
      if (!write_all(file.get(), text, path)) fail(path, errno);
    }
    // The first line is read here, so that a disk mounted without rights to execute will do.
    constexpr std::string_view kBlanks = " \t";
    std::string_view line = std::string_view(text).substr(0, text.find('\n'));
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with("#!")) return {"/bin/sh", path};
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks, 2), line.size()));
    line = line.substr(0, line.find_last_not_of(kBlanks) + 1);
    if (line.empty()) return {"/bin/sh", path};
    const std::size_t blank = std::min(line.find_first_of(kBlanks), line.size());
    std::vector<std::string> words = {std::string(line.substr(0, blank))};
    line.remove_prefix(blank);
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (!line.empty()) words.emplace_back(line);  // One word, as the kernel hands it on.
    words.push_back(path);
    return words;
  }

 private:
  void set_limit(__rlimit_resource_t which, rlim_t most, const char* what) const {
    rlimit limit{};
    if (::getrlimit(which, &limit) != 0) fail(what, errno);
    limit.rlim_max = std::min(limit.rlim_max, most);
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(which, &limit) != 0) fail(what, errno);
  }

  [[nodiscard]] std::string path_of(const std::string& pattern) const {
    return expand_pattern(pattern, order_.launch).value_or(std::string{});
  }

  [[nodiscard]] Descriptor open_output(const std::string& path) const {
    if (path.empty()) return {};
    // Appended to: a second attempt keeps what the first one wrote.
    Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, kOutputMode));
    if (!file.is_open()) fail(fmt::format("output file {}", path), errno);
    return file;
  }

  const ShimOrder& order_;
  const User& user_;
  const ReadyLine& line_;
};

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

void put_standard(const Preparation& step, int output, int error) {
  const Descriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const bool put = null.is_open() && ::dup2(null.get(), STDIN_FILENO) >= 0 &&
                   ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(error, STDERR_FILENO) >= 0;
  if (!put) step.fail("the standard descriptors", errno);
}

}  // namespace

Result<std::string> make_work_folder(const ShimOrder& order, const User& user) {
  std::string path = order.work_folder + "/" + order.launch.token;
  const Descriptor parent(
      ::open(order.work_folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!parent.is_open()) return os_fault(order.work_folder, errno);
  const char* const name = order.launch.token.c_str();
  if (::mkdirat(parent.get(), name, kWorkMode) != 0 && errno != EEXIST)
    return os_fault(path, errno);
  const Descriptor folder(
      ::openat(parent.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.is_open()) return os_fault(path, errno);
  if (::geteuid() == 0 && ::fchown(folder.get(), user.uid, user.gid) != 0)
    return os_fault(path, errno);
  return path;
}

void become_command(const ShimOrder& order, const User& user, const ReadyLine& line, pid_t shim,
                    int output, int error) {
  const Preparation step(order, user, line);
  const Launch& run = order.launch.run;
  step.reset_signals();
  ::setpgid(0, 0);
  put_standard(step, output, error);
  step.forbid_core_files();
  step.drop_rights();
  step.die_with(shim);
  ::umask(kUsualMask);
  const std::string own = order.work_folder + "/" + order.launch.token;
  step.enter(run.directory.empty() ? own : run.directory);
  {
    const OutputFiles files = step.open_outputs();
    std::vector<std::string> words = run.script.empty() ? run.command : step.script_words(own);
    std::vector<std::string> variables;
    for (const auto& [name, value] : command_environment(order.launch, user))
      variables.push_back(fmt::format("{}={}", name, value));
    std::vector<char*> arguments = pointers_to(words);
    std::vector<char*> environment = pointers_to(variables);
    line.say_ready(files);
    if (!line.hear_go()) ::_exit(kNotStarted);
    // The command is looked for along its own PATH. Whatever else is open closes by itself.
    environ = environment.data();
    step.bound_memory();
    ::execvp(arguments[0], arguments.data());
    step.fail(fmt::format("command {}", words.front()), errno);
  }
}

}  // namespace sillar::drivers
