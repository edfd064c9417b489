// How busy workloads kept their devices, over HTTP.

#include <fmt/format.h>

#include "base/json_writer.h"
#include "server/api.h"
#include "server/problem.h"
#include "server/usage_book.h"

namespace sillar::server {
namespace {

template <typename Of>
void write_column(JsonWriter& json, std::string_view name, const UsageSeries* series, Of of) {
  json.key(name).begin_array();
  if (series != nullptr)
    for (const UsageSeries::Point& point : series->points()) json.number(std::int64_t{of(point)});
  json.end_array();
}

std::string metrics_json(std::string_view name, const UsageSeries* series) {
  using Point = UsageSeries::Point;
  JsonWriter json;
  json.begin_object()
      .field("apiVersion", "sillar/v1")
      .field("kind", "WorkloadMetrics")
      .field("name", name)
      .key("step")
      .string(series == nullptr ? "0s" : format_duration(series->step()))
      .key("at")
      .begin_array();
  if (series != nullptr)
    for (const Point& point : series->points()) json.string(format_time(point.from));
  json.end_array();
  write_column(json, "devices", series, [](const Point& p) { return p.devices(); });
  write_column(json, "busy_thousandths", series,
               [](const Point& p) { return p.busy_thousandths(); });
  write_column(json, "memory_bytes", series, [](const Point& p) { return p.memory_bytes_max; });
  json.end_object();
  return json.take();
}

}  // namespace

void get_workload_metrics(Api& api, const std::shared_ptr<Call>& call) {
  const auto row = find_workload(api, call, Action::kWorkloadView, Action::kWorkloadView);
  if (row == nullptr) return;
  api.ask(call, [&api, name = row->spec->name](Core& core) -> Answer {
    const auto found = core.state().workload_ids.find(name);
    if (found == core.state().workload_ids.end())
      return problem(404, "not-found", fmt::format("There is no workload '{}'.", name));
    return {200, metrics_json(name, api.usage().find(found->second)), {}};
  });
}

}  // namespace sillar::server
