// What tasks wrote, over HTTP.

#include <fmt/format.h>

#include "server/api.h"
#include "server/effects.h"
#include "server/problem.h"
#include "server/requested.h"

namespace sillar::server {
namespace {

Result<LogAsked> log_asked(const Call& call) {
  LogAsked asked;
  SILLAR_TRY(follow, switch_asked(call, "follow"));
  asked.follow = follow;
  const std::string_view stream = call.query("stream");
  if (stream == "error")
    asked.stream = drivers::LogStream::kError;
  else if (!stream.empty() && stream != "output")
    return invalid("stream is output or error.");
  if (const auto text = call.query("offset"); !text.empty())
    if (!read_number(text, asked.offset) || asked.offset < 0)
      return invalid("offset is a number of bytes from the log's beginning.");
  return asked;
}

// The token of the task's last attempt; empty: it has not started here.
Result<std::string> token_for(const Effects& effects, const Core& core, const std::string& name,
                              std::int32_t index) {
  const State& state = core.state();
  const auto found = state.workload_ids.find(name);
  if (found == state.workload_ids.end())
    return fail(ErrorCode::kNotFound, fmt::format("There is no workload '{}'.", name));
  const schedule::Job& job = state.board.job(found->second);
  if (index >= job.tasks)
    return fail(ErrorCode::kNotFound,
                fmt::format("'{}' has {} tasks, numbered from 0.", name, job.tasks));
  const TaskId task{job.first_task + static_cast<std::uint32_t>(index)};
  std::string token = effects.last_token(task);
  // After a restart the tokens of what had ended are made again; the driver knows which it has.
  return token.empty() ? token_of(core, task) : token;
}

}  // namespace

void read_workload_log(Api& api, const std::shared_ptr<Call>& call) {
  const auto row = find_workload(api, call, Action::kWorkloadLogs, Action::kWorkloadLogs);
  if (row == nullptr) return;
  auto asked = log_asked(*call);
  if (!asked) return call->reply(problem(asked.error()));
  std::int32_t task = 0;
  if (const auto text = call->query("task"); !text.empty())
    if (!read_number(text, task) || task < 0)
      return call->reply(problem(400, "invalid-input", "task is a number from 0."));
  const auto shared = std::make_shared<LogAsked>(std::move(*asked));
  Command command;
  command.urgency = Urgency::kRelease;
  command.act = [&api, shared, task, name = row->spec->name](Core& core) {
    const auto token = token_for(api.effects(), core, name, task);
    if (!token) return problem(token.error());
    shared->token = *token;
    return Answer{};
  };
  command.answer = [&api, call, shared](Answer answer) {
    if (answer.status != 200) return call->reply(std::move(answer));
    api.logs().answer(call, std::move(*shared));
  };
  if (!api.control().post(std::move(command))) call->reply(queue_is_full());
}

}  // namespace sillar::server
