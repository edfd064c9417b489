#pragma once

// Everything that the command line says to people, in English and Spanish: whole sentences with
// named gaps in braces, none built from parts, none with a plural to get wrong.

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "model/reason.h"

namespace sillar::cli {

enum class Message : std::uint16_t {
  kNone,

  // Sentences (messages.cpp).
  kProgramSummary,
  kUnknownVerb,
  kUnknownFlag,
  kDidYouMean,
  kSeeHelp,
  kSeeVerbHelp,
  kNotAChoice,
  kNotANumber,
  kFlagNeedsValue,
  kFlagTwice,
  kFlagMissing,
  kOperandMissing,
  kOperandTooMany,
  kWriteFailed,
  kUnknownKind,
  kNeedsFleet,
  kNeedsProjects,
  kTwoFleets,
  kTwoProjects,
  kNoTasks,
  kNoVictims,
  kTestsRun,
  kOneFleet,
  kTraceNeedsProjects,
  kNoJobs,
  kNoNodes,
  kProjectsOfTrace,
  kNotADuration,
  kDurationTooLong,
  kNeedsRepair,
  kTooManyFaults,
  kNotWholeNodes,
  kNotAFactor,
  kNoPrices,
  kSimulated,
  kReplaying,
  kRecordingDiffers,
  kSnapshotUnusable,
  kOneState,
  kAtOfRecording,
  kPricesOfScenario,
  kNoCandidates,
  kNotSeeds,

  // How a file's fault is told, as read_file and the operating system word it in English.
  kFirstSystemFault,
  kNoSuchFile = kFirstSystemFault,
  kNoPermission,
  kIsFolder,
  kIsNoFolder,
  kFileExists,
  kDiskFull,
  kDiskQuota,
  kFileTooLarge,
  kReadOnlyDisk,
  kDiskError,
  kOpenFiles,
  kNameTooLong,
  kFolderForFile,
  kBeyondLimit,

  // Help: headings, verbs, flags, operands (messages_help.cpp).
  kFirstHelp,
  kHelpUsage = kFirstHelp,
  kHelpExamples,
  kHelpVerbs,
  kHelpOperands,
  kHelpFlags,
  kHelpCommonFlags,
  kHelpChoices,
  kHelpRequired,
  kVerbCompletion,
  kVerbDecide,
  kVerbExplain,
  kVerbPlan,
  kVerbPrices,
  kVerbReplay,
  kVerbReproduce,
  kVerbSchema,
  kVerbSimulate,
  kVerbTest,
  kVerbValidate,
  kVerbVersion,
  kFlagOutput,
  kFlagLang,
  kFlagNoColor,
  kFlagQuiet,
  kFlagHelp,
  kFlagFleet,
  kFlagProjects,
  kFlagPrices,
  kFlagScenario,
  kFlagRecording,
  kFlagAt,
  kFlagLast,
  kFlagTrace,
  kFlagFormat,
  kFlagGpus,
  kFlagSimulatedFleet,
  kFlagNodes,
  kFlagSimulatedProjects,
  kFlagPolicy,
  kFlagCompress,
  kFlagStart,
  kFlagStop,
  kFlagNoSave,
  kFlagRestart,
  kFlagCheckpointInterval,
  kFlagCheckpointCost,
  kFlagWorkMtbf,
  kFlagRetries,
  kFlagTraceFailures,
  kFlagNodeMtbf,
  kFlagNodeRepair,
  kFlagDeviceMtbf,
  kFlagDeviceRepair,
  kFlagSeed,
  kFlagRecord,
  kFlagSeries,
  kFlagOpenbData,
  kFlagOpenbList,
  kFlagPlacementPolicy,
  kFlagSeeds,
  kFlagDemand,
  kFlagNodeCount,
  kOperandShell,
  kOperandPrices,
  kOperandKind,
  kOperandModelFiles,
  kOperandScenario,
  kOperandScenarios,
  kOperandWorkload,
  kOperandPlanned,
  kOperandRecording,
  kOperandExperiment,

  // The page of a simulation (messages_page.cpp).
  kFirstPage,
  kPageTitle = kFirstPage,
  kPageSpan,
  kPageUseful,
  kPageSpread,
  kPageFinished,
  kPageOfJobs,
  kPageLost,
  kPageIdle,
  kPageDevices,
  kPageDevicesText,
  kPageCapacity,
  kPageQueued,
  kPageQueuedText,
  kPageCost,
  kPageCostText,
  kPageIdleName,
  kPageOthers,
  kPageTotal,
  kPageTime,
  kPageNumbers,
  kPageQueueTimes,
  kPageQueueOverTime,
  kPageQueueOverTimeText,
  kPageMeanAndMost,
  kPageAllProjects,
  kPageMedian,
  kPageMean,
  kPageP99,
  kPageBars,
  kPageWords,
  kPageUtilisationText,
  kPageUsefulText,
  kPageQueueing,
  kPageQueueingText,
  kPageCompletion,
  kPageCompletionText,
  kPageIdleText,

