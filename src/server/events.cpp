#include "server/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/fact_text.h"
#include "server/roles.h"
#include "server/subject.h"

namespace sillar::server {
namespace {

// Also into `others`: the projects that are not its own and are named, or whose work is.
Value veiled_value(const State& state, const Event& event, const Fact& fact,
                   std::vector<std::string>& others) {
  return fact_value(state, fact, [&](std::string_view key, std::string_view name) {
    std::string project(name);
    if (key == "workload") {
      const auto found = state.workload_ids.find(name);
      if (found == state.workload_ids.end()) return true;
      project = state.spec(found->second).project;
    } else if (key != "project") {
      return true;
    }
    if (is_within(project, event.project)) return true;
    others.push_back(std::move(project));
    return false;
  });
}

std::string finished_json(Value value, const Event& event) {
  value.set("id", Value::text(event_place_text(event.place)));
  if (!event.project.empty()) value.set("project", Value::text(event.project));
  return print_json(value, 0);
}

std::size_t bytes_of(const Event& event) {
  return event.json.size() + event.veiled.size();
}

Event event_of(const State& state, EventPlace place, const Fact& fact) {
  Event event;
  event.place = place;
  if (const auto id = workload_of(state, fact)) {
    event.workload = state.spec(*id).name;
    event.project = state.spec(*id).project;
  }
  Value value = fact_value(state, fact);
  if (const Value* kind = value.find("fact")) event.kind = kind->scalar;
  event.json = finished_json(std::move(value), event);
  // Of what no project has, only those hear who see all.
  if (event.project.empty()) return event;
  Value veiled = veiled_value(state, event, fact, event.others);
  if (!event.others.empty()) event.veiled = finished_json(std::move(veiled), event);
  return event;
}

}  // namespace

std::string event_place_text(EventPlace place) {
  return fmt::format("{}.{}", place.seq, place.index);
}

std::optional<EventPlace> parse_event_place(std::string_view text) {
  EventPlace place;
  const char* end = text.data() + text.size();
  const auto seq = std::from_chars(text.data(), end, place.seq);
  if (seq.ec != std::errc{} || seq.ptr == end || *seq.ptr != '.') return std::nullopt;
  const auto index = std::from_chars(seq.ptr + 1, end, place.index);
  if (index.ec != std::errc{} || index.ptr != end) return std::nullopt;
  return place;
}

void Events::publish(const Core& core) {
  for (const Step& step : core.steps()) remember(core.state(), step.seq, step.facts);
}

void Events::remember(const State& state, std::uint64_t seq, const std::vector<Fact>& facts) {
  for (std::size_t i = 0; i < facts.size(); ++i)
    add(event_of(state, {seq, static_cast<std::uint32_t>(i)}, facts[i]));
}

void Events::add(Event event) {
  const std::lock_guard lock(mutex_);
  const auto shared = std::make_shared<const Event>(std::move(event));
  kept_.push_back(shared);
  kept_bytes_ += bytes_of(*shared);
  while (kept_.size() > kEventsKept || kept_bytes_ > kEventBytesKept) {
    forgotten_ = kept_.front()->place;
    kept_bytes_ -= bytes_of(*kept_.front());
    kept_.pop_front();
  }
  std::erase_if(listeners_, [&](const Listener& listener) {
    return listener.filter(*shared) && !listener.sink(*shared);
  });
}

Events::Joined Events::join(std::optional<EventPlace> after, Filter filter, Sink sink) {
  const std::lock_guard lock(mutex_);
  if (listeners_.size() >= kListenersMax) return Joined::kFull;
  if (after) {
    if (*after < forgotten_) return Joined::kForgotten;
    for (auto event = behind(*after); event != kept_.end(); ++event)
      if (filter(**event) && !sink(**event)) return Joined::kYes;
  } else {
    Event joined;
    joined.place = last_place();
    joined.kind = "joined";
    joined.json = "{}";
    if (!sink(joined)) return Joined::kYes;
  }
  listeners_.push_back({std::move(filter), std::move(sink)});
  return Joined::kYes;
}

bool Events::replay(std::optional<EventPlace> after, const Filter& filter, const Sink& sink) const {
  const std::lock_guard lock(mutex_);
  if (after && *after < forgotten_) return false;
  for (auto event = after ? behind(*after) : kept_.begin(); event != kept_.end(); ++event)
    if (filter(**event) && !sink(**event)) break;
  return true;
}

Events::Kept::const_iterator Events::behind(EventPlace place) const {
  return std::upper_bound(kept_.begin(), kept_.end(), place,
                          [](EventPlace at, const auto& event) { return at < event->place; });
}

EventPlace Events::last_place() const {
  return kept_.empty() ? forgotten_ : kept_.back()->place;
}

std::size_t Events::listeners() const {
  const std::lock_guard lock(mutex_);
  return listeners_.size();
}

EventPlace Events::last() const {
  const std::lock_guard lock(mutex_);
  return last_place();
}

}  // namespace sillar::server
