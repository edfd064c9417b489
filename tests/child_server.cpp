#include "tests/child_server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/check.h"

namespace sillar {
namespace {

[[noreturn]] void become(const ServerSetup& setup, int out) {
  ::dup2(out, STDOUT_FILENO);
  if (!setup.errors.empty()) {
    const int errors =
        ::open(setup.errors.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    ::dup2(errors, STDERR_FILENO);
  }
  for (const auto& [name, value] : setup.environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<const char*> words{setup.program.c_str(), "serve",    "--quiet",    "--data",
                                 setup.data.c_str(),    "--listen", "127.0.0.1:0"};
  for (const std::string& flag : setup.flags) words.push_back(flag.c_str());
  if (::geteuid() == 0) words.insert(words.end(), {"--run-as", "nobody"});
  words.push_back(nullptr);
  ::execv(setup.program.c_str(), const_cast<char* const*>(words.data()));
  std::_Exit(127);
}

}  // namespace

void die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::_Exit(1);
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary);
  out << bytes;
  if (!out.flush()) die("cannot write " + path);
}

std::string fresh_folder(const std::string& name) {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / (name + "-XXXXXX")).string();
  CHECK(::mkdtemp(folder.data()) != nullptr, "a folder");
  fs::permissions(folder, fs::perms::all);
  return folder;
}

ChildServer::ChildServer(const ServerSetup& setup) {
  std::array<int, 2> pipe{};
  CHECK(::pipe2(pipe.data(), O_CLOEXEC) == 0, "a pipe");
  pid_ = ::fork();
  if (pid_ == 0) become(setup, pipe[1]);
  ::close(pipe[1]);
  char c = 0;
  while (::read(pipe[0], &c, 1) == 1 && c != '\n') url_ += c;
  ::close(pipe[0]);
}

int ChildServer::end(int signal) {
  if (signal != 0) ::kill(pid_, signal);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  constexpr int kSignalled = 128;
  return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
}

}  // namespace sillar
