#pragma once

// What was answered to whom under which idempotency key, for at least a day: the same key with the
// same request has the same answer, also after a restart; with another request it is refused.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"
#include "server/part.h"

namespace sillar::server {

// A key counts within the one who sent it.
struct RequestKey {
  std::string caller;
  std::string key;

  friend auto operator<=>(const RequestKey&, const RequestKey&) = default;
};

struct KeptAnswer {
  std::string digest;  // Of the request: method, path and body.
  std::int32_t status = 0;
  std::string body;

  friend bool operator==(const KeptAnswer&, const KeptAnswer&) = default;
};

inline constexpr Duration kAnswersKept = Duration::hours(24);
// More are refused rather than an answer forgotten before its day is over.
inline constexpr std::size_t kAnswersMax = 2'000'000;
inline constexpr std::size_t kKeyBytesMax = 255;

class Answers : public Part {
 public:
  [[nodiscard]] PartId id() const override { return PartId::kAnswers; }
  void clear() override;
  [[nodiscard]] Status apply(std::string_view record) override;
  void append_state(std::string& out) const override;
  [[nodiscard]] Status read_state(std::string_view bytes) override;

  // Null: not asked before, or longer ago than is remembered.
  [[nodiscard]] const KeptAnswer* find(const RequestKey& key) const;
  [[nodiscard]] bool full(Time now) const;
  [[nodiscard]] std::size_t size() const { return answers_.size(); }
  // When the last one was given; the epoch without any.
  [[nodiscard]] Time last() const { return ages_.empty() ? Time{} : ages_.back().at; }

  // Requires: `key` is not found.
  [[nodiscard]] static std::string record(const RequestKey& key, Time at, const KeptAnswer& answer);

 private:
  struct Aged {
    Time at;
    RequestKey key;
  };
  [[nodiscard]] bool read_one(ByteReader& in);
  void forget(Time now);

  std::map<RequestKey, KeptAnswer> answers_;
  std::deque<Aged> ages_;  // Oldest first.
};

}  // namespace sillar::server
