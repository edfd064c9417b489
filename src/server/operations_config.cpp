#include "server/operations.h"
#include "server/shapes.h"

namespace sillar::server {
namespace {

Value anything(std::string_view doc) {
  return Value::mapping().set("description", Value::text(doc));
}

Value config_shape() {
  return shape::answer(
      "Config", "How to decide, the fleet and the projects, in the model's text form.",
      {shape::optional("options", shape::map_of(Value::mapping(), "How to decide.")),
       shape::optional("fleet", shape::map_of(Value::mapping(), "What there is to schedule on.")),
       shape::optional("projects", shape::list(shape::map_of(Value::mapping(), "A project."),
                                               "The project tree."))});
}

std::vector<shape::Member> wanted_members() {
  return {shape::optional("document", anything("The configuration wanted. What it leaves out "
                                               "stays; a fleet or a list of projects is whole.")),
          shape::optional("text", shape::text("Instead: a file of it, YAML or JSON.")),
          shape::optional("name", shape::text("The file's name, for messages."))};
}

Value change_shape() {
  return shape::object("One difference.",
                       {{"action", shape::words({"add", "change", "remove"}, "What is done.")},
                        {"kind", shape::words({"option", "class", "topology", "node", "price",
                                               "project", "quota", "residency", "budget"},
                                              "To what.")},
                        {"name", shape::or_null(shape::text("Its name; null: of an option."))},
                        {"field", shape::or_null(shape::text("Of it; null: as a whole."))},
                        {"from", anything("As it is; null: absent, or by default.")},
                        {"to", anything("As it shall be.")}});
}

shape::Member task_member(std::string_view name, std::string_view doc, bool reasoned) {
  std::vector<shape::Member> members{{"task", shape::text("The task.")},
                                     {"workload", shape::text("Its workload.")},
                                     {"project", shape::text("Its project.")}};
  if (reasoned) members.push_back({"reason", shape::ref("Reason")});
  return {name, shape::list(shape::object("A task.", std::move(members)), doc)};
}

std::vector<shape::Member> plan_members() {
  const Value stuck = shape::object("A workload.", {{"workload", shape::text("Its name.")},
                                                    {"project", shape::text("Its project.")},
                                                    {"reason", shape::ref("Reason")}});
  return {{"id", shape::text("Of this document against this base.")},
          {"base", shape::text("What the configuration was when it was planned.")},
          {"summary", shape::object("How many changes there are.",
                                    {{"add", shape::count("Things that are new.")},
                                     {"change", shape::count("Fields that change.")},
                                     {"remove", shape::count("Things that go.")}})},
          {"changes", shape::list(shape::ref("ConfigChange"), "What differs.")},
          {"consequences",
           shape::object("For the work that there is.",
                         {task_member("evicted", "Tasks that have to leave.", true),
                          task_member("withdrawn", "Tasks whose promised room goes.", false),
                          {"stuck", shape::list(stuck, "Work that could not start any more.")}})}};
}

}  // namespace

Chapter config_chapter() {
  Chapter chapter{"config", "What the control plane is configured to.", {}, {}};
  chapter.operations = {
      {.method = "GET",
       .pattern = "/api/v1/config",
       .id = "getConfig",
       .summary = "The configuration as a document",
       .doc = "Planning it again finds no change.",
       .right = Action::kFleetConfigure,
       .replies = {{200, "Config", "As it is."}},
       .problems = {403, 404}},
      {.method = "POST",
       .pattern = "/api/v1/plan",
       .id = "planConfig",
       .summary = "What another configuration would change",
       .doc = "Changes nothing but the audit log. What stands against it is a conflict, one line "
              "each.",
       .right = Action::kFleetConfigure,
       .body = "ConfigWanted",
       .replies = {{200, "ConfigPlan", "The differences, and what they would do to work."}},
       .problems = {400, 403, 404, 409}},
      {.method = "POST",
       .pattern = "/api/v1/apply",
       .id = "applyConfig",
       .summary = "Takes over a configuration that was planned",
       .doc = "Refused as stale-plan where the configuration has changed since.",
       .right = Action::kFleetConfigure,
       .body = "ConfigApply",
       .replies = {{200, "ConfigApplied", "It is in force."}},
       .problems = {400, 403, 404, 409}},
  };
  std::vector<shape::Member> apply = wanted_members();
  apply.push_back({"base", shape::text("The plan's base.")});
  std::vector<shape::Member> applied = plan_members();
  applied.push_back({"hash", shape::text("What the configuration is now: the next plan's base.")});
  chapter.shapes = {
      {"Config", config_shape()},
      {"ConfigWanted", shape::object("What is wanted.", wanted_members()),
       R"({"document": {"projects": [{"name": "acme"}, {"name": "acme/research"}]}})"},
      {"ConfigApply", shape::object("What is wanted, as it was planned.", std::move(apply)),
       R"({"document": {"projects": [{"name": "acme"}]},
           "base": "718c1c787f73952a4b6225fe280f02f4"})"},
      {"ConfigChange", change_shape()},
      {"ConfigPlan", shape::answer("ConfigPlan", "What would change.", plan_members())},
      {"ConfigApplied", shape::answer("ConfigApplied", "What has changed.", std::move(applied))},
  };
  return chapter;
}

}  // namespace sillar::server
