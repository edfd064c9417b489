// The line between the shim and the child that becomes the command.

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "drivers/command.h"

namespace sillar::drivers {
namespace {

// First byte of each message.
constexpr char kReady = 'R';
constexpr char kFault = 'F';
constexpr char kGo = 'G';
constexpr std::size_t kMessageBytesMax = 4096;
constexpr std::size_t kFilesMax = 2;

// Room for the descriptors of a message, aligned as the kernel wants it.
struct alignas(cmsghdr) FileRoom {
  std::array<char, CMSG_SPACE(sizeof(int) * kFilesMax)> bytes{};
};

void send_text(int socket, std::string_view text) {
  // The other end may be gone, which its poll finds.
  while (::send(socket, text.data(), text.size(), MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

}  // namespace

Result<std::array<ReadyLine, 2>> ReadyLine::make() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return os_fault("a line to the command", errno);
  std::array<ReadyLine, 2> lines;
  lines[0].socket_ = Descriptor(ends[0]);
  lines[1].socket_ = Descriptor(ends[1]);
  return lines;
}

void ReadyLine::say_ready(const OutputFiles& files) const {
  // Which files follow: an "o" and an "e" in the order in which they are attached.
  std::string text(1, kReady);
  std::array<int, kFilesMax> attached{};
  std::size_t count = 0;
  if (files.output.is_open()) text += 'o', attached[count++] = files.output.get();
  if (files.error.is_open()) text += 'e', attached[count++] = files.error.get();
  iovec part{text.data(), text.size()};
  FileRoom room;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (count > 0) {
    message.msg_control = room.bytes.data();
    message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    std::memcpy(CMSG_DATA(header), attached.data(), sizeof(int) * count);
  }
  while (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

void ReadyLine::say_fault(const std::string& why) const {
  send_text(socket_.get(), (kFault + why).substr(0, kMessageBytesMax));
}

void ReadyLine::say_go() const {
  send_text(socket_.get(), std::string_view(&kGo, 1));
}

bool ReadyLine::hear_go() const {
  char got = 0;
  ssize_t count = 0;
  do {
    count = ::recv(socket_.get(), &got, 1, 0);
  } while (count < 0 && errno == EINTR);
  return count == 1 && got == kGo;
}

ReadyLine::Heard ReadyLine::hear() const {
  std::string text(kMessageBytesMax, '\0');
  iovec part{text.data(), text.size()};
  FileRoom room;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room.bytes.data();
  message.msg_controllen = room.bytes.size();
  ssize_t got = 0;
  do {
    got = ::recvmsg(socket_.get(), &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  Heard heard;
  if (got <= 0) return heard;
  text.resize(static_cast<std::size_t>(got));
  if (text[0] == kFault) {
    heard.kind = Heard::Kind::kFault;
    heard.why = text.substr(1);
    return heard;
  }
  heard.kind = Heard::Kind::kReady;
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return heard;
  const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  for (std::size_t i = 0; i < count; ++i) {
    int file = -1;
    std::memcpy(&file, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
    Descriptor owned(file);
    if (i + 1 < text.size() && text[i + 1] == 'e')
      heard.files.error = std::move(owned);
    else
      heard.files.output = std::move(owned);
  }
  return heard;
}

}  // namespace sillar::drivers
