#include "journal/head_mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/document.h"
#include "base/hash.h"
#include "journal/words.h"

namespace sillar::journal {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr std::size_t kSlotBytes = 64;  // Number, bytes, hash, and XXH3 of those three.
constexpr std::size_t kSlots = 2;
static_assert(kMarkBytes + 2 * kWordBytes == kSlotBytes);

std::string slot_of(const Mark& mark) {
  std::string out;
  put_mark(out, mark);
  const Hash128 sum = hash_bytes(out);
  put_word(out, sum.low);
  put_word(out, sum.high);
  return out;
}

std::optional<Mark> mark_in(std::string_view slot) {
  const Mark mark = mark_at(slot, 0);
  if (slot_of(mark) != slot) return std::nullopt;
  return mark;
}

struct Placed {
  Mark mark;
  std::size_t slot = 0;
};

std::optional<Placed> newest_in(const std::string& folder) {
  const auto bytes = read_file(folder + "/" + kHeadMarkName, kSlots * kSlotBytes);
  if (!bytes || bytes->size() != kSlots * kSlotBytes) return std::nullopt;
  std::optional<Placed> newest;
  for (std::size_t i = 0; i < kSlots; ++i) {
    const auto mark = mark_in(std::string_view(*bytes).substr(i * kSlotBytes, kSlotBytes));
    if (mark && (!newest || mark->seq > newest->mark.seq)) newest = Placed{*mark, i};
  }
  return newest;
}

}  // namespace

Result<HeadMark> HeadMark::open(const std::string& folder) {
  std::string path = folder + "/" + kHeadMarkName;
  File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode));
  if (!file.is_open()) return file_fault(path, errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return file_fault(path, errno);
  // Its room is taken at once, so that a full disk does not stand in the way of marks.
  if (static_cast<std::size_t>(status.st_size) < kSlots * kSlotBytes) {
    const std::string room(kSlots * kSlotBytes, '\0');
    if (::pwrite(file.get(), room.data(), room.size(), 0) != static_cast<ssize_t>(room.size()) ||
        ::fsync(file.get()) != 0)
      return file_fault(path, errno);
    SILLAR_TRY_STATUS(sync_folder(folder));
  }
  const auto newest = newest_in(folder);
  return HeadMark(std::move(path), std::move(file), newest ? (newest->slot + 1) % kSlots : 0);
}

Status HeadMark::write(const Mark& mark) {
  const std::string slot = slot_of(mark);
  const auto at = static_cast<off_t>(next_ * kSlotBytes);
  if (::pwrite(file_.get(), slot.data(), slot.size(), at) != static_cast<ssize_t>(slot.size()))
    return fail(ErrorCode::kIo, file_fault(path_, errno).value().message);
  next_ = (next_ + 1) % kSlots;
  return {};
}

std::optional<Mark> read_head_mark(const std::string& folder) {
  const auto newest = newest_in(folder);
  return newest ? std::optional(newest->mark) : std::nullopt;
}

}  // namespace sillar::journal
