#include "server/log_desk.h"

#include <chrono>
#include <vector>

#include "server/problem.h"

namespace sillar::server {
namespace {

// In one go: several times less than a stream holds for a client that is slow to take it.
constexpr std::size_t kChunkBytes = std::size_t{128} << 10;

}  // namespace

LogDesk::LogDesk(std::string folder) : folder_(std::move(folder)), thread_([this] { run(); }) {}

void LogDesk::answer(const std::shared_ptr<Call>& call, LogAsked asked) {
  bool taken = false;
  {
    const std::lock_guard lock(mutex_);
    taken = !stopping_ && readers_ < kLogReadersMax;
    if (taken) {
      ++readers_;
      arrived_.push_back(
          {call, std::move(asked), nullptr, std::make_shared<std::atomic<bool>>(false), -1});
    }
  }
  if (taken) return wake_.notify_one();
  call->reply(queue_is_full());
}

void LogDesk::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::size_t LogDesk::readers() const {
  const std::lock_guard lock(mutex_);
  return readers_;
}

void LogDesk::run() {
  std::vector<Reader> readers;
  bool busy = false;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto called = [&] { return stopping_ || !arrived_.empty(); };
    if (readers.empty())
      wake_.wait(lock, called);
    else if (!busy)
      wake_.wait_for(lock, std::chrono::nanoseconds(kLogPace.ns), called);
    if (stopping_) break;
    for (Reader& reader : arrived_) readers.push_back(std::move(reader));
    arrived_.clear();
    lock.unlock();
    busy = false;
    std::erase_if(readers, [&](Reader& reader) {
      const Pass pass = serve(reader);
      busy = busy || pass == Pass::kMore;
      return pass == Pass::kEnded;
    });
    lock.lock();
    readers_ = readers.size() + arrived_.size();
  }
  for (Reader& reader : arrived_) reader.call->reply(queue_is_full());
  arrived_.clear();
  for (const Reader& reader : readers)
    if (reader.body) reader.body->close();
}

// The head names where the first byte stands in the log: what came before it was dropped.
void LogDesk::begin(Reader& reader, const drivers::LogChunk& chunk) {
  net::Response head;
  head.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                  {"X-Content-Type-Options", "nosniff"},
                  {"Cache-Control", "no-store"},
                  {"Sillar-Log-Offset", std::to_string(chunk.offset)}};
  reader.body = reader.call->stream(std::move(head));
  reader.body->on_close([gone = reader.gone] { *gone = true; });
  reader.call.reset();
  if (!reader.asked.follow) reader.until = chunk.size;
}

LogDesk::Pass LogDesk::serve(Reader& reader) const {
  if (*reader.gone) return Pass::kEnded;
  auto chunk = drivers::read_log(folder_, reader.asked.token, reader.asked.stream,
                                 reader.asked.offset, kChunkBytes);
  if (!chunk) {
    if (reader.call) reader.call->reply(problem(chunk.error()));
    if (reader.body) reader.body->close();
    return Pass::kEnded;
  }
  if (reader.call) begin(reader, *chunk);
  const std::int64_t next = chunk->next();
  const bool some = !chunk->bytes.empty();
  if (some && !reader.body->write(std::move(chunk->bytes))) return Pass::kEnded;
  reader.asked.offset = next;
  const bool whole = next >= chunk->size;
  if (reader.asked.follow ? chunk->ended && whole : !some || next >= reader.until) {
    reader.body->close();
    return Pass::kEnded;
  }
  return whole ? Pass::kQuiet : Pass::kMore;
}

}  // namespace sillar::server
