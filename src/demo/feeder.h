#pragma once

// Submits what is due, over HTTP with the key of whoever's it is. How far it came is a small file;
// what is submitted twice, because that file was behind when the process was killed, is the same
// workload under the same idempotency key, and there once.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "demo/script.h"
#include "server/api_client.h"

namespace sillar::demo {

inline constexpr const char* kPositionFile = "demo-position";

struct FeederOptions {
  std::string url;
  std::vector<std::string> keys;  // By team.
  std::string position;           // Path of its file.
  std::function<Time()> clock;
  std::function<void(const std::string&)> remark;
  // So many of a team wait: what else arrives for it goes elsewhere, as people do then.
  std::int64_t waiting_max = 40;
  // As many are submitted in all: the control plane keeps what has finished.
  std::uint64_t submitted_max = 100'000;
};

// One thread.
class Feeder {
 public:
  // Goes on where the file says. Errors: kInvalidInput for a file that is none.
  [[nodiscard]] static Result<std::unique_ptr<Feeder>> open(FeederOptions options,
                                                            const Script& script);

  // Submits everything that has arrived by now, kAtOnce at most. Returns when the next does;
  // never(): all that may be submitted is.
  Time advance();

  [[nodiscard]] std::uint64_t next() const { return next_; }
  [[nodiscard]] std::uint64_t submitted() const { return submitted_; }
  [[nodiscard]] std::uint64_t passed_over() const { return passed_over_; }

 private:
  static constexpr int kAtOnce = 200;

  Feeder(FeederOptions options, const Script& script);
  [[nodiscard]] Status load();
  void save();
  [[nodiscard]] Time due() const;
  [[nodiscard]] bool queue_is_long(std::size_t team, Time now);
  // False: not now, or never again.
  [[nodiscard]] bool submit(std::uint64_t number);
  void remark_once(const std::string& text);

  FeederOptions options_;
  const Script& script_;
  std::vector<server::ApiClient> clients_;  // By team.
  std::uint64_t next_ = 0;
  std::uint64_t submitted_ = 0;
  std::uint64_t passed_over_ = 0;
  Time began_;         // When `began_at_` was due.
  Duration began_at_;  // By the script.
  struct Queue {
    Time looked;
    bool is_long = false;
  };
  std::vector<Queue> queues_;  // By team.
  bool ended_ = false;
  std::string last_remark_;
};

}  // namespace sillar::demo
