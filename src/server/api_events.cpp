// What happens, as server-sent events: live, and from where a listener was cut off.

#include <fmt/format.h>

#include <algorithm>

#include "net/sse.h"
#include "server/api.h"
#include "server/problem.h"
#include "server/requested.h"
#include "server/views.h"

namespace sillar::server {
namespace {

constexpr const char* kGapDetail = R"({"detail":"Events after the one you saw are no longer kept. )"
                                   R"(List what you need, then listen from here."})";

}  // namespace

void stream_events(Api& api, const std::shared_ptr<Call>& call) {
  std::optional<EventPlace> after;
  std::string_view last = call->query("after");
  if (const std::string* header = call->request().header("Last-Event-ID")) last = *header;
  if (!last.empty()) {
    after = parse_event_place(last);
    if (!after)
      return call->reply(problem(
          400, "invalid-input", "Last-Event-ID is the id of an event: a number, a dot, a number."));
  }
  const auto once = switch_asked(*call, "once");
  if (!once) return call->reply(problem(once.error()));
  const std::string project(call->query("project"));
  const std::string workload(call->query("workload"));
  auto filter = [project, workload, caller = call->caller()](const Event& event) {
    if (!workload.empty() && event.workload != workload) return false;
    if (!project.empty() && (event.project.empty() || !within_subtree(event.project, project)))
      return false;
    return caller.may(Action::kEventView, event.project) == Verdict::kAllowed;
  };
  // The head goes out first, so that whoever listens knows where it stands; what is forgotten is
  // told as an event of its own, because by then the answer has begun.
  net::Response head;
  head.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
  auto stream = call->stream(std::move(head));
  // A key that has been revoked hears no more.
  auto sink = [stream, &api, caller = call->caller()](const Event& event) {
    if (!api.still_valid(caller.requester)) {
      stream->close();
      return false;
    }
    const std::string& told = event.told([&](std::string_view other) {
      return caller.may(Action::kEventView, other) == Verdict::kAllowed;
    });
    return stream->write(net::format_event({event_place_text(event.place), event.kind, told}));
  };
  if (*once) {
    if (!api.events().replay(after, filter, sink))
      stream->write(net::format_event({event_place_text(api.events().last()), "gap", kGapDetail}));
    return stream->close();
  }
  switch (api.events().join(after, std::move(filter), std::move(sink))) {
    case Events::Joined::kYes:
      return;
    case Events::Joined::kForgotten:
      stream->write(net::format_event({event_place_text(api.events().last()), "gap", kGapDetail}));
      break;
    case Events::Joined::kFull:
      stream->write(net::format_event({"", "full", R"({"detail":"Too many listeners."})"}));
      break;
  }
  stream->close();
}

}  // namespace sillar::server
