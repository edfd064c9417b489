#include "server/operations.h"
#include "server/shapes.h"

namespace sillar::server {
namespace {

Value health() {
  return shape::words({"healthy", "suspect", "quarantined", "probation"}, "Whether it is fit.");
}

Value cause_shape() {
  return shape::object(
      "What is against a node or one of its devices.",
      {{"device", shape::or_null(shape::count("The device; null: the node itself."))},
       {"cause", shape::words({"drained", "driver", "quarantine", "probation"}, "What it is.")},
       {"until", shape::or_null(shape::time("When it ends by itself."))},
       {"trials", shape::count("How often it has failed its probation.")},
       {"reason", shape::or_null(shape::ref("Reason"))}});
}

Value node_shape() {
  const Value device = shape::object(
      "An accelerator.",
      {{"index", shape::count("Its number on the node.")},
       {"health", health()},
       {"free_thousandths", shape::count("How much of it nothing holds.")},
       {"tasks", shape::list(shape::text("A task's name."),
                             "Tasks that hold it, as far as the caller may see them.")}});
  const Value location =
      shape::object("Where it stands.", {{"provider", shape::text("Who runs it.")},
                                         {"region", shape::text("The provider's region.")},
                                         {"zone", shape::text("The zone within it.")}});
  return shape::object(
      "A node of the fleet.",
      {{"name", shape::text("Its name.")},
       {"class", shape::or_null(shape::text("The class of its accelerators; null: none."))},
       {"location", shape::or_null(location)},
       {"health", health()},
       {"causes", shape::list(shape::ref("NodeCause"), "What is against it; empty: nothing.")},
       {"why", shape::list(shape::ref("LocalText"), "The causes in words, one each.")},
       {"accelerators", shape::count("How many it has.")},
       {"free_accelerators", shape::count("Healthy ones that nothing holds any part of.")},
       {"cpu_thousandths", shape::count("Thousandths of a core.")},
       {"free_cpu_thousandths", shape::count("Of these, what nothing holds.")},
       {"memory_bytes", shape::count("Memory.")},
       {"free_memory_bytes", shape::count("Of this, what nothing holds.")},
       {"tasks", shape::count("How many tasks are there that the caller may see.")},
       {"devices", shape::list(device, "Its accelerators, by index.")}});
}

Value project_shape() {
  const auto amount = [](std::string_view doc) {
    return shape::any_of({shape::integer({}), shape::word("unlimited")}, doc);
  };
  return shape::object(
      "A project.",
      {{"name", shape::text("Its path.")},
       {"parent", shape::or_null(shape::text("The project above it."))},
       {"priority", shape::integer("Among its siblings; higher goes first.")},
       {"quota", shape::list(shape::object(
                     "Of one resource; thousandths of a device or a core, or bytes.",
                     {{"resource", shape::text("cpu, memory, or a class of accelerators.")},
                      {"allocated", shape::integer("In use.")},
                      {"requested", shape::integer("In use or waited for.")},
                      {"deserved", amount("What it is entitled to.")},
                      {"limit", amount("What it may have at most.")}}))}});
}

Value usage_shape() {
  const Value hourly = shape::or_null(shape::ref("Money", "By the hour; null without prices."));
  const Value node =
      shape::object("What is in use on a node.",
                    {{"name", shape::text("Its name.")},
                     {"accelerators", shape::count("How many it has.")},
                     {"device_thousandths", shape::count("Of them, what is held or unfit.")},
                     {"cpu_thousandths", shape::count("Thousandths of a core.")},
                     {"used_cpu_thousandths", shape::count("Of these, what is held.")},
                     {"memory_bytes", shape::count("Memory.")},
                     {"used_memory_bytes", shape::count("Of this, what is held.")},
                     {"per_hour", hourly}});
  const Value workload = shape::object(
      "What a workload that runs uses.",
      {{"name", shape::text("Its name.")},
       {"project", shape::text("Its project.")},
       {"owner", shape::text("Who submitted it.")},
       {"tasks", shape::count("How many of its tasks run.")},
       {"device_thousandths", shape::count("Of devices, what they hold.")},
       {"busy_thousandths",
        shape::or_null(shape::count("How busy a device of it was last, where that is known."))},
       {"per_hour", hourly}});
  return shape::answer("Usage", "Who uses what right now.",
                       {{"at", shape::time("When this was so.")},
                        {"per_hour", hourly},
                        {"nodes", shape::list(node, "Empty for who may not see the fleet.")},
                        {"workloads", shape::list(workload, "What costs most first.")}});
}

Operation usage_operation() {
  return {.method = "GET",
          .pattern = "/api/v1/usage",
          .id = "listUsage",
          .summary = "Who uses what right now",
          .right = Action::kWorkloadView,
          .query = paged({project_filter()}),
          .replies = {{200, "Usage", "What the caller may see."}},
          .problems = {400}};
}

Operation projects_operation() {
  return {.method = "GET",
          .pattern = "/api/v1/projects",
          .id = "listProjects",
          .summary = "Projects, and what they hold of what they are entitled to",
          .right = Action::kProjectView,
          .query = paged({project_filter()}),
          .replies = {{200, "ProjectList", "Those that the caller may see."}},
          .problems = {400}};
}

}  // namespace

Chapter fleet_chapter() {
  Chapter chapter{"fleet", "What there is to run on.", {}, {}};
  chapter.operations = {
      {.method = "GET",
       .pattern = "/api/v1/nodes",
       .id = "listNodes",
       .summary = "Nodes, and what holds their devices",
       .right = Action::kFleetView,
       .query = paged(),
       .replies = {{200, "NodeList", "A page of the fleet."}},
       .problems = {400, 404}},
      projects_operation(),
      usage_operation(),
      order(Action::kFleetConfigure, "/api/v1/nodes/{name}/drain", "drainNode",
            "Takes a node out of use",
            "It starts nothing new; what runs is asked to stop and goes where there is room."),
      order(Action::kFleetConfigure, "/api/v1/nodes/{name}/undrain", "undrainNode",
            "Gives a drained node back",
            "It takes work again unless something else is against it."),
  };
  chapter.shapes = {
      {"NodeList", shape::page("NodeList", "Nodes, in the fleet's order.", "Node")},
      {"Node", node_shape()},
      {"ProjectList", shape::page("ProjectList", "Projects, in the tree's order.", "Project")},
      {"Project", project_shape()},
      {"Usage", usage_shape()},
      {"NodeCause", cause_shape()},
  };
  return chapter;
}

}  // namespace sillar::server
