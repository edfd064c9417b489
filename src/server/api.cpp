#include "server/api.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "base/json_writer.h"
#include "server/problem.h"

namespace sillar::server {
namespace {

// Of what one source has refused to it, no more is written down: the log is not for strangers to
// fill.
constexpr RateLimit kRefusalsNoted{2, 60};
constexpr std::size_t kSourcesRemembered = 4096;

constexpr std::array kRoutes{
    Route{"GET", "/healthz", Need::kNothing, get_health},
    Route{"GET", "/readyz", Need::kNothing, get_readiness},
    Route{"GET", "/metrics", Need::kCaller, get_metrics},
    Route{"GET", "/api/v1/openapi.json", Need::kCaller, get_description},
    Route{"GET", "/api/v1/whoami", Need::kCaller, get_caller},
    Route{"GET", "/api/v1/workloads", Need::kCaller, list_workloads},
    Route{"POST", "/api/v1/workloads", Need::kCaller, submit_workloads},
    Route{"GET", "/api/v1/workloads/{name}", Need::kCaller, get_workload},
    Route{"GET", "/api/v1/workloads/{name}/explain", Need::kCaller, explain_workload},
    Route{"POST", "/api/v1/workloads/{name}/cancel", Need::kCaller, cancel_workload},
    Route{"POST", "/api/v1/workloads/{name}/hold", Need::kCaller, hold_workload},
    Route{"POST", "/api/v1/workloads/{name}/release", Need::kCaller, release_workload},
    Route{"GET", "/api/v1/workloads/{name}/logs", Need::kCaller, read_workload_log},
    Route{"GET", "/api/v1/workloads/{name}/metrics", Need::kCaller, get_workload_metrics},
    Route{"GET", "/api/v1/queue", Need::kCaller, list_queue},
    Route{"GET", "/api/v1/projects", Need::kCaller, list_projects},
    Route{"GET", "/api/v1/usage", Need::kCaller, list_usage},
    Route{"GET", "/api/v1/nodes", Need::kCaller, list_nodes},
    Route{"POST", "/api/v1/nodes/{name}/drain", Need::kCaller, drain_node},
    Route{"POST", "/api/v1/nodes/{name}/undrain", Need::kCaller, undrain_node},
    Route{"GET", "/api/v1/config", Need::kCaller, get_config},
    Route{"POST", "/api/v1/plan", Need::kCaller, plan_config},
    Route{"POST", "/api/v1/apply", Need::kCaller, apply_config},
    Route{"GET", "/api/v1/budgets", Need::kCaller, list_budgets},
    Route{"GET", "/api/v1/costs", Need::kCaller, list_costs},
    Route{"GET", "/api/v1/alerts", Need::kCaller, list_alerts},
    Route{"GET", "/api/v1/alerts/deliveries", Need::kCaller, list_deliveries},
    Route{"GET", "/api/v1/alerts/deliveries/{id}", Need::kCaller, get_delivery},
    Route{"POST", "/api/v1/alerts/deliveries/{id}/retry", Need::kCaller, retry_delivery},
    Route{"GET", "/api/v1/alerts/channels", Need::kCaller, list_channels},
    Route{"POST", "/api/v1/alerts/channels/{name}/test", Need::kCaller, test_channel},
    Route{"GET", "/api/v1/events", Need::kCaller, stream_events},
    Route{"GET", "/api/v1/principals", Need::kCaller, list_principals},
    Route{"POST", "/api/v1/principals", Need::kCaller, add_principal},
    Route{"PUT", "/api/v1/principals/{name}/roles", Need::kCaller, put_role},
    Route{"DELETE", "/api/v1/principals/{name}/roles", Need::kCaller, remove_role},
    Route{"GET", "/api/v1/keys", Need::kCaller, list_keys},
    Route{"POST", "/api/v1/keys", Need::kCaller, create_key},
    Route{"DELETE", "/api/v1/keys/{id}", Need::kCaller, remove_key},
    Route{"GET", "/api/v1/audit", Need::kCaller, list_audit},
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

}  // namespace

std::span<const Route> Api::routes() {
  return kRoutes;
}

Api::Api(ApiParts parts)
    : parts_(std::move(parts)), refusals_(kRefusalsNoted, kSourcesRemembered) {}

void Api::handle(net::Request request, net::Responder responder) {
  AnswerObserver* self = this;
  auto call = std::make_shared<Call>(std::move(request), std::move(responder), self);
  Match match = find_route(kRoutes, call->request().method, call->request().path);
  if (match.route == nullptr) return call->reply(no_route(match, call->request()));
  call->set_route(match.route);
  call->set_parameters(std::move(match.parameters));
  if (match.route->need == Need::kCaller) {
    const std::string* sent = call->request().header("Authorization");
    const auto proof = parts_.authenticator->check(sent == nullptr ? std::string{} : *sent, now());
    if (!proof) return refuse_unknown(call, proof.error());
    if (proof->first_use) return redeem_first(call, *proof, *match.route);
    set_caller(*call, *proof);
  }
  match.route->handle(*this, call);
}

void Api::answered(const Call& call, const net::Response& response) {
  parts_.metrics->answered(call.route(), response.status, call.age());
  if (parts_.witness) parts_.witness(call, response);
}

void Api::ask(const std::shared_ptr<Call>& call, std::function<Answer(Core&)> look) {
  Command command;
  command.urgency = Urgency::kRelease;
  command.act = std::move(look);
  command.answer = [call](Answer answer) { call->reply(std::move(answer)); };
  if (!control().post(std::move(command))) call->reply(queue_is_full());
}

void get_health(Api&, const std::shared_ptr<Call>& call) {
  call->reply({200, "{\"status\":\"ok\"}", {}, {}});
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
      .field("method", word_of(call->caller().requester.method))
      .field("os_user", call->caller().os_user)
      .end_object();
  call->reply({200, json.take(), {}});
}

}  // namespace sillar::server
