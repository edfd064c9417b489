#include "server/answers.h"

namespace sillar::server {
namespace {

constexpr std::size_t kCallerBytesMax = 1024;
constexpr std::size_t kDigestBytesMax = 64;
constexpr std::size_t kBodyBytesMax = std::size_t{1} << 20;

}  // namespace

void Answers::clear() {
  answers_.clear();
  ages_.clear();
}

const KeptAnswer* Answers::find(const RequestKey& key) const {
  const auto found = answers_.find(key);
  return found == answers_.end() ? nullptr : &found->second;
}

bool Answers::full(Time now) const {
  return answers_.size() >= kAnswersMax && now - ages_.front().at < kAnswersKept;
}

std::string Answers::record(const RequestKey& key, Time at, const KeptAnswer& answer) {
  std::string out;
  put_number(out, at.ns);
  put_text(out, key.caller);
  put_text(out, key.key);
  put_text(out, answer.digest);
  put_number(out, answer.status);
  put_text(out, answer.body);
  return out;
}

bool Answers::read_one(ByteReader& in) {
  Aged aged;
  KeptAnswer answer;
  aged.at = in.moment();
  aged.key.caller = in.text(kCallerBytesMax);
  aged.key.key = in.text(kKeyBytesMax);
  answer.digest = in.text(kDigestBytesMax);
  answer.status = static_cast<std::int32_t>(in.number(100, 599));
  answer.body = in.text(kBodyBytesMax);
  if (!in.ok() || (!ages_.empty() && aged.at < ages_.back().at)) return false;
  forget(aged.at);
  if (!answers_.try_emplace(aged.key, std::move(answer)).second) return false;
  ages_.push_back(std::move(aged));
  return true;
}

void Answers::forget(Time now) {
  while (!ages_.empty() && now - ages_.front().at >= kAnswersKept) {
    answers_.erase(ages_.front().key);
    ages_.pop_front();
  }
}

Status Answers::apply(std::string_view record) {
  ByteReader in(record);
  if (!read_one(in) || in.left() > 0) return invalid("an answer that no server keeps");
  return {};
}

void Answers::append_state(std::string& out) const {
  put_count(out, ages_.size());
  for (const Aged& aged : ages_) out += record(aged.key, aged.at, answers_.at(aged.key));
}

Status Answers::read_state(std::string_view bytes) {
  ByteReader in(bytes);
  const std::size_t count = in.count(6);
  for (std::size_t i = 0; i < count; ++i)
    if (!read_one(in)) return invalid("answers that no server keeps");
  if (!in.ok() || in.left() > 0) return invalid("answers that no server keeps");
  return {};
}

}  // namespace sillar::server
