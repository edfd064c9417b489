#include "ledger/meter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace sillar {
namespace {

constexpr Int128 kHourNs = Duration::hours(1).ns;

// parts x integral as nanos, rounded half up. Nano-hours first and their remainder after, so that a
// node's whole life fits.
Int128 nanos_of(std::int64_t parts, Int128 integral, std::int64_t whole) {
  const Int128 hours = integral / kHourNs * parts;
  const Int128 unit = kHourNs * whole;
  const Int128 rest = hours % whole * kHourNs + integral % kHourNs * parts;
  return hours / whole + (rest + unit / 2) / unit;
}

}  // namespace

std::vector<ProjectCost> with_children(std::span<const ProjectCost> own,
                                       std::span<const Project> projects) {
  std::vector<ProjectCost> all(own.begin(), own.end());
  for (std::size_t i = 0; i < projects.size(); ++i) {
    std::size_t steps = 0;
    for (ProjectId up = projects[i].parent; up.valid(); up = projects[up.index()].parent) {
      CHECK(++steps <= projects.size(), "the project tree has no cycle");
      all[up.index()].accelerator_nanos += own[i].accelerator_nanos;
      all[up.index()].cpu_nanos += own[i].cpu_nanos;
      all[up.index()].device_ns += own[i].device_ns;
    }
  }
  return all;
}

Meter::Meter(std::size_t nodes, std::size_t projects, Currency currency, bool keep_lines)
    : books_(nodes, projects), currency_(currency), keep_lines_(keep_lines) {}

Status Meter::check_rate(const NodeRate& rate) const {
  if (rate.per_hour.currency != currency_)
    return invalid(fmt::format("a node is priced in {}, the meter counts {}",
                               rate.per_hour.currency.text(), currency_.text()));
  if (rate.cpu_nanos < 0 || rate.accelerator_nanos() < 0)
    return invalid(fmt::format("a node's price of {} per hour has a negative part",
                               format_nanos(rate.per_hour.nanos)));
  if (static_cast<Int128>(rate.per_hour.nanos) * std::max(rate.accelerators, 1) > kRateMax)
    return fail(ErrorCode::kLimit,
                fmt::format("a node's price per hour times its devices exceeds {} {}",
                            format_nanos(kRateMax), currency_.text()));
  return {};
}

Status Meter::set_rate(NodeId node, const NodeRate& rate, Time at) {
  SILLAR_TRY_STATUS(check_rate(rate));
  if (books_.rated(node)) {
    CHECK(at >= books_.last_event(node), "a node's events come in order");
    CHECK(same_shape(rate, books_.rate(node)), "a node's shares stay shares of the same");
  }
  books_.advance(node, at, kept_lines());
  books_.set_rate(node, rate);
  return {};
}

Status Meter::remake(NodeId node, const NodeRate& rate, Time at) {
  SILLAR_TRY_STATUS(check_rate(rate));
  if (books_.rated(node)) {
    CHECK(at >= books_.last_event(node), "a node's events come in order");
    NodeRate before = rate;
    before.per_hour = books_.rate(node).per_hour;
    before.cpu_nanos = books_.rate(node).cpu_nanos;
    SILLAR_TRY_STATUS(check_rate(before));
  }
  books_.advance(node, at, kept_lines());
  books_.remake(node, rate);
  return {};
}

void Meter::remove_rate(NodeId node, Time at) {
  CHECK(books_.rated(node), "a node that goes was there");
  CHECK(at >= books_.last_event(node), "a node's events come in order");
  books_.advance(node, at, kept_lines());
  books_.remove_price(node);
}

void Meter::start(TaskId task, NodeId node, ProjectId project, const Claim& claim, Time at) {
  CHECK(!running(task), "a task is metered once at a time");
  CHECK(books_.rated(node), "a node has a rate before it has tasks");
  CHECK(at >= books_.last_event(node), "a node's events come in order");
  books_.advance(node, at, kept_lines());
  const ClaimParts parts = parts_of(books_.rate(node), claim);
  books_.change(node, project, 1, claim.accelerator_thousandths, parts);
  running_[take_slot(task)] = {task, node, project, claim, parts, at, books_.marks(node)};
}

std::uint32_t Meter::take_slot(TaskId task) {
  if (slots_.size() <= task.index()) slots_.resize(task.index() + 1, kNone);
  std::uint32_t slot = static_cast<std::uint32_t>(running_.size());
  if (free_slots_.empty()) {
    running_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  slots_[task.index()] = slot;
  return slot;
}

bool Meter::running(TaskId task) const {
  return task.index() < slots_.size() && slots_[task.index()] != kNone;
}

TaskCost Meter::cost_of_running(const Running& running, const PoolMarks& marks, Time at) const {
  const std::int64_t whole = pool_parts(books_.rate(running.node));
  return {running.node,
          running.project,
          running.start,
          at,
          nanos_of(running.parts.accelerator, marks[0] - running.marks[0], whole),
          nanos_of(running.parts.cpu, marks[1] - running.marks[1], whole)};
}

TaskCost Meter::stop(TaskId task, Time at) {
  CHECK(running(task), "only what runs can stop");
  const std::uint32_t slot = slots_[task.index()];
  Running& was = running_[slot];
  CHECK(at >= books_.last_event(was.node), "a node's events come in order");
  books_.advance(was.node, at, kept_lines());
  const TaskCost cost = cost_of_running(was, books_.marks(was.node), at);
  books_.change(was.node, was.project, -1, -was.claim.accelerator_thousandths,
                {-was.parts.accelerator, -was.parts.cpu});
  was = {};
  free_slots_.push_back(slot);
  slots_[task.index()] = kNone;
  return cost;
}

TaskCost Meter::cost_until(TaskId task, Time at) const {
  CHECK(running(task), "only what runs has a cost so far");
  const Running& now = running_[slots_[task.index()]];
  CHECK(at >= books_.last_event(now.node), "a node's events come in order");
  return cost_of_running(now, books_.marks_at(now.node, at), at);
}

MeterTotals Meter::totals_at(Time at, std::vector<LedgerLine>* lines) const {
  if (lines != nullptr) lines->insert(lines->end(), lines_.begin(), lines_.end());
  HourBooks books = books_;
  books.settle(at, lines);
  MeterTotals totals{currency_, books.projects(), books.nodes()};
  for (const ProjectCost& project : totals.projects) totals.workload_nanos += project.nanos();
  for (const NodeCost& node : totals.nodes) {
    totals.billed_nanos += node.billed_nanos;
    totals.idle_nanos += node.idle_nanos();
  }
  return totals;
}

void Meter::close_hours(Time at) {
  books_.close_hours(at, kept_lines());
}

std::vector<LedgerLine> Meter::take_lines() {
  return std::exchange(lines_, {});
}

}  // namespace sillar
