#include "server/call.h"

#include <algorithm>

namespace sillar::server {

std::string_view Call::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters_)
    if (key == name) return value;
  return {};
}

std::string_view Call::query(std::string_view name) const {
  for (const auto& [key, value] : request_.query)
    if (key == name) return value;
  return {};
}

void Call::reply(Answer answer) {
  net::Response response;
  response.status = answer.status;
  response.body = std::move(answer.body);
  const bool typed = std::ranges::any_of(
      answer.headers, [](const auto& header) { return header.first == "Content-Type"; });
  if (!typed && !response.body.empty())
    response.headers.push_back({"Content-Type", "application/json"});
  response.headers.push_back({"Cache-Control", "no-store"});
  for (auto& [name, value] : answer.headers)
    response.headers.push_back({std::move(name), std::move(value)});
  if (observer_ != nullptr) observer_->answered(*this, response);
  responder_.send(std::move(response));
}

std::shared_ptr<net::EventStream> Call::stream(net::Response head) {
  if (observer_ != nullptr) observer_->answered(*this, head);
  return responder_.stream(std::move(head));
}

}  // namespace sillar::server
