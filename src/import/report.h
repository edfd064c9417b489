#pragma once

// What became of a foreign form of work: workloads, and one note for every field that was stated.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/reason.h"
#include "model/workload.h"

namespace sillar {

// Where a form comes from.
enum class Source : std::uint8_t { kSbatch, kKubernetes, kSkypilot, kDstack };
inline constexpr std::size_t kSources = 4;

[[nodiscard]] std::string_view source_name(Source source);   // "sbatch"; stable.
[[nodiscard]] std::string_view source_title(Source source);  // "Slurm"; the tool's own name.

// Mapped: means the same here. Approximated: has an effect, another than there. Ignored: has none.
enum class Outcome : std::uint8_t { kMapped, kApproximated, kIgnored };
[[nodiscard]] std::string_view outcome_name(Outcome outcome);

// The catalogue in report.cpp gives each code its name ("becomes"), its outcome and its texts.
// Names are stable; parameters stand in the texts as {name}.
enum class NoteCode : std::uint8_t {
  // Mapped.
  kBecomes,      // {to} is the field of ours.
  kClass,        // {to} is the class.
  kYaml11,       // Becomes {to}; written {written}, {read} in YAML 1.1.
  kEmpty,        // States nothing.
  kDefault,      // Absent; the tool's own default, {value}, becomes {to}.
  kHeaderOnly,   // Names the form itself.
  kWaitsAnyway,  // Work waits for room in any case.
  // Approximated.
  kNameChanged,     // The name becomes {to}.
  kNamed,           // Absent; called {to}.
  kProject,         // Absent; belongs to project {to}.
  kAtLeast,         // Exactly {value} there, at least that here.
  kLeastOfRange,    // Of a range, {to} counts.
  kRoundedUp,       // To {to}.
  kSharesAdded,     // Shares of several containers are added up in {to}.
  kOneTask,         // All of a node's processes are one task.
  kScriptInEach,    // The script runs in each task.
  kElastic,         // Grows and shrinks between the two numbers.
  kTasksOf,         // {value} devices become tasks of {to}.
  kCopies,          // One workload for each index.
  kRunsAnew,        // The limit counts for each run.
  kSlice,           // One MIG slice for each task, of {value}.
  kFractionOf,      // {value} becomes {to} thousandths of a device.
  kAnyClass,        // No class: any device serves.
  kNeedsLabel,      // Nodes need the label {to}.
  kSignalAtStop,    // {to}: when told to stop, with so much time.
  kPattern,         // Pattern of a file name.
  kForeignJob,      // {value} is a job's number there.
  kPriority,        // A guess: priority {to}.
  kRetries,         // Retried {to} times.
  kNotPreempted,    // Not preempted; on-demand machines cannot be asked for.
  kPreempted,       // May be preempted.
  kVariable,        // Set to {to}.
  kDirectory,       // The directory of the machine that runs it.
  kFreshDirectory,  // Absent; a fresh directory.
  kOwnEnvironment,  // Absent; the submitter's environment is not carried.
  kShell,           // Runs as a shell script of these commands.
  kSetupEachStart,  // Runs at each start.
  kOneProvider,     // Region {to}, without the zone.
  kNotAText,        // {value} is no text there; taken as {to}.
  kGang,            // All {value} tasks together or none.
  kArrayOf,         // One task for each index.
  kAfterPrevious,   // Runs after {to}.
  kIdleStop,        // Becomes {to}.
  kFreedAtEnd,      // Devices are free as soon as it ends.
  kKeptWhole,       // {value} is taken as written.
  kHeldInstead,     // Held until released.
  // Ignored.
  kUnknown,  // No known field of {format}.
  kNoCounterpart,
  kAfterCommand,  // After the first command.
  kOverridden,    // Something later, or --project, decides: {by}.
  kImage,
  kStorage,
  kNetwork,
  kNotices,
  kMachines,
  kIdentity,
  kSecret,
  kSubmitter,
  kPlacement,
  kSharing,
  kTuning,
  kWhen,            // Start times.
  kUpkeep,          // The tool's own housekeeping.
  kCommandOfTool,   // {value} is a command of {format}.
  kVariableOfTool,  // {value} is not set here.
  kComponent,       // Heterogeneous jobs.
  kDependency,      // Not a kind that is known here.
  kNeedsValue,      // The value is given elsewhere.
  kEntryPoint,      // No command; the image's own is not known.
  kOneContainer,    // Only one container runs.
  kOtherCount,      // Another number of devices than the first choice.
  kNotLocal,        // A relative path.
  kNotHere,         // A kind of resource that is not counted here.
  kNotAWorkload,    // A document of kind {value}.
  kExpression,      // More than a list of needed words.
  kLimitAbove,      // A limit above the request.
  kNotAVariable,    // {value} cannot name a variable.
  kCount
};
[[nodiscard]] std::string_view note_code_name(NoteCode code);
[[nodiscard]] Outcome outcome_of(NoteCode code);

struct Note {
  int line = 0;       // From 1, where it is stated; of what is absent, where it would belong.
  std::string field;  // As the form calls it: "--gres", "spec.parallelism".
  NoteCode code = NoteCode::kBecomes;
  std::vector<std::pair<std::string, std::string>> parameters;

  [[nodiscard]] Outcome outcome() const { return outcome_of(code); }
  friend bool operator==(const Note&, const Note&) = default;
};
// Whole sentences; a parameter that is missing prints as "?".
[[nodiscard]] std::string note_text(const Note& note, Language language);

struct Imported {
  Source source = Source::kSbatch;
  std::vector<Workload> workloads;
  std::vector<Note> notes;  // By line.

  // How many notes have this outcome.
  [[nodiscard]] std::size_t count(Outcome outcome) const;
};

struct ImportOptions {
  std::string project;  // Of all workloads; empty: what the form says.
  std::string name;     // Of a workload that has none, such as the file's.
};

}  // namespace sillar
