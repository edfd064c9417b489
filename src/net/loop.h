#pragma once

// One thread with its event loop and its connections. Only the server uses it.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "net/acceptor.h"
#include "net/server.h"
#include "net/tls.h"

namespace sillar::net {

// What the loops of one server share. Outlives them.
struct Shared {
  ServerOptions options;
  Handler handler;
  TlsContext tls;  // Null: plain HTTP.

  std::atomic<std::uint64_t> connections_total = 0;
  std::atomic<std::uint64_t> connections_refused = 0;
  std::atomic<std::uint64_t> requests_total = 0;
  std::atomic<std::uint64_t> requests_refused = 0;
  std::atomic<std::uint64_t> streams_open = 0;

  std::mutex mutex;                // Guards the rest.
  std::condition_variable closed;  // Told when there are none left.
  std::uint64_t connections_open = 0;
};

struct LoopParts;

class Loop {
 public:
  explicit Loop(Shared& shared);
  // Cuts what is open and joins the thread.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void start();
  // Serves this connection from now on. It is counted in connections_open already. With `refused`,
  // all that it is told is that there are too many. Any thread.
  void take_on(Descriptor connection, std::string peer, bool refused);
  // Closes what is idle, ends streams, and every other connection after its answer. Returns once
  // that is under way. Requires: the loop runs; another thread.
  void drain();
  // Closes everything. Requires: as for drain().
  void cut();

 private:
  std::unique_ptr<LoopParts> parts_;
};

}  // namespace sillar::net
