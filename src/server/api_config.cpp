// The configuration over HTTP: as it is, what another one would change, and taking it over. What
// is taken over is what was planned: a plan names the configuration that it was made against.

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "engine/fact_text.h"
#include "engine/world_plan.h"
#include "engine/world_text.h"
#include "server/api.h"
#include "server/problem.h"

namespace sillar::server {
namespace {

const Subject kSubject{Action::kFleetConfigure, {}, "config"};

Answer no_config() {
  return problem(404, "not-found", "There is no configuration.");
}

// What a request asks for: the document itself, or a file's text under the file's name.
struct Wanted {
  Document document;
  std::string base;  // Of the plan; empty: there is none.
};

Result<std::string> member(const Value& body, std::string_view key) {
  const Value* value = body.find(key);
  if (value == nullptr || value->kind == Value::Kind::kNull) return std::string{};
  if (value->kind != Value::Kind::kScalar) return invalid(fmt::format("body: '{}' is a text", key));
  return value->scalar;
}

Result<Wanted> read_wanted(const net::Request& request) {
  SILLAR_TRY(body, parse_document("body", request.body));
  const Value& root = body.root;
  if (root.kind != Value::Kind::kMapping) return invalid("body: a mapping was expected");
  for (const auto& [key, value] : root.fields)
    if (key != "document" && key != "text" && key != "name" && key != "base")
      return invalid(fmt::format("body: unknown field '{}'", key));
  const Value* document = root.find("document");
  const Value* text = root.find("text");
  if ((document == nullptr) == (text == nullptr))
    return invalid("body: either 'document' or 'text' states the configuration");
  SILLAR_TRY(name, member(root, "name"));
  Wanted wanted;
  SILLAR_TRY(base, member(root, "base"));
  wanted.base = std::move(base);
  if (document != nullptr) {
    wanted.document = {name.empty() ? "document" : name, *document};
    return wanted;
  }
  SILLAR_TRY(source, member(root, "text"));
  SILLAR_TRY(parsed, parse_document(name.empty() ? "text" : name, source));
  wanted.document = std::move(parsed);
  return wanted;
}

// Of what was planned against what.
std::string plan_id(const std::string& base, const Document& document) {
  return hash_bytes(base + '\n' + print_json(document.root, 0)).hex();
}

const Node* living_node(const World& world, std::string_view name) {
  const auto found = std::ranges::find_if(
      world.fleet.nodes, [&](const Node& node) { return node.name == name && !node.retired; });
  return found == world.fleet.nodes.end() ? nullptr : &*found;
}

std::string_view class_of(const World& world, const Node& node) {
  return node.accelerator_class.valid() ? world.fleet.classes[node.accelerator_class.index()].name
                                        : std::string_view{};
}

// What this machine has is for the machine to say.
Status keeps_machine(const World& now, const World& wanted, const std::string& machine) {
  const Node* was = living_node(now, machine);
  if (was == nullptr) return {};
  const Node* is = living_node(wanted, machine);
  const bool kept = is != nullptr && was->accelerators == is->accelerators && was->cpu == is->cpu &&
                    was->memory_bytes == is->memory_bytes &&
                    class_of(now, *was) == class_of(wanted, *is);
  if (kept) return {};
  return fail(ErrorCode::kConflict,
              fmt::format("node '{}' is this machine, and what it has is what it reports: keep it "
                          "as it is, and drain it to take it out of use",
                          machine));
}

struct Planned {
  std::shared_ptr<const World> wanted;
  WorldPlan plan;
};

Result<Planned> plan_for(const State& state, const Document& document, const std::string& machine,
                         Time now) {
  SILLAR_TRY(wanted, wanted_world(document, *state.world));
  SILLAR_TRY_STATUS(keeps_machine(*state.world, *wanted, machine));
  SILLAR_TRY(plan, plan_world(state, wanted, now));
  return Planned{std::move(wanted), std::move(plan)};
}

Value plan_answer(std::string_view kind, const State& state, const WorldPlan& plan,
                  const Document& document) {
  Value out = Value::mapping()
                  .set("apiVersion", Value::text("sillar/v1"))
                  .set("kind", Value::text(kind))
                  .set("id", Value::text(plan_id(plan.base, document)));
  Value planned = plan_value(state, plan);
  for (auto& [key, value] : planned.fields) out.set(key, std::move(value));
  return out;
}

Answer take_over(Core& core, const Wanted& asked, const std::string& machine) {
  if (asked.base != world_hash(*core.state().world))
    return problem(409, "stale-plan",
                   "The configuration has changed since this plan was made. Plan again.");
  auto planned = plan_for(core.state(), asked.document, machine, core.now());
  if (!planned) return problem(planned.error());
  // Named before anything of it is gone.
  Value answer = plan_answer("ConfigApplied", core.state(), planned->plan, asked.document);
  const auto facts = core.input(Configure{planned->wanted});
  if (!facts) return problem(facts.error());
  answer.set("hash", Value::text(world_hash(*core.state().world)));
  return {200, print_json(answer, 0), {}};
}

}  // namespace

void get_config(Api& api, const std::shared_ptr<Call>& call) {
  if (!api.permit(call, kSubject, no_config())) return;
  const std::shared_ptr<const World> world = api.views().world();
  Answer answer{200, print_json(config_value(config_of(*world)), 0), {}};
  answer.headers.emplace_back("ETag", fmt::format("\"{}\"", world_hash(*world)));
  call->reply(std::move(answer));
}

void plan_config(Api& api, const std::shared_ptr<Call>& call) {
  if (!api.permit(call, kSubject, no_config())) return;
  auto wanted = read_wanted(call->request());
  if (!wanted) return call->reply(problem(wanted.error()));
  const auto look = [wanted = std::move(*wanted), machine = api.machine()](
                        Core& core, const Caller&) -> Answer {
    const auto planned = plan_for(core.state(), wanted.document, machine, core.now());
    if (!planned) return problem(planned.error());
    const Value answer = plan_answer("ConfigPlan", core.state(), planned->plan, wanted.document);
    return {200, print_json(answer, 0), {}};
  };
  api.mutate(call, Urgency::kRelease, {Action::kFleetConfigure, {}, "config/plan"}, look);
}

void apply_config(Api& api, const std::shared_ptr<Call>& call) {
  if (!api.permit(call, kSubject, no_config())) return;
  auto wanted = read_wanted(call->request());
  if (!wanted) return call->reply(problem(wanted.error()));
  if (wanted->base.empty())
    return call->reply(
        problem(400, "invalid-input", "body: 'base' says which plan this is; plan first"));
  api.mutate(call, Urgency::kRelease, kSubject,
             [wanted = std::move(*wanted), machine = api.machine()](Core& core, const Caller&) {
               return take_over(core, wanted, machine);
             });
}

}  // namespace sillar::server
