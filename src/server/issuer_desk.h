#pragma once

// Keeps the keys of trusted issuers fresh while the service runs, on a thread of its own: a
// provider that is slow makes nobody wait.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/issuers.h"

namespace sillar::server {

struct IssuerDeskOptions {
  std::vector<IssuerSource> sources;  // None: it does nothing.
  FetchKeys fetch = fetch_keys;
  std::function<Time()> clock;
  std::function<void(const std::string&)> remark;
  // Told of the issuers whenever they are others than before, on the desk's thread.
  std::function<void(std::vector<Issuer>)> changed;
  Duration pace = Duration::seconds(10);  // From one look at what is due to the next.
};

class IssuerDesk {
 public:
  explicit IssuerDesk(IssuerDeskOptions options);
  IssuerDesk(const IssuerDesk&) = delete;
  IssuerDesk& operator=(const IssuerDesk&) = delete;
  ~IssuerDesk();

 private:
  void run();

  IssuerDeskOptions options_;
  IssuerKeys keys_;

  std::mutex mutex_;  // Guards `stopping_`.
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace sillar::server
