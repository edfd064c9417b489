#pragma once

// A server as a user would start it, in a process of its own. For programs that try what happens to
// it; nothing is asserted, a program that cannot go on ends.

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sillar {

[[noreturn]] void die(const std::string& why);
[[nodiscard]] std::string bytes_of(const std::string& path);
void write_file(const std::string& path, std::string_view bytes);
// A new folder that every user may enter.
[[nodiscard]] std::string fresh_folder(const std::string& name);

struct ServerSetup {
  std::string program;
  std::string data;
  std::vector<std::string> flags;
  std::vector<std::pair<std::string, std::string>> environment;  // Added to ours.
  std::string errors;  // File that its standard error is added to; empty: ours.
};

class ChildServer {
 public:
  // Returns once it serves, or has ended.
  explicit ChildServer(const ServerSetup& setup);
  // Where it serves; empty: it ended before.
  [[nodiscard]] const std::string& url() const { return url_; }
  // Sends the signal, unless it is 0, and waits for the end; its exit code, or 128 + signal.
  int end(int signal);

 private:
  pid_t pid_ = -1;
  std::string url_;
};

}  // namespace sillar
