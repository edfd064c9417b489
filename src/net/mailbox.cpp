#include "net/mailbox.h"

#include <utility>

#include "net/framing.h"

namespace sillar::net {
namespace {

constexpr std::size_t kChunkFrameBytes = 20;  // Of append_chunk, at most.

}  // namespace

void Mailbox::push(Letter letter) {
  if (std::this_thread::get_id() == thread_ && loop_.at_once(letter)) return;
  const std::shared_ptr<QueuedStream> stream = letter.stream;
  {
    const std::lock_guard lock(mutex_);
    if (!closed_) {
      letters_.push_back(std::move(letter));
      // Under the lock: once close() has it, nobody wakes a loop that is gone.
      if (letters_.size() == 1) loop_.wake();
      return;
    }
  }
  if (stream) stream->finish();
}

std::vector<Letter> Mailbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(letters_, {});
}

void Mailbox::close() {
  std::vector<Letter> left;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    left = std::exchange(letters_, {});
  }
  for (const Letter& letter : left)
    if (letter.stream) letter.stream->finish();
}

QueuedStream::QueuedStream(std::shared_ptr<Mailbox> mailbox, RequestKey key, bool chunked,
                           std::size_t bytes_max)
    : mailbox_(std::move(mailbox)), key_(key), chunked_(chunked), bytes_max_(bytes_max) {}

bool QueuedStream::write(std::string chunk) {
  bool fits = true;
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || cut_ || finished_) return false;
    if (chunk.empty()) return true;
    const std::size_t bytes = chunk.size() + kChunkFrameBytes;
    fits = bytes <= bytes_max_ && queued_.size() + bytes_in_flight_ <= bytes_max_ - bytes;
    if (!fits) {
      cut_ = true;
      queued_ = {};
    } else if (chunked_) {
      append_chunk(queued_, chunk);
    } else {
      queued_ += chunk;
    }
    if (std::exchange(woken_, true)) return fits;
  }
  wake();
  return fits;
}

void QueuedStream::close() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (std::exchange(woken_, true)) return;
  }
  wake();
}

void QueuedStream::on_close(std::function<void()> fn) {
  {
    const std::lock_guard lock(mutex_);
    if (!finished_) {
      on_close_ = std::move(fn);
      return;
    }
  }
  fn();
}

void QueuedStream::wake() {
  mailbox_->push({.to = key_, .stream = shared_from_this(), .moved = true});
}

QueuedStream::Taken QueuedStream::take() {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  bytes_in_flight_ = queued_.size();
  return {.bytes = std::exchange(queued_, {}), .ended = ended_, .cut = cut_};
}

bool QueuedStream::is_quiet() {
  const std::lock_guard lock(mutex_);
  bytes_in_flight_ = 0;
  return queued_.empty() && !ended_ && !cut_;
}

bool QueuedStream::is_cut() {
  const std::lock_guard lock(mutex_);
  return cut_;
}

void QueuedStream::finish() {
  std::function<void()> fn;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(finished_, true)) return;
    queued_ = {};
    fn = std::exchange(on_close_, nullptr);
  }
  if (fn) fn();
}

void PostedExchange::answer(Response response) {
  mailbox_->push({.to = key_, .response = std::move(response)});
}

std::shared_ptr<EventStream> PostedExchange::stream(Response head, std::size_t bytes_max) {
  auto stream = std::make_shared<QueuedStream>(mailbox_, key_, chunked_, bytes_max);
  mailbox_->push({.to = key_, .response = std::move(head), .stream = stream});
  return stream;
}

}  // namespace sillar::net
