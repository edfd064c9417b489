#pragma once

// For tests: a receiver of webhooks on a port of its own, and the channel that leads to it.

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/server.h"
#include "server/alert_channels.h"

namespace sillar::server {

class AlertReceiver {
 public:
  AlertReceiver() {
    auto server = net::Server::start({}, [this](net::Request request, net::Responder responder) {
      const std::lock_guard lock(mutex_);
      if (!refuses_) taken_.push_back(*request.header("Sillar-Delivery"));
      responder.send({refuses_ ? 404 : 204, {}, {}});
    });
    EXPECT_TRUE(server.has_value());
    server_ = std::move(*server);
  }

  [[nodiscard]] AlertChannel channel(const std::string& name) const {
    AlertChannel hook;
    hook.name = name;
    hook.url = "http://" + server_->address() + "/hook";
    hook.secret.environment = "PATH";  // One that is always set.
    hook.allow = {ChannelReach::kLoopback};
    return hook;
  }
  // From now on, for good.
  void refuse(bool refuses) {
    const std::lock_guard lock(mutex_);
    refuses_ = refuses;
  }
  // Ids of deliveries.
  [[nodiscard]] std::vector<std::string> taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

 private:
  std::mutex mutex_;  // Guards what follows.
  bool refuses_ = false;
  std::vector<std::string> taken_;
  std::unique_ptr<net::Server> server_;
};

}  // namespace sillar::server
