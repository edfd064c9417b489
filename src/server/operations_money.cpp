#include "server/operations.h"
#include "server/shapes.h"

namespace sillar::server {
namespace {

Value budget_shape() {
  return shape::object(
      "Where a budget stands in its period.",
      {{"project", shape::text("Whose budget it is.")},
       {"name", shape::text("Its name there.")},
       {"period", shape::text("How long it is for: day, week, month, quarter, year, or total.")},
       {"hard", shape::boolean("Whether it refuses what it cannot pay for.")},
       {"in_force", shape::boolean("Whether it is now between `from` and `until`.")},
       {"from", shape::or_null(shape::time("When the period began."))},
       {"until", shape::or_null(shape::time("When it ends."))},
       {"limit", shape::ref("Money", "What there is to spend.")},
       {"spent", shape::ref("Money", "What was spent.")},
       {"reserved", shape::ref("Money", "What is set aside for what runs.")},
       {"left", shape::ref("Money", "What neither is.")},
       {"forecast", shape::or_null(shape::ref("Money", "Spent by `until` at today's rate."))}});
}

Value cost_shape() {
  return shape::object("What a project's own work cost.",
                       {{"project", shape::text("Its path.")},
                        {"cost", shape::ref("Money", "All of it.")},
                        {"accelerator_cost", shape::ref("Money", "For accelerators.")},
                        {"cpu_cost", shape::ref("Money", "For cores and memory alone.")},
                        {"device_seconds", shape::count("Accelerators times seconds.")}});
}

}  // namespace

Chapter money_chapter() {
  Chapter chapter{"money", "What work costs, and what may be spent.", {}, {}};
  chapter.operations = {
      {.method = "GET",
       .pattern = "/api/v1/budgets",
       .id = "listBudgets",
       .summary = "Budgets, and where they stand",
       .right = Action::kBudgetView,
       .query = {project_filter()},
       .replies = {{200, "BudgetList", "Those that the caller may see."}}},
      {.method = "GET",
       .pattern = "/api/v1/costs",
       .id = "listCosts",
       .summary = "What each project's work has cost",
       .doc = "The rows and what nobody used add up to what was billed.",
       .right = Action::kCostView,
       .query = {project_filter(), {"by", shape::words({"project"}, "What the rows are.")}},
       .replies = {{200, "CostReport", "Those that the caller may see."}},
       .problems = {400}},
  };
  chapter.shapes = {
      {"BudgetList", shape::answer("BudgetList", "Budgets by project.",
                                   {{"items", shape::list(shape::ref("Budget"))}})},
      {"Budget", budget_shape()},
      {"CostReport",
       shape::answer("CostReport", "Costs since the beginning.",
                     {{"by", shape::word("project")},
                      {"billed", shape::or_null(shape::ref(
                                     "Money", "All of it; null for who may not see all."))},
                      {"idle", shape::or_null(shape::ref("Money", "What nobody used of it."))},
                      {"items", shape::list(shape::ref("ProjectCost"))}})},
      {"ProjectCost", cost_shape()},
      {"Money",
       shape::object("An exact amount.",
                     {{"amount", shape::text("A decimal number, of nine decimals at most.")},
                      {"currency", shape::text("ISO 4217.")}}),
       R"({"amount": "12.5", "currency": "EUR"})"},
  };
  return chapter;
}

}  // namespace sillar::server
