#include "server/operations.h"
#include "server/shapes.h"

namespace sillar::server {
namespace {

Value problem_shape() {
  return shape::object(
      "What was wrong (RFC 9457).",
      {{"type", shape::text("urn:sillar:problem: and the code.")},
       {"title", shape::text("The status in words.")},
       {"status", shape::integer("The HTTP status.", 400, 599)},
       shape::optional("code", shape::text("What was wrong, as a word that does not change.")),
       {"detail", shape::text("What was wrong, for a person.")}});
}

Value reason_shape(bool with_parameters) {
  std::vector<shape::Member> members{{"code", shape::text("A word that does not change.")},
                                     {"text", shape::ref("LocalText")}};
  if (with_parameters)
    members.push_back(
        {"parameters", shape::map_of(shape::any_of({shape::text({}), shape::integer({})}),
                                     "What fills the text.")});
  return shape::object("Why something is as it is.", std::move(members));
}

Operation event_operation() {
  return {.method = "GET",
          .pattern = "/api/v1/events",
          .id = "streamEvents",
          .summary = "What happens, as it happens",
          .doc =
              "Server-sent events. Each has an id, the place of the fact in the journal; whoever "
              "was cut off sends it as Last-Event-ID and goes on behind it, missing nothing. An "
              "event `gap` says that what follows that id is no longer kept: list what you need, "
              "then listen from the id that it has. Who sends no place is first told one, by an "
              "event `joined`. An event `full` says that too many listen. "
              "The data of all others is a Fact. A comment comes in a silence.",
          .right = Action::kEventView,
          .query = {project_filter(),
                    {"workload", shape::text("Of this one alone.")},
                    {"once", shape::boolean("End with what has happened by now.")},
                    {"after", shape::text("Like Last-Event-ID, for who cannot send that.")}},
          .replies = {{200, {}, "Events, without end.", "text/event-stream"}},
          .problems = {400}};
}

std::vector<NamedShape> service_shapes() {
  return {
      {"Health", shape::object("It answers.", {{"status", shape::word("ok")}})},
      {"Readiness", shape::object("It serves.", {{"status", shape::word("ready")}})},
      {"Problem", problem_shape(),
       R"({"type": "urn:sillar:problem:not-found", "title": "Not found", "status": 404,
          "code": "not-found", "detail": "There is no workload 'train-8'."})"},
      {"Accepted",
       shape::answer("Accepted", "A command that was taken.",
                     {{"name", shape::text("Of what it was about.")},
                      {"changed", shape::boolean("Whether it was not so already.")}}),
       R"({"apiVersion": "sillar/v1", "kind": "Accepted", "name": "train-7", "changed": true})"},
      {"AcceptedName", shape::answer("Accepted", "A command that was taken.",
                                     {{"name", shape::text("Of what it was about.")}})},
      {"LocalText", shape::object("A text in two languages.", {{"en", shape::text("English.")},
                                                               {"es", shape::text("Spanish.")}})},
      {"Reason", reason_shape(false)},
      {"FullReason", reason_shape(true)},
      {"Fact",
       Value::mapping()
           .set("type", Value::text("object"))
           .set("description",
                Value::text("Something that happened. What else it has depends on its kind; "
                            "kinds and fields are added, never changed."))
           .set("properties", Value::mapping()
                                  .set("fact", shape::text("Its kind."))
                                  .set("id", shape::text("Its place in the journal."))
                                  .set("project", shape::text("Whose it is.")))
           .set("required",
                [] {
                  Value required = Value::sequence();
                  required.items.push_back(Value::text("fact"));
                  return required;
                }())},
  };
}

}  // namespace

Chapter service_chapter() {
  Chapter chapter{"service", "The service itself, and what happens in it.", {}, service_shapes()};
  chapter.operations = {
      {.method = "GET",
       .pattern = "/healthz",
       .id = "getHealth",
       .summary = "Whether the process answers",
       .replies = {{200, "Health", "It does."}}},
      {.method = "GET",
       .pattern = "/readyz",
       .id = "getReadiness",
       .summary = "Whether the service takes requests",
       .replies = {{200, "Readiness", "It does; 503 while it starts or ends."}}},
      {.method = "GET",
       .pattern = "/metrics",
       .id = "getMetrics",
       .summary = "Figures for Prometheus",
       .doc = "In Prometheus' text, or in OpenMetrics for who accepts that first. Labels are "
              "bounded: budgets have series of their own for the hundred largest.",
       .right = Action::kMetricsView,
       .replies = {{200, {}, "All figures.", "text/plain"},
                   {200, {}, {}, "application/openmetrics-text"}},
       .problems = {403, 404}},
      {.method = "GET",
       .pattern = "/api/v1/openapi.json",
       .id = "getDescription",
       .summary = "This document",
       .replies = {{200, {}, "OpenAPI 3.1."}}},
      event_operation(),
  };
  return chapter;
}

}  // namespace sillar::server
