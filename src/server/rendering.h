#pragma once

// Rows and records as the API shows them.

#include <string>

#include "base/json_writer.h"
#include "base/money.h"
#include "model/withheld.h"
#include "server/core.h"
#include "server/views.h"

namespace sillar::server {

// What has not ended: first what waits, then what runs, each in order.
struct QueueView {
  std::vector<std::shared_ptr<const WorkloadRow>> waiting;
  std::vector<std::shared_ptr<const WorkloadRow>> running;
};
[[nodiscard]] std::string queue_json(const QueueView& queue, std::size_t from, std::size_t limit,
                                     const MaySay& may_say);

// RFC 3339; never is null.
// "reason": {code, text: {en, es}}, or null.
void write_reason(JsonWriter& json, const Reason* reason);
void write_time(JsonWriter& json, std::string_view key, Time time);
// An exact decimal as text, with its currency.
void write_money(JsonWriter& json, std::string_view key, Int128 nanos, Currency currency);
// `continue`: what to ask for the page from `end` on; null at the end of all.
void write_next(JsonWriter& json, std::size_t end, std::size_t all);
// What a command about one thing is answered with.
[[nodiscard]] std::string accepted_json(std::string_view name, bool changed);

// Of all of these: less what may not be said of others' work.
void write_row(JsonWriter& json, const WorkloadRow& row, const MaySay& may_say);
[[nodiscard]] std::string workload_list_json(const WorkloadPage& page, const MaySay& may_say);
// The row, the specification as it was submitted, what holds it, what it costs, and each task with
// its place.
[[nodiscard]] std::string workload_json(const Core& core, const WorkloadRow& row,
                                        const MaySay& may_say);

}  // namespace sillar::server