  // Titles of lists and tables (messages_titles.cpp).
  kFirstTitle,
  kTitleFile = kFirstTitle,
  kTitleKind,
  kTitleResult,
  kTitleFaults,
  kTitleVersion,
  kTitleCommit,
  kTitleCompiler,
  kTitleBuild,
  kTitleClass,
  kTitleUnit,
  kTitleUsdPerHour,
  kTitleCpuShare,
  kTitleStandIn,
  kTitleProvider,
  kTitleRegion,
  kTitleCountry,
  kTitleArea,
  kTitleOperator,
  kTitleOperatorCountry,
  kTitleDate,
  kTitlePriceMap,
  kTitleLocationFacts,
  kTitleNodes,
  kTitleProjects,
  kTitleWorkloads,
  kTitleTasks,
  kTitleTask,
  kTitleWorkload,
  kTitleState,
  kTitleNode,
  kTitleDevices,
  kTitlePromised,
  kTitlePromisedDevices,
  kTitleReason,
  kTitleVictims,
  kTitleFor,
  kTitleMovedTo,
  kTitleGpuSeconds,
  kTitleLost,
  kTitleFailures,
  kTitleSubject,
  kTitleField,
  kTitleExpected,
  kTitleGot,
  kTitlePolicy,
  kTitleBegin,
  kTitleEnd,
  kTitleJobs,
  kTitleFinished,
  kTitleFailedJobs,
  kTitleStoppedAtLimit,
  kTitleRefused,
  kTitleUnfinished,
  kTitleUtilisation,
  kTitleUsefulShare,
  kTitleCompletionMean,
  kTitleCompletionMedian,
  kTitleCompletionP99,
  kTitleQueueingMean,
  kTitleQueueingMedian,
  kTitleQueueingP99,
  kTitleEvictions,
  kTitleFaultsSeen,
  kTitleWorkFailures,
  kTitleGpuSecondsLost,
  kTitleGpuHours,
  kTitleBilled,
  kTitleWorkloadCost,
  kTitleIdleCost,
  kTitleCost,
  kTitleDecisionsPerSecond,
  kTitlePeakMemory,
  kTitleProject,
  kTitleAt,
  kTitleInFront,
  kTitleFirstInFront,
  kTitleHappens,
  kTitleNextCycle,
  kTitleRule,
  kTitleProjectsInFront,
  kTitleVerdict,
  kTitleNodeVerdicts,
  kTitleResource,
  kTitleAllocated,
  kTitleRequested,
  kTitleFairShare,
  kTitleDeserved,
  kTitleLimit,
  kTitleLocation,
  kTitleChosen,
  kTitleFitNow,
  kTitlePerHour,
  kTitleDifferencePerHour,
  kTitleRefusedBy,
  kTitleCandidates,
  kTitleInputs,
  kTitleFacts,
  kTitleSnapshots,
  kTitleLine,
  kTitleInput,
  kTitleRecorded,
  kTitleDecided,
  kTitleFirstDifferences,
  kTitleRuns,
  kTitleAlloc100,
  kTitleAlloc130,
  kTitleDeviation,
  kTitlePublished,
  kTitleFrag100,
  kTitleFrag130,
  kTitlePlacementsPerSecond,
  kTitleFgd,

  kCount
};

struct Entry {
  Message message;
  std::string_view english;
  std::string_view spanish;
};

// The tables; together they hold every message but kNone, in order.
[[nodiscard]] std::span<const Entry> sentence_entries();
[[nodiscard]] std::span<const Entry> help_entries();
[[nodiscard]] std::span<const Entry> page_entries();
[[nodiscard]] std::span<const Entry> title_entries();

// True when the entries are exactly [first, end) in order and say something in both languages.
[[nodiscard]] consteval bool is_complete(std::span<const Entry> entries, Message first,
                                         Message end) {
  if (entries.size() != static_cast<std::size_t>(end) - static_cast<std::size_t>(first))
    return false;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (static_cast<std::size_t>(entry.message) != static_cast<std::size_t>(first) + i)
      return false;
    if (entry.english.empty() || entry.spanish.empty()) return false;
  }
  return true;
}

// What stands in the gaps, by name.
using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// The sentence as it is written, gaps unfilled.
[[nodiscard]] std::string_view say(Message message, Language language);
// With its gaps filled; a gap without a field stays.
[[nodiscard]] std::string say(Message message, Language language, Fields fields);

// A message about a file, "path: fault", as it comes from below: where the fault is one of the
// operating system's, or of read_file's, it is told in the reader's language.
[[nodiscard]] std::string say_fault(std::string_view message, Language language);

// The answers' own words ("Pending", "on-demand"), which machines read in English. A word that is
// not in the list is returned as it is.
[[nodiscard]] std::string_view say_word(std::string_view word, Language language);

}  // namespace sillar::cli
