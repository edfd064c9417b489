#include "simulate/simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "schedule/policy.h"

namespace sillar {
namespace {

// Evictions that free devices at once let promises be kept at once; more turns than this in one
// instant wait for the next one.
constexpr int kTurnsMax = 16;
// Full cycles that find nothing to do come further and further apart, up to 2^6 paces.
constexpr int kQuietDoublingsMax = 6;
// A cluster where nothing has happened to any job for so long, and no work advances, stays so.
constexpr Duration kPatience = Duration::hours(24 * 30);

// Half as many buckets as there may be up to the last arrival: the queue is worked off in the rest.
Duration first_width(const std::vector<TraceJob>& jobs, std::size_t points_max) {
  if (jobs.empty()) return Duration::minutes(1);
  const Duration span = jobs.back().workload.submitted - jobs.front().workload.submitted;
  const auto half = static_cast<std::int64_t>(std::max<std::size_t>(1, points_max / 2));
  return Duration::minutes(span.whole_seconds() / 60 / half + 1);
}

}  // namespace

Simulator::Simulator(const SimulationSpec& spec, const SimulationHooks& hooks)
    : spec_(spec), hooks_(hooks), jobs_(spec.trace->jobs), cluster_(spec.cluster, events_) {}

Result<SimulationReport> Simulator::run() {
  const Duration started = hooks_.clock ? hooks_.clock() : Duration{0};
  SILLAR_TRY_STATUS(configure());
  SILLAR_TRY_STATUS(loop());
  if (hooks_.on_end) hooks_.on_end(state_);
  SimulationReport out = report();
  if (hooks_.clock) {
    out.effort.elapsed = hooks_.clock() - started;
    const std::int64_t ms = std::max<std::int64_t>(1, out.effort.elapsed.ns / 1'000'000);
    out.effort.decisions_per_second = out.cycles * 1000 / ms;
  }
  if (hooks_.peak_memory_bytes) out.effort.peak_memory_bytes = hooks_.peak_memory_bytes();
  return out;
}

Status Simulator::configure() {
  now_ = jobs_.empty() ? Time{0} : jobs_.front().workload.submitted;
  last_full_ = now_ - spec_.full_pace;
  last_event_ = now_;
  report_.begin = now_;
  auto world = std::make_shared<World>();
  world->options = spec_.options;
  world->options.policy = spec_.policy;
  world->options.rules = schedule::find_policy(spec_.policy)->rules;
  world->fleet = spec_.fleet;
  world->projects = spec_.projects;
  world->prices = spec_.prices;
  SILLAR_TRY_STATUS(feed(Configure{std::move(world)}));
  faults_.emplace(spec_.fleet, spec_.cluster.faults, now_, events_);
  series_.emplace(now_, first_width(jobs_, spec_.series_points), spec_.series_points,
                  spec_.projects.size(), [this](Time at) {
                    SeriesBuilder::Costs costs;
                    if (!state_.meter) return costs;
                    const MeterTotals totals = state_.meter->totals_at(at);
                    for (const ProjectCost& cost : totals.projects)
                      costs.projects.push_back(cost.nanos());
                    costs.billed = totals.billed_nanos;
                    return costs;
                  });
  return {};
}

Status Simulator::loop() {
  while (tell_progress()) {
    Time next = std::min(events_.next(), next_full_cycle());
    if (next_job_ < jobs_.size()) next = std::min(next, jobs_[next_job_].workload.submitted);
    if (next == Time::never() || hopeless(next)) return {};
    const Time until = std::min(spec_.until, kSimulatedEnd);
    if (next > until) {
      now_ = std::max(now_, until);
      return {};
    }
    if (faults_->drawn() > spec_.faults_max)
      return fail(
          ErrorCode::kLimit,
          fmt::format("there were {} faults by {}, and no more are simulated; {} of {} "
                      "jobs had ended, and work that begins again at every fault may "
                      "never end: make faults rarer, checkpoints denser or jobs shorter",
                      faults_->drawn(), format_time(now_), tally_.ended_jobs(), jobs_.size()));
    now_ = std::max(now_, next);
    series_->advance(now_);
    SILLAR_TRY_STATUS(instant());
  }
  return {};
}

bool Simulator::hopeless(Time next) const {
  if (next_job_ < jobs_.size()) return false;
  if (tally_.ended_jobs() == static_cast<std::int64_t>(tally_.jobs())) return true;
  if (cluster_.advancing() > 0) return false;
  // An empty cluster in good health that starts nothing will not start anything later. Rotation
  // takes two cycles, one to be planned and one to happen.
  if (cluster_.empty() && faults_->down() == 0 && !changed_since_full_ && quiet_full_cycles_ > 1 &&
      state_.memory.rotation.due == Time::never())
    return true;
  return next - last_event_ > kPatience;
}

Status Simulator::instant() {
  for (int turn = 0; turn < kTurnsMax; ++turn) {
    while (events_.next() <= now_) SILLAR_TRY_STATUS(happen(events_.pop()));
    while (next_job_ < jobs_.size() && jobs_[next_job_].workload.submitted <= now_)
      SILLAR_TRY_STATUS(arrive());
    SILLAR_TRY_STATUS(decide());
    if (events_.next() > now_) break;
  }
  return {};
}

Time Simulator::next_full_cycle() const {
  if (waiting_tasks_ == 0) return Time::never();
  const int doublings = changed_since_full_ ? 0 : std::min(quiet_full_cycles_, kQuietDoublingsMax);
  const Time paced = last_full_ + spec_.full_pace * (std::int64_t{1} << doublings);
  const Time due = state_.memory.rotation.due;
  return std::max(now_, std::min(paced, due));
}

Status Simulator::decide() {
  const bool full = next_full_cycle() <= now_;
  if (!full && (!changed_ || waiting_tasks_ == 0)) return {};
  changed_ = false;
  if (full) {
    last_full_ = now_;
    changed_since_full_ = false;
    ++report_.full_cycles;
  }
  ++report_.cycles;
  SILLAR_TRY_STATUS(feed(Decide{full}));
  if (full) quiet_full_cycles_ = changed_since_full_ ? 0 : quiet_full_cycles_ + 1;
  return {};
}

bool Simulator::tell_progress() {
  if (!hooks_.on_progress) return true;
  SimulationProgress progress{now_, tally_.ended_jobs(), std::ssize(jobs_), 1000};
  if (!jobs_.empty()) {
    const auto seen = static_cast<std::int64_t>(next_job_) + progress.ended;
    progress.thousandths = seen * 1000 / (2 * progress.jobs);
  }
  if (progress.thousandths == thousandths_told_) return true;
  thousandths_told_ = progress.thousandths;
  return hooks_.on_progress(progress);
}

// ---- What the engine is fed.

Status Simulator::feed(decltype(Input::body) body) {
  const Input input{now_, std::move(body)};
  auto facts = step(state_, scratch_, input);
  if (!facts) return tl::unexpected(facts.error().within(format_time(now_)));
  ++report_.inputs;
  report_.facts += std::ssize(*facts);
  if (hooks_.on_input) hooks_.on_input(state_, input, *facts);
  for (const Fact& fact : *facts)
    std::visit([this](const auto& body_of) { note(body_of); }, fact.body);
  return {};
}

Status Simulator::arrive() {
  const TraceJob& job = jobs_[next_job_];
  auto workload = std::make_shared<Workload>(job.workload);
  const bool exact = spec_.estimates == Estimates::kExact ||
                     (spec_.estimates == Estimates::kByPolicy && spec_.policy == "sjf");
  if (exact) {
    // An estimate beyond the limit would be contradictory, and the run ends there in truth too.
    const Duration limit = workload->limit.ns > 0 ? workload->limit : Duration::max();
    workload->estimate = std::min(job.run_time, limit);
  }
  SILLAR_TRY_STATUS(feed(Submit{std::move(workload)}));
  ++next_job_;
  changed_ = changed_since_full_ = true;
  last_event_ = now_;
  return {};
}

Status Simulator::happen(const Event& event) {
  switch (event.kind) {
    case EventKind::kFinished:
    case EventKind::kFailed:
    case EventKind::kLimit: {
      const std::optional<JobEnd> how = cluster_.ends(event, now_);
      return how ? end_job(WorkloadId{event.subject}, *how) : Status{};
    }
    case EventKind::kStopped:
      if (cluster_.stops(event))
        return feed(TaskObserved{TaskId{event.subject}, TaskEvent::kStopped});
      return {};
    case EventKind::kWorks:
      (void)cluster_.works(event, now_);
      return {};
    case EventKind::kCheckpoint: {
      const WorkloadId job{event.subject};
      if (!cluster_.checkpoints(event, now_)) return {};
      const auto [begin, end] = cluster_.tasks_of(job);
      for (std::uint32_t t = begin; t < end; ++t) {
        if (cluster_.running(TaskId{t}))
          SILLAR_TRY_STATUS(feed(TaskObserved{TaskId{t}, TaskEvent::kCheckpointed}));
      }
      return {};
    }
    default:
      break;
  }
  fault_ = faults_->happen(event);
  if (!fault_) return {};
  changed_ = changed_since_full_ = true;
  const Status told = feed(HealthObserved{fault_->node, fault_->device, fault_->health});
  fault_.reset();
  return told;
}

Status Simulator::end_job(WorkloadId job, JobEnd how) {
  const TaskEvent event = how == JobEnd::kFinished ? TaskEvent::kSucceeded : TaskEvent::kFailed;
  const auto [begin, end] = cluster_.tasks_of(job);
  for (std::uint32_t t = begin; t < end; ++t) {
    if (cluster_.holds(TaskId{t})) SILLAR_TRY_STATUS(feed(TaskObserved{TaskId{t}, event}));
  }
  // Tasks of an elastic job that do not run are not needed any more.
  if (state_.board.job(job).pending + state_.board.job(job).reserved > 0)
    SILLAR_TRY_STATUS(feed(Cancel{state_.spec(job).name}));
  series_->add_queued(state_.board.job(job).project, -1, now_);
  tally_.ended(job, how, now_);
  return {};
}

// ---- What it answers.

void Simulator::note(const Submitted& fact) {
  const TraceJob& job = jobs_[next_job_];
  const WorkloadId id{tally_.jobs()};
  CHECK(state_.board.job(id).tasks == fact.workload->gang_max, "a workload has gang_max tasks");
  cluster_.add_job(job);
  const ProjectId project = state_.board.job(id).project;
  tally_.arrived(project, now_, job.run_time);
  waiting_tasks_ += fact.workload->gang_max;
  series_->add_queued(project, 1, now_);
}

void Simulator::note(const Refused&) {
  ++report_.refused;
}

void Simulator::started(TaskId id) {
  const schedule::Task& task = state_.board.task(id);
  const schedule::Job& job = state_.board.job(task.job);
  const ClassId c = state_.board.node(task.place.node).accelerator_class;
  const std::int64_t amount = state_.board.shape(task.shape).charged(c);
  cluster_.start(id, amount, now_);
  if (cluster_.holding(task.job) == 1) series_->add_queued(job.project, -1, now_);
  series_->add_devices(job.project, amount, now_);
  --waiting_tasks_;
  changed_since_full_ = true;
  last_event_ = now_;
}

void Simulator::note(const TaskEvicted& fact) {
  // Its job has ended: this very moment ends all its tasks.
  if (fact.reason.code == ReasonCode::kFailedTogether) return;
  const schedule::Task& task = state_.board.task(fact.task);
  auto cause = ModelledCluster::Cause::kOrder;
  if (fault_) {
    const bool under = task.place.node == fault_->node &&
                       (fault_->device < 0 || (task.place.device_mask >> fault_->device & 1) != 0);
    cause = under ? ModelledCluster::Cause::kFaultUnderIt : ModelledCluster::Cause::kFault;
  }
  cluster_.stop(fact.task, cause, now_);
  changed_since_full_ = true;
  tally_.evicted(task.job);
}

void Simulator::released(TaskId id) {
  const WorkloadId job = cluster_.job_of(id);
  const ProjectId project = state_.board.job(job).project;
  series_->add_devices(project, -cluster_.amount(id), now_);
  cluster_.release(id, now_);
  if (cluster_.holding(job) == 0) series_->add_queued(project, 1, now_);
  changed_ = changed_since_full_ = true;
  last_event_ = now_;
}

void Simulator::note(const TaskStopped& fact) {
  released(fact.task);
  ++waiting_tasks_;
}

void Simulator::note(const TaskFinished& fact) {
  if (cluster_.holds(fact.task))
    released(fact.task);
  else
    --waiting_tasks_;
}

SimulationReport Simulator::report() {
  SimulationReport out = std::move(report_);
  out.policy = spec_.policy;
  out.end = now_;
  out.jobs = std::ssize(jobs_);
  out.restarts = cluster_.restarts();
  out.faults = faults_->faults();
  out.failures = cluster_.failures();
  for (const Node& node : spec_.fleet.nodes)
    out.capacity_device_time += Int128{node.accelerators} * kDevice * (out.end - out.begin).ns;
  cluster_.close(now_);
  tally_.report(spec_.projects, cluster_, out);
  if (state_.meter) report_costs(state_.meter->totals_at(now_), spec_.projects, out);
  out.series = series_->finish(now_);
  tally_.report_queueing(out.series);
  return out;
}

}  // namespace sillar
