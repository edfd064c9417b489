#include "ledger/meter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"

namespace sillar {
namespace {

constexpr std::int64_t kUsd = Money::kUnit;
constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr NodeId kNode{0};
constexpr ProjectId kRed{0};
constexpr ProjectId kBlue{1};
const Time kNoon = parse_time("2026-03-01T12:00:00Z").value();

Time minutes(std::int64_t m) {
  return kNoon + Duration::minutes(m);
}

// 8 devices, 96 cores, 768 GiB for 10 USD an hour, of which CPU and memory carry 2.
NodeRate gpu_node() {
  return {.per_hour = {10 * kUsd, {}},
          .cpu_nanos = 2 * kUsd,
          .accelerators = 8,
          .cpu = 96'000,
          .memory_bytes = 768 * kGiB};
}

Meter metered(const NodeRate& rate, bool keep_lines = false) {
  Meter meter(1, 2, Currency{}, keep_lines);
  EXPECT_TRUE(meter.set_rate(kNode, rate, kNoon));
  return meter;
}

std::string usd(Int128 nanos) {
  return format_nanos(nanos);
}

TEST(Meter, AnIdleNodeBillsItsPriceAsIdle) {
  const Meter meter = metered(gpu_node());
  const MeterTotals totals = meter.totals_at(minutes(60));
  EXPECT_EQ(usd(totals.billed_nanos), "10.00");
  EXPECT_EQ(usd(totals.workload_nanos), "0.00");
  EXPECT_EQ(usd(totals.nodes[0].idle_accelerator_nanos), "8.00");
  EXPECT_EQ(usd(totals.nodes[0].idle_cpu_nanos), "2.00");
}

// By hand: 2 of 8 devices are 2.00 of 8; 24 of 96 cores are a quarter of 2, memory is a smaller
// share: 0.50 an hour.
TEST(Meter, ATaskPaysItsSharesAndIdleIsTheRest) {
  Meter meter = metered(gpu_node(), true);
  meter.start(TaskId(0), kNode, kRed, {2000, 24'000, 96 * kGiB}, minutes(0));
  // CPU only: 384 of 768 GiB is half of 2 USD; cores less. It pays nothing for accelerators.
  meter.start(TaskId(1), kNode, kBlue, {0, 12'000, 384 * kGiB}, minutes(30));
  const TaskCost red = meter.stop(TaskId(0), minutes(90));
  const TaskCost blue = meter.stop(TaskId(1), minutes(90));
  EXPECT_EQ(usd(red.accelerator_nanos), "3.00");
  EXPECT_EQ(usd(red.cpu_nanos), "0.75");
  EXPECT_EQ(usd(blue.accelerator_nanos), "0.00");
  EXPECT_EQ(usd(blue.cpu_nanos), "1.00");

  std::vector<LedgerLine> lines;
  const MeterTotals totals = meter.totals_at(minutes(90), &lines);
  EXPECT_EQ(usd(totals.projects[0].nanos()), "3.75");
  EXPECT_EQ(usd(totals.projects[1].nanos()), "1.00");
  EXPECT_EQ(usd(totals.billed_nanos), "15.00");
  EXPECT_EQ(usd(totals.idle_nanos), "10.25");
  EXPECT_EQ(totals.projects[0].device_ns, Int128{2000} * Duration::minutes(90).ns);

  std::vector<std::string> told;
  for (const LedgerLine& line : lines)
    told.push_back(format_time(line.start).substr(11, 5) + "-" +
                   format_time(line.end).substr(11, 5) + " " +
                   (line.project.valid() ? std::to_string(line.project.value) : "idle") + " " +
                   std::string(cost_kind_name(line.kind)) + " " + usd(line.nanos));
  EXPECT_EQ(told, (std::vector<std::string>{
                      "12:00-13:00 0 accelerator 2.00", "12:00-13:00 0 cpu 0.50",
                      "12:00-13:00 1 cpu 0.50", "12:00-13:00 idle accelerator 6.00",
                      "12:00-13:00 idle cpu 1.00", "13:00-13:30 0 accelerator 1.00",
                      "13:00-13:30 0 cpu 0.25", "13:00-13:30 1 cpu 0.50",
                      "13:00-13:30 idle accelerator 3.00", "13:00-13:30 idle cpu 0.25"}));
}

TEST(Meter, ACpuNodeCarriesAllOnItsCpu) {
  const NodeRate rate{.per_hour = {4 * kUsd, {}},
                      .cpu_nanos = 4 * kUsd,
                      .accelerators = 0,
                      .cpu = 64'000,
                      .memory_bytes = 256 * kGiB};
  Meter meter = metered(rate);
  meter.start(TaskId(7), kNode, kRed, {0, 16'000, 64 * kGiB}, minutes(0));
  EXPECT_EQ(usd(meter.cost_until(TaskId(7), minutes(120)).nanos()), "2.00");
  const MeterTotals totals = meter.totals_at(minutes(120));
  EXPECT_EQ(usd(totals.projects[0].cpu_nanos), "2.00");
  EXPECT_EQ(usd(totals.idle_nanos), "6.00");
  EXPECT_TRUE(meter.running(TaskId(7)));
}

// Two fractions of one device, 700 and 300 thousandths, fill it; host unknown.
TEST(Meter, FractionsFillADevice) {
  const NodeRate rate{.per_hour = {kUsd, {}}, .cpu_nanos = 0, .accelerators = 1};
  Meter meter = metered(rate);
  meter.start(TaskId(0), kNode, kRed, {700, 4000, kGiB}, minutes(0));
  meter.start(TaskId(1), kNode, kBlue, {300, 4000, kGiB}, minutes(0));
  const MeterTotals totals = meter.totals_at(minutes(60));
  EXPECT_EQ(usd(totals.projects[0].nanos()), "0.70");
  EXPECT_EQ(usd(totals.projects[1].nanos()), "0.30");
  EXPECT_EQ(totals.idle_nanos, 0);
}

// One takes all cores, the other all memory: the claims are 2 pools, each pays half of one.
TEST(Meter, ClaimsBeyondThePoolAreScaledWhileTheyAre) {
  Meter meter = metered(gpu_node());
  meter.start(TaskId(0), kNode, kRed, {0, 96'000, 0}, minutes(0));
  meter.start(TaskId(1), kNode, kBlue, {0, 0, 768 * kGiB}, minutes(30));
  const MeterTotals totals = meter.totals_at(minutes(60));
  EXPECT_EQ(usd(totals.projects[0].cpu_nanos), "1.50");
  EXPECT_EQ(usd(totals.projects[1].cpu_nanos), "0.50");
  EXPECT_EQ(totals.nodes[0].idle_cpu_nanos, 0);
}

// 10 nanos among three equal thirds: 4, 3, 3.
TEST(Meter, TheLastNanosGoToTheLargestRemainders) {
  const NodeRate rate{.per_hour = {10, {}}, .cpu_nanos = 0, .accelerators = 3};
  Meter meter(1, 3);
  ASSERT_TRUE(meter.set_rate(kNode, rate, kNoon));
  for (std::uint32_t i = 0; i < 3; ++i)
    meter.start(TaskId(i), kNode, ProjectId(i), {1000, 0, 0}, kNoon);
  const MeterTotals totals = meter.totals_at(minutes(600));
  EXPECT_EQ(totals.projects[0].nanos(), 40);
  EXPECT_EQ(totals.projects[1].nanos(), 30);
  EXPECT_EQ(totals.projects[2].nanos(), 30);
  EXPECT_EQ(totals.idle_nanos, 0);
}

TEST(Meter, APriceChangesFromItsMomentOn) {
  Meter meter = metered(gpu_node());
  meter.start(TaskId(0), kNode, kRed, {8000, 0, 0}, minutes(0));
  ASSERT_TRUE(meter.set_rate(kNode, at_price(gpu_node(), {5 * kUsd, {}}), minutes(30)));
  const MeterTotals totals = meter.totals_at(minutes(60));
  EXPECT_EQ(usd(totals.billed_nanos), "7.50");
  EXPECT_EQ(usd(totals.projects[0].accelerator_nanos), "6.00");
  EXPECT_EQ(usd(totals.nodes[0].idle_cpu_nanos), "1.50");
}

TEST(Meter, AnAbsentNodeCostsNothing) {
  Meter meter = metered(gpu_node());
  meter.start(TaskId(0), kNode, kRed, {8000, 0, 0}, minutes(0));
  meter.remove_rate(kNode, minutes(15));
  const TaskCost cost = meter.stop(TaskId(0), minutes(20));
  EXPECT_EQ(usd(cost.nanos()), "2.00");
  ASSERT_TRUE(meter.set_rate(kNode, gpu_node(), minutes(60 * 24)));
  const MeterTotals totals = meter.totals_at(minutes(60 * 24 + 30));
  EXPECT_EQ(usd(totals.billed_nanos), "7.50");
  EXPECT_EQ(totals.projects[0].device_ns, Int128{8000} * Duration::minutes(20).ns);
}

// One nano an hour for half an hour at a time: 0.5 rounds up once, not each time.
TEST(Meter, TheBillIsRoundedOnceOverTheNodesLife) {
  const NodeRate rate{.per_hour = {1, {}}, .cpu_nanos = 0, .accelerators = 1};
  Meter meter = metered(rate);
  Int128 expected = 0;
  for (std::int64_t half = 1; half <= 9; ++half) {
    if (half % 2 == 1) ++expected;
    EXPECT_EQ(meter.totals_at(minutes(30 * half)).billed_nanos, expected);
  }
}

TEST(Meter, TimeBeforeTheEpochHasHoursToo) {
  const Time start = Time{0} - Duration::minutes(90);
  Meter meter(1, 1);
  ASSERT_TRUE(meter.set_rate(kNode, gpu_node(), start));
  std::vector<LedgerLine> lines;
  const MeterTotals totals = meter.totals_at(parse_time("1970-01-01T00:15:00Z").value(), &lines);
  EXPECT_EQ(usd(totals.billed_nanos), "17.50");
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(format_time(lines[0].end), "1969-12-31T23:00:00Z");
  EXPECT_EQ(format_time(lines[4].start), "1970-01-01T00:00:00Z");
}

TEST(Meter, RatesThatCannotBeCountedAreRefused) {
  Meter meter(1, 1);
  const auto message = [&](const NodeRate& rate) {
    const Status status = meter.set_rate(kNode, rate, kNoon);
    return status ? std::string("accepted") : status.error().message;
  };
  NodeRate rate = gpu_node();
  rate.per_hour.currency = parse_currency("EUR").value();
  EXPECT_EQ(message(rate), "a node is priced in EUR, the meter counts USD");
  rate = gpu_node();
  rate.cpu_nanos = 11 * kUsd;
  EXPECT_EQ(message(rate), "a node's price of 10.00 per hour has a negative part");
  rate = gpu_node();
  rate.per_hour.nanos = 5'000'001 * kUsd;
  EXPECT_EQ(message(rate), "a node's price per hour times its devices exceeds 40000000.00 USD");
  rate.per_hour.nanos = 5'000'000 * kUsd;
  EXPECT_EQ(message(rate), "accepted");
  const Meter dear = meter;
  EXPECT_EQ(usd(dear.totals_at(kNoon + Duration::hours(24 * 365 * 100)).billed_nanos),
            "4380000000000.00");
}

TEST(Meter, LinesAreHandedOutOnce) {
  Meter meter = metered(gpu_node(), true);
  meter.start(TaskId(0), kNode, kRed, {8000, 96'000, 0}, minutes(0));
  meter.close_hours(minutes(150));
  EXPECT_EQ(meter.take_lines().size(), 4U);
  EXPECT_TRUE(meter.take_lines().empty());
  std::vector<LedgerLine> rest;
  (void)meter.totals_at(minutes(150), &rest);
  EXPECT_EQ(rest.size(), 2U);
}

TEST(Meter, ParentsCarryTheirChildren) {
  std::vector<Project> projects(4);
  projects[0].parent = ProjectId(2);
  projects[1].parent = ProjectId(2);
  projects[2].parent = ProjectId(3);
  const std::vector<ProjectCost> own = {{1, 10, 100}, {2, 20, 200}, {}, {4, 0, 0}};
  const std::vector<ProjectCost> all = with_children(own, projects);
  EXPECT_EQ(all[0], own[0]);
  EXPECT_EQ(all[2], (ProjectCost{3, 30, 300}));
  EXPECT_EQ(all[3], (ProjectCost{7, 30, 300}));
}

// --- Against a slow meter that keeps exact fractions, on random histories. ---

struct Event {
  enum class Kind { kStart, kStop, kRate, kRemove } kind = Kind::kStart;
  Time at;
  NodeId node;
  TaskId task;
  ProjectId project;
  Claim claim;
  NodeRate rate;
};

struct History {
  std::size_t nodes = 4;
  std::size_t projects = 5;
  std::vector<Event> events;
  Time end;
};

NodeRate random_rate(Random& random, std::uint64_t node) {
  NodeRate rate{.per_hour = {static_cast<std::int64_t>(random.below(60'000'000'000)), {}},
                .cpu_nanos = 0,
                .accelerators = static_cast<std::int32_t>(node % 4 == 3 ? 0 : 1 + 2 * node),
                .cpu = 1000 * (7 + static_cast<std::int64_t>(node)),
                .memory_bytes = (11 + static_cast<std::int64_t>(node)) * kGiB};
  rate.cpu_nanos = rate.accelerators == 0
                       ? rate.per_hour.nanos
                       : static_cast<std::int64_t>(
                             random.below(static_cast<std::uint64_t>(rate.per_hour.nanos) + 1));
  return rate;
}

Event random_start(Random& random, NodeId node, TaskId task, std::size_t projects, Time at) {
  return {
      Event::Kind::kStart,
      at,
      node,
      task,
      ProjectId(random.below(projects)),
      {static_cast<std::int64_t>(random.below(3000)), static_cast<std::int64_t>(random.below(6000)),
       static_cast<std::int64_t>(random.below(5)) * kGiB},
      {}};
}

History random_history(std::uint64_t seed) {
  Random random(seed);
  History history;
  Time at = kNoon;
  std::vector<std::pair<TaskId, NodeId>> running;
  std::uint32_t next_task = 0;
  for (std::size_t n = 0; n < history.nodes; ++n)
    history.events.push_back(
        {Event::Kind::kRate, at, NodeId(n), {}, {}, {}, random_rate(random, n)});
  for (int i = 0; i < 120; ++i) {
    // Often the same instant, sometimes a day and more.
    if (random.below(3) != 0)
      at = at + Duration{static_cast<std::int64_t>(
                    random.below(random.below(12) == 0 ? 200'000'000'000'000 : 3'000'000'000'000))};
    const NodeId node(random.below(history.nodes));
    switch (random.below(8)) {
      case 0:
        history.events.push_back(
            {Event::Kind::kRate, at, node, {}, {}, {}, random_rate(random, node.value)});
        break;
      case 1:
        if (random.below(3) == 0)
          history.events.push_back({Event::Kind::kRemove, at, node, {}, {}, {}, {}});
        break;
      case 2:
      case 3:
      case 4:
        if (running.empty()) break;
        std::swap(running[random.below(running.size())], running.back());
        history.events.push_back(
            {Event::Kind::kStop, at, running.back().second, running.back().first, {}, {}, {}});
        running.pop_back();
        break;
      default:
        history.events.push_back(
            random_start(random, node, TaskId(next_task), history.projects, at));
        running.emplace_back(TaskId(next_task++), node);
    }
  }
  history.end = at + Duration{static_cast<std::int64_t>(random.below(9'000'000'000'000))};
  return history;
}

void play(Meter& meter, const Event& event, std::vector<TaskCost>* stopped = nullptr) {
  switch (event.kind) {
    case Event::Kind::kStart:
      meter.start(event.task, event.node, event.project, event.claim, event.at);
      break;
    case Event::Kind::kStop: {
      const TaskCost cost = meter.stop(event.task, event.at);
      if (stopped != nullptr) stopped->push_back(cost);
      break;
    }
    case Event::Kind::kRate:
      EXPECT_TRUE(meter.set_rate(event.node, event.rate, event.at));
      break;
    case Event::Kind::kRemove:
      meter.remove_rate(event.node, event.at);
      break;
  }
}

Meter replay(const History& history, bool keep_lines = false,
             std::vector<TaskCost>* stopped = nullptr) {
  Meter meter(history.nodes, history.projects, Currency{}, keep_lines);
  for (const Event& event : history.events) play(meter, event, stopped);
  return meter;
}

// The integral of each node's price, in nanos x hour, and each project's exact cost as a long
// double good to a nano: independent arithmetic, so that both must be right to agree.
struct Reference {
  std::vector<Int128> billed;
  std::vector<long double> projects;
  long double hour_ends = 0;  // Roundings that a project may have met.
};

Reference slow(const History& history) {
  constexpr long double kHour = 3.6e12L;
  Reference reference{std::vector<Int128>(history.nodes),
                      std::vector<long double>(history.projects), 0};
  for (std::size_t n = 0; n < history.nodes; ++n) {
    NodeRate rate;
    NodeRate shape;
    std::map<TaskId, std::pair<ProjectId, ClaimParts>> held;
    Time now = kNoon;
    const auto pass = [&](Time until) {
      const std::int64_t ns = (until - now).ns;
      now = until;
      reference.billed[n] += static_cast<Int128>(rate.per_hour.nanos) * ns;
      long double claimed[2] = {0, 0};
      for (const auto& [task, held_by] : held) {
        claimed[0] += static_cast<long double>(held_by.second.accelerator);
        claimed[1] += static_cast<long double>(held_by.second.cpu);
      }
      const auto whole = static_cast<long double>(pool_parts(shape));
      for (const auto& [task, held_by] : held) {
        long double& cost = reference.projects[held_by.first.index()];
        cost += static_cast<long double>(held_by.second.accelerator) / std::max(whole, claimed[0]) *
                static_cast<long double>(rate.accelerator_nanos()) * static_cast<long double>(ns) /
                kHour;
        cost += static_cast<long double>(held_by.second.cpu) / std::max(whole, claimed[1]) *
                static_cast<long double>(rate.cpu_nanos) * static_cast<long double>(ns) / kHour;
      }
    };
    for (const Event& event : history.events) {
      if (event.node != NodeId(n)) continue;
      pass(event.at);
      if (event.kind == Event::Kind::kRate) rate = shape = event.rate;
      if (event.kind == Event::Kind::kRemove) rate = {};
      if (event.kind == Event::Kind::kStart)
        held[event.task] = {event.project, parts_of(shape, event.claim)};
      if (event.kind == Event::Kind::kStop) held.erase(event.task);
    }
    pass(history.end);
  }
  reference.hour_ends = static_cast<long double>((history.end - kNoon).ns) / kHour + 2;
  return reference;
}

TEST(MeterProperties, WorkloadsAndIdleAreThePriceToTheNano) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    const History history = random_history(seed);
    const MeterTotals totals = replay(history).totals_at(history.end);
    const Reference reference = slow(history);
    constexpr Int128 kHour = Duration::hours(1).ns;
    Int128 expected = 0;
    for (std::size_t n = 0; n < history.nodes; ++n) {
      const Int128 bill = (reference.billed[n] + kHour / 2) / kHour;
      EXPECT_EQ(usd(totals.nodes[n].billed_nanos), usd(bill));
      EXPECT_GE(totals.nodes[n].idle_accelerator_nanos, 0);
      EXPECT_GE(totals.nodes[n].idle_cpu_nanos, 0);
      expected += bill;
    }
    EXPECT_EQ(totals.workload_nanos + totals.idle_nanos, expected);
    EXPECT_EQ(totals.billed_nanos, expected);
    for (std::size_t p = 0; p < history.projects; ++p) {
      // Each hour on each node may round each kind by less than a nano.
      const long double slack = 2 * static_cast<long double>(history.nodes) * reference.hour_ends;
      EXPECT_NEAR(static_cast<double>(static_cast<long double>(totals.projects[p].nanos()) -
                                      reference.projects[p]),
                  0, static_cast<double>(slack));
    }
  }
}

TEST(MeterProperties, EveryHourOfEveryNodeCloses) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    const History history = random_history(seed);
    std::vector<LedgerLine> lines;
    const MeterTotals with = replay(history, true).totals_at(history.end, &lines);
    const MeterTotals without = replay(history).totals_at(history.end);
    EXPECT_EQ(with.projects, without.projects);  // Keeping lines changes no figure.
    EXPECT_EQ(with.nodes, without.nodes);
    std::vector<ProjectCost> projects(history.projects);
    std::vector<Int128> nodes(history.nodes);
    for (const LedgerLine& line : lines) {
      EXPECT_GT(line.nanos, 0);
      EXPECT_LE((line.end - line.start).ns, Duration::hours(1).ns);
      nodes[line.node.index()] += line.nanos;
      if (!line.project.valid()) continue;
      ProjectCost& project = projects[line.project.index()];
      (line.kind == CostKind::kAccelerator ? project.accelerator_nanos : project.cpu_nanos) +=
          line.nanos;
    }
    for (std::size_t p = 0; p < history.projects; ++p) {
      projects[p].device_ns = with.projects[p].device_ns;
      EXPECT_EQ(projects[p], with.projects[p]);
    }
    for (std::size_t n = 0; n < history.nodes; ++n) EXPECT_EQ(nodes[n], with.nodes[n].billed_nanos);
  }
}

TEST(MeterProperties, OrderWithinAnInstantDoesNotMatter) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    History history = random_history(seed);
    std::string before;
    replay(history).append_state(before);
    // Events of one instant change places unless they are of one node and not both starts.
    for (int round = 0; round < 3; ++round) {
      for (std::size_t i = 1; i < history.events.size(); ++i) {
        Event& a = history.events[i - 1];
        Event& b = history.events[i];
        const bool starts = a.kind == Event::Kind::kStart && b.kind == Event::Kind::kStart;
        if (a.at == b.at && (a.node != b.node || starts)) std::swap(a, b);
      }
    }
    std::string after;
    replay(history).append_state(after);
    EXPECT_EQ(before, after);
  }
}

TEST(MeterProperties, LookingDoesNotTouch) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const History history = random_history(seed);
    const Meter meter = replay(history);
    std::string before;
    meter.append_state(before);
    (void)meter.totals_at(history.end);
    for (const Event& event : history.events)
      if (event.kind == Event::Kind::kStart && meter.running(event.task))
        (void)meter.cost_until(event.task, history.end);
    std::string after;
    meter.append_state(after);
    EXPECT_EQ(before, after);
    Meter closing = meter;
    closing.close_hours(history.end);
    EXPECT_EQ(closing.totals_at(history.end).projects, meter.totals_at(history.end).projects);
    EXPECT_EQ(closing.totals_at(history.end).nodes, meter.totals_at(history.end).nodes);
  }
}

TEST(MeterProperties, TasksAddUpToTheirProjects) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    const History history = random_history(seed);
    std::vector<TaskCost> costs;
    Meter meter = replay(history, false, &costs);
    const MeterTotals totals = meter.totals_at(history.end);
    for (const Event& event : history.events) {
      if (event.kind != Event::Kind::kStart || !meter.running(event.task)) continue;
      const TaskCost told = meter.cost_until(event.task, history.end);
      costs.push_back(meter.stop(event.task, history.end));
      EXPECT_EQ(told.nanos(), costs.back().nanos());
    }
    std::vector<Int128> sums(history.projects);
    for (const TaskCost& cost : costs) sums[cost.project.index()] += cost.nanos();
    const auto slack = static_cast<Int128>(slow(history).hour_ends) * 8 + 200;
    for (std::size_t p = 0; p < history.projects; ++p) {
      const Int128 apart = sums[p] - totals.projects[p].nanos();
      EXPECT_TRUE(apart < slack && apart > -slack) << usd(apart);
    }
  }
}

// Projects that share no node do not notice each other.
TEST(MeterProperties, OtherProjectsElsewhereChangeNothing) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const History history = random_history(seed);
    History alone = history;
    std::erase_if(alone.events, [](const Event& event) { return event.node != NodeId(1); });
    const MeterTotals all = replay(history).totals_at(history.end);
    const MeterTotals one = replay(alone).totals_at(history.end);
    EXPECT_EQ(all.nodes[1], one.nodes[1]);
  }
}

TEST(MeterState, ReadBackItGoesOnAsIfNothingHadBeen) {
  constexpr std::size_t kTasks = 100'000;
  const auto state_of = [](const Meter& meter) {
    std::string text;
    meter.append_state(text);
    return text;
  };
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    const History history = random_history(seed);
    Meter meter(history.nodes, history.projects);
    const std::size_t cut = history.events.size() * (seed % 10) / 10;
    for (std::size_t i = 0; i < cut; ++i) play(meter, history.events[i]);
    const std::string text = state_of(meter);
    Meter again(history.nodes, history.projects);
    ByteReader in(text);
    const Status read = again.read_state(in, kTasks, history.end);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(in.left(), 0U);
    EXPECT_EQ(state_of(again), text);
    for (std::size_t i = cut; i < history.events.size(); ++i) {
      play(meter, history.events[i]);
      play(again, history.events[i]);
    }
    EXPECT_EQ(state_of(again), state_of(meter));
    EXPECT_EQ(again.totals_at(history.end).projects, meter.totals_at(history.end).projects);

    Meter priced(history.nodes, history.projects);
    ASSERT_TRUE(priced.set_rate(NodeId(0), {Money{5, {}}, 0, 13, 1, 1}, kNoon));
    ByteReader other(text);
    EXPECT_FALSE(priced.read_state(other, kTasks, history.end)) << "a node of another shape";
  }
}

// And what reads back can be billed.
TEST(MeterState, EveryOtherTextIsRefusedOrReadsBack) {
  const History history = random_history(3);
  std::string text;
  replay(history).append_state(text);
  const auto read = [&](std::string_view bytes) -> std::optional<std::string> {
    Meter meter(history.nodes, history.projects);
    ByteReader in(bytes);
    if (!meter.read_state(in, 100'000, history.end)) return std::nullopt;
    std::string out;
    meter.append_state(out);
    const MeterTotals totals = meter.totals_at(kTimeMax);
    EXPECT_TRUE(totals.billed_nanos >= 0 && totals.idle_nanos >= 0 && totals.workload_nanos >= 0);
    for (const Event& event : history.events) {
      if (event.kind == Event::Kind::kStart && meter.running(event.task))
        EXPECT_GE(meter.stop(event.task, kTimeMax).nanos(), 0);
    }
    return out + std::string(in.rest());
  };
  ASSERT_EQ(read(text), text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(read(std::string_view(text).substr(0, i))) << "cut at " << i;
    for (const int flip : {1, 4, 0x40, 0x80}) {
      std::string other = text;
      other[i] = static_cast<char>(other[i] ^ flip);
      if (const auto again = read(other)) {
        ASSERT_EQ(*again, other) << "byte " << i;
      }
    }
  }
}

}  // namespace
}  // namespace sillar
