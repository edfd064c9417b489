#include "net/responder.h"

#include <utility>

#include "base/check.h"

namespace sillar::net {
namespace {

void give_up(std::unique_ptr<Exchange> exchange) {
  if (exchange) exchange->answer(problem(500, "the request was dropped without an answer"));
}

}  // namespace

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) give_up(std::exchange(exchange_, std::move(other.exchange_)));
  return *this;
}

Responder::~Responder() {
  give_up(std::move(exchange_));
}

void Responder::send(Response response) {
  CHECK(pending(), "a request is answered once");
  std::exchange(exchange_, nullptr)->answer(std::move(response));
}

std::shared_ptr<EventStream> Responder::stream(Response head, std::size_t bytes_max) {
  CHECK(pending(), "a request is answered once");
  return std::exchange(exchange_, nullptr)->stream(std::move(head), bytes_max);
}

}  // namespace sillar::net
