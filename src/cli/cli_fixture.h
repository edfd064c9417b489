#pragma once

// A command line under test: words in, captured streams and exit code out, files from memory before
// those of the repository.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/run.h"

namespace sillar::cli {

class TextSink : public Sink {
 public:
  void write(std::string_view text) override {
    if (broken == 0) text_ += text;
  }
  [[nodiscard]] int failure() const override { return broken; }
  [[nodiscard]] const std::string& text() const { return text_; }

  int broken = 0;  // The error number that every write gives.

 private:
  std::string text_;
};

// Writes into one of a test's files.
class FileSink : public Sink {
 public:
  explicit FileSink(std::string& text) : text_(text) {}
  void write(std::string_view text) override { text_ += text; }

 private:
  std::string& text_;
};

struct Outcome {
  int code = 0;
  std::string out;
  std::string err;
};

struct TestProcess {
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> files;
  bool terminal = false;
  int columns = 0;
  int out_failure = 0;

  [[nodiscard]] Outcome run(const std::vector<std::string>& words) {
    TextSink out;
    TextSink err;
    out.broken = out_failure;
    Io io{out,
          err,
          [this](const std::string& name) {
            const auto found = environment.find(name);
            return found == environment.end() ? std::string{} : found->second;
          },
          [this](const std::string& path, std::size_t bytes_max) -> Result<std::string> {
            const auto found = files.find(path);
            return found == files.end() ? read_file(path, bytes_max) : found->second;
          },
          [this](const std::string& folder,
                 const std::string& name) -> Result<std::unique_ptr<Sink>> {
            const auto [at, fresh] = files.try_emplace(folder + "/" + name);
            if (!fresh) return invalid(at->first + ": File exists");
            return std::make_unique<FileSink>(at->second);
          },
          nullptr,
          nullptr};
    io.out_is_terminal = io.err_is_terminal = terminal;
    io.columns = columns;
    const int code = cli::run(words, io);
    return {code, out.text(), err.text()};
  }
};

// Runs with an empty environment and nobody's terminal.
[[nodiscard]] inline Outcome run_words(const std::vector<std::string>& words) {
  return TestProcess{}.run(words);
}

}  // namespace sillar::cli
