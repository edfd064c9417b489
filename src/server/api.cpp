#include "server/api.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "base/hash.h"
#include "base/json_writer.h"
#include "server/problem.h"

namespace sillar::server {
namespace {

constexpr std::array kRoutes{
    Route{"GET", "/healthz", Need::kNothing, get_health},
    Route{"GET", "/readyz", Need::kNothing, get_readiness},
    Route{"GET", "/api/v1/whoami", Need::kCaller, get_caller},
    Route{"GET", "/api/v1/workloads", Need::kCaller, list_workloads},
    Route{"POST", "/api/v1/workloads", Need::kCaller, submit_workloads},
    Route{"GET", "/api/v1/workloads/{name}", Need::kCaller, get_workload},
    Route{"GET", "/api/v1/workloads/{name}/explain", Need::kCaller, explain_workload},
    Route{"POST", "/api/v1/workloads/{name}/cancel", Need::kCaller, cancel_workload},
    Route{"GET", "/api/v1/events", Need::kCaller, stream_events},
};

Answer no_route(const Match& match, const net::Request& request) {
  if (match.allowed.empty())
    return problem(404, "not-found", fmt::format("There is nothing at {}.", request.path));
  Answer answer =
      problem(405, "method-not-allowed",
              fmt::format("{} takes {}.", request.path, fmt::join(match.allowed, ", ")));
  answer.headers.emplace_back("Allow", fmt::format("{}", fmt::join(match.allowed, ", ")));
  return answer;
}

// Of the request that a key stands for: not a secret, and not compared between callers.
std::string digest_of(const net::Request& request) {
  std::string text = request.method + '\n' + request.target + '\n';
  text += request.body;
  return hash_bytes(text).hex();
}

Answer replayed(const KeptAnswer& kept, const std::string& digest) {
  if (kept.digest != digest)
    return problem(422, "idempotency-key-reused",
                   "This Idempotency-Key was used for another request. Use a new key.");
  return {kept.status, kept.body, {{"Idempotency-Replayed", "true"}}};
}

}  // namespace

std::span<const Route> Api::routes() {
  return kRoutes;
}

void Api::handle(net::Request request, net::Responder responder) {
  auto call = std::make_shared<Call>(std::move(request), std::move(responder));
  Match match = find_route(kRoutes, call->request().method, call->request().path);
  if (match.route == nullptr) return call->reply(no_route(match, call->request()));
  call->set_parameters(std::move(match.parameters));
  if (match.route->need == Need::kCaller) {
    auto caller = parts_.authenticate(call->request());
    if (!caller) {
      Answer answer = problem(401, "not-authenticated", caller.error().message);
      answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"sillar\"");
      return call->reply(std::move(answer));
    }
    call->set_caller(std::move(*caller));
  }
  match.route->handle(*this, call);
}

void Api::mutate(const std::shared_ptr<Call>& call, Urgency urgency, Act act) {
  RequestKey key{call->caller().name, {}};
  if (const std::string* sent = call->request().header("Idempotency-Key")) key.key = *sent;
  if (key.key.size() > kKeyBytesMax)
    return call->reply(
        problem(400, "invalid-input",
                fmt::format("An Idempotency-Key has at most {} bytes.", kKeyBytesMax)));
  std::string digest = key.key.empty() ? std::string{} : digest_of(call->request());
  Command command;
  command.urgency = urgency;
  command.act = [call, key = std::move(key), digest = std::move(digest),
                 act = std::move(act)](Core& core) {
    if (key.key.empty()) return act(core, call->caller());
    const Answers& answers = core.parts().answers;
    if (const KeptAnswer* kept = answers.find(key)) return replayed(*kept, digest);
    if (answers.full(core.now())) return queue_is_full();
    Answer answer = act(core, call->caller());
    if (answer.status < 500)
      core.record(PartId::kAnswers,
                  Answers::record(key, core.now(), {digest, answer.status, answer.body}));
    return answer;
  };
  command.answer = [call](Answer answer) { call->reply(std::move(answer)); };
  if (!control().post(std::move(command))) call->reply(queue_is_full());
}

void Api::ask(const std::shared_ptr<Call>& call, std::function<Answer(Core&)> look) {
  Command command;
  command.urgency = Urgency::kRelease;
  command.act = std::move(look);
  command.answer = [call](Answer answer) { call->reply(std::move(answer)); };
  if (!control().post(std::move(command))) call->reply(queue_is_full());
}

void get_health(Api&, const std::shared_ptr<Call>& call) {
  call->reply({200, "{\"status\":\"ok\"}", {}});
}

void get_readiness(Api& api, const std::shared_ptr<Call>& call) {
  if (api.ready()) return call->reply({200, "{\"status\":\"ready\"}", {}});
  call->reply(problem(503, "not-ready", "The server is starting or ending."));
}

void get_caller(Api&, const std::shared_ptr<Call>& call) {
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "Caller")
      .field("name", call->caller().name)
      .field("method", call->caller().method)
      .field("os_user", call->caller().os_user)
      .end_object();
  call->reply({200, json.take(), {}});
}

}  // namespace sillar::server
