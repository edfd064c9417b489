#pragma once

// Why something was refused, waits, or was taken away: a stable code, parameters, and text in two
// languages.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sillar {

enum class Language : std::uint8_t { kEnglish, kSpanish };

// The catalogue in reason.cpp gives each code its name ("waits-for-victim"), texts and parameter
// names. Codes are stable: never renumbered, never reused.
enum class ReasonCode : std::uint8_t {
  kNone = 0,
  kWaitsForVictim,       // Room is promised; {victims} tasks are stopping first.
  kWaitsForReservation,  // Room is promised at {at}.
  kBehindReservation,    // Would delay {holder}, which has a reservation at {at}.
  kOverLimit,            // {project} limit {limit} {resource}, uses {used}, asks {asked}.
  kOverDeserved,         // Non-preemptible work must stay within deserved: {project} {deserved}
                         // {resource}.
  kNoRoom,               // Nothing fits now: needs {needed}, largest free {free}.
  kGangTooLarge,         // {fit} of {needed} tasks fit.
  kNeverFits,            // No node of the fleet could ever hold one task.
  kTopology,             // No {level} can hold {needed} tasks; the best holds {fit}.
  kResidency,  // {refused} nodes refused by residency, {unknown} of them because their country is
               // unknown.
  kNotReclaimable,  // "needs {needed}, reclaimable {reclaimable}: {project} is protected to
                    // {deserved} deserved".
  kOverFairShare,   // {project} is at its fair share {share} {resource}: it may not reclaim.
  kMinRuntime,      // Victims are protected by minimum run time until {until}.
  kFragmented,      // {free} devices are free but in pieces; consolidation found no plan.
  kQuarantined,     // {devices} devices that could serve are quarantined.
  kReclaimed,       // Evicted: room reclaimed by {project} for {workload}.
  kPreempted,       // Evicted: preempted by {workload} of higher priority.
  kMoved,           // Evicted to consolidate: moves to {node}.
  kRotated,         // Evicted: {workload} ranks higher by expected remaining work.
  kStaleGang,       // Evicted: fewer than {minimum} tasks ran for {seconds} s.
  kDeviceFault,     // Evicted: device {device} of {node} failed.
  kNodeFault,       // Evicted: {node} failed.
  kUnknownProject,  // {project} does not exist or has children.
  kDuplicate,       // A workload named {workload} exists.
  kBudgetStep,      // A named bound on search steps was reached: {bound}.
  kCancelled,       // Evicted: cancelled by its owner.
  kHoldDue,         // Evicted: it filled room that was reserved for {workload}.
  // How a workload lives.
  kHeldByOwner,         // Held until it is released.
  kWaitsForDependency,  // Waits for {workload} to be over.
  kDependencyFailed,    // Cancelled or refused: {workload} did not succeed.
  kDependencyUnknown,   // Refused: there is no {workload} to wait for.
  kBacksOff,            // Attempt {attempt} failed; the next is due at {until}.
  kTimeLimit,           // Evicted: it ran for its limit, {limit}.
  kIdle,                // Evicted: its devices were idle for {minutes} minutes.
  kTaskFailed,          // The task failed.
  kLaunchFailed,        // It could not be started: {message}.
  kTaskLost,            // Its driver does not know of it any more.
  kExitCode,            // It ended with the exit code {code}.
  kSignal,              // It was ended by the signal {signal}.
  kRetriesExhausted,    // Each of {attempts} attempts failed.
  kArrayLimit,          // {limit} of its tasks run, as many as may at a time.
  kFailedTogether,      // Evicted: {task} of its gang failed.
  kRetriedTogether,     // Evicted: {task} of its gang failed, and all are tried again.
  // Budgets.
  kOverBudget,         // {needs} to start, {left} left of {project}'s {budget} until {until}.
  kOverBudgetCheaper,  // The same, and {cheaper} on a {capacity} node of class {class}.
  kOverBudgetForGood,  // The same of a budget without periods.
  kBudgetExhausted,    // Evicted: {project}'s {budget} of {limit} has nothing left for it.
  kBudgetTooSmall,     // Refused: {needs} at least in one period, {project}'s {budget} is {limit}.
  // Why devices and nodes are out of use.
  kDrained,        // Evicted: {node} is drained.
  kFaultReported,  // Quarantined: its driver reported a fault.
  kFailuresHere,   // Quarantined: {failures} workloads failed there within {window}.
  kFailedOnTrial,  // Quarantined again: {task} failed there on probation.
  kPlaceRefused,   // Evicted: the rules on where it may run no longer permit {node}.
  kCount
};

struct Reason {
  ReasonCode code = ReasonCode::kNone;
  // In the order of the catalogue's placeholders; numbers stay numbers in JSON.
  std::vector<std::pair<std::string, std::variant<std::int64_t, std::string>>> parameters;

  friend bool operator==(const Reason&, const Reason&) = default;
};

[[nodiscard]] std::string_view reason_code_name(ReasonCode code);  // "waits-for-victim"
// The catalogue's sentence, its parameters as placeholders: "Room is promised at {at}."
[[nodiscard]] std::string_view reason_template(ReasonCode code, Language language);
// The catalogue's sentence with its placeholders filled; a parameter that is missing prints as "?".
[[nodiscard]] std::string reason_text(const Reason& reason, Language language);

}  // namespace sillar
