#pragma once

// One request on its way through the API: what was asked, by whom, and the one place where its
// answer leaves.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"
#include "net/server.h"
#include "server/access.h"
#include "server/control.h"

namespace sillar::server {

// Who asks, proven, and what it may do as it stood when it asked.
struct Caller {
  std::string name;     // Of the principal; what is written down as the owner of work.
  std::string os_user;  // As whom its commands run here; empty: as nobody.
  Requester requester;
  std::shared_ptr<const Access> access;

  [[nodiscard]] Verdict may(Action action, std::string_view project) const {
    return access->decide(requester, action, project);
  }
};

struct Route;
class Call;

// Is told of each answer as it leaves, on whatever thread that is; of a stream, of its head.
class AnswerObserver {
 public:
  AnswerObserver() = default;
  AnswerObserver(const AnswerObserver&) = delete;
  AnswerObserver& operator=(const AnswerObserver&) = delete;
  virtual ~AnswerObserver() = default;
  virtual void answered(const Call& call, const net::Response& response) = 0;
};

class Call {
 public:
  // Requires: `observer`, which may be null, outlives the answer.
  Call(net::Request request, net::Responder responder, AnswerObserver* observer = nullptr)
      : request_(std::move(request)), responder_(std::move(responder)), observer_(observer) {}

  [[nodiscard]] const net::Request& request() const { return request_; }
  // How long it has been on its way.
  [[nodiscard]] Duration age() const {
    return Duration{std::chrono::nanoseconds(std::chrono::steady_clock::now() - began_).count()};
  }
  // Null: there is none for what was asked.
  [[nodiscard]] const Route* route() const { return route_; }
  void set_route(const Route* route) { route_ = route; }
  [[nodiscard]] const Caller& caller() const { return caller_; }
  void set_caller(Caller caller) { caller_ = std::move(caller); }

  // What the route's pattern matched, by its name; empty: nothing.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
  void set_parameters(std::vector<std::pair<std::string, std::string>> parameters) {
    parameters_ = std::move(parameters);
  }
  // The first value of a query parameter; empty: absent.
  [[nodiscard]] std::string_view query(std::string_view name) const;

  // Once, from any thread.
  void reply(Answer answer);
  // In place of reply(): the head leaves now, the body as it comes.
  [[nodiscard]] std::shared_ptr<net::EventStream> stream(net::Response head);

 private:
  net::Request request_;
  net::Responder responder_;
  AnswerObserver* observer_;
  const Route* route_ = nullptr;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Caller caller_;
  std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace sillar::server
