#include <fmt/format.h>

#include <limits>

#include "base/quantity.h"
#include "cli/progress.h"
#include "cli/verbs.h"
#include "simulate/published_policies.h"
#include "simulate/reproduce_fgd.h"

namespace sillar::cli {
namespace {

constexpr std::int64_t kNodesMax = 1'000'000;

Value percentage(double value) {
  return Value::plain(fmt::format("{:.4f}", value));
}

Value mean_and_deviation(const MeanAndDeviation& of) {
  return Value::mapping().set("mean", percentage(of.mean)).set("sd", percentage(of.deviation));
}

Value published(const ReproduceRow& row) {
  if (!row.published) return {};
  return Value::mapping()
      .set("alloc_pct_100", percentage(row.published->alloc_pct_100))
      .set("alloc_pct_130", percentage(row.published->alloc_pct_130))
      .set("frag_pct_100", percentage(row.published->frag_pct_100))
      .set("tolerance_pct", percentage(row.tolerance_pct()));
}

Value record_of(const ReproduceRow& row) {
  return Value::mapping()
      .set("list", Value::text(row.list))
      .set("policy", Value::text(row.policy))
      .set("runs", Value::plain(std::to_string(row.runs)))
      .set("alloc_pct_100", mean_and_deviation(row.alloc_pct_100))
      .set("alloc_pct_130", mean_and_deviation(row.alloc_pct_130))
      .set("frag_pct_100", mean_and_deviation(row.frag_pct_100))
      .set("frag_pct_130", mean_and_deviation(row.frag_pct_130))
      .set("arrivals", Value::plain(std::to_string(row.arrivals)))
      .set("placements_per_s", Value::plain(fmt::format("{:.0f}", row.placements_per_s)))
      .set("published", published(row));
}

const View& reproduce_view() {
  static const View kView{
      {TableView{"rows",
                 {{"policy", Message::kTitlePolicy},
                  {"runs", Message::kTitleRuns, Cell::kNumber},
                  {"alloc_pct_100.mean", Message::kTitleAlloc100, Cell::kHundredths},
                  {"alloc_pct_100.sd", Message::kTitleDeviation, Cell::kHundredths},
                  {"published.alloc_pct_100", Message::kTitlePublished, Cell::kHundredths},
                  {"alloc_pct_130.mean", Message::kTitleAlloc130, Cell::kHundredths},
                  {"alloc_pct_130.sd", Message::kTitleDeviation, Cell::kHundredths},
                  {"published.alloc_pct_130", Message::kTitlePublished, Cell::kHundredths},
                  {"frag_pct_100.mean", Message::kTitleFrag100, Cell::kHundredths},
                  {"frag_pct_130.mean", Message::kTitleFrag130, Cell::kHundredths},
                  {"placements_per_s", Message::kTitlePlacementsPerSecond, Cell::kNumber}},
                 Message::kTitleFgd}}};
  return kView;
}

// "42..51", or one seed alone.
Status read_seeds(const Context& context, ReproduceOptions& options) {
  if (!context.arguments.has("seeds")) return {};
  const std::string_view text = context.arguments.text("seeds");
  const std::size_t dots = text.find("..");
  const Result<std::int64_t> first = parse_integer(text.substr(0, dots));
  const Result<std::int64_t> last =
      dots == std::string_view::npos ? first : parse_integer(text.substr(dots + 2));
  if (!first || !last || *first < 0 || *last < *first)
    return invalid(context.say(Message::kNotSeeds, {{"value", text}}));
  options.first_seed = static_cast<std::uint64_t>(*first);
  options.last_seed = static_cast<std::uint64_t>(*last);
  return {};
}

Result<ReproduceOptions> read_options(const Context& context) {
  const Arguments& arguments = context.arguments;
  ReproduceOptions options;
  options.clock = context.io.clock;
  if (arguments.has("data")) options.data_dir = arguments.text("data");
  if (arguments.has("list")) options.lists = {std::string(arguments.text("list"))};
  if (arguments.has("policy")) options.policies = {std::string(arguments.text("policy"))};
  if (arguments.text("demand") == "observed") options.demand = DemandKnown::kObserved;
  SILLAR_TRY_STATUS(read_seeds(context, options));
  if (arguments.has("nodes")) {
    SILLAR_TRY(nodes, number_argument("--nodes", arguments.text("nodes"), 1, kNodesMax,
                                      context.locale.language));
    options.nodes = static_cast<std::size_t>(nodes);
  }
  return options;
}

Result<Exit> run_reproduce(Context& context) {
  SILLAR_TRY(options, read_options(context));
  Result<ReproduceResult> result = [&] {
    Progress progress(context);
    const std::size_t policies =
        options.policies.empty() ? reproduced_policies().size() : options.policies.size();
    std::size_t done = 0;
    return reproduce_fgd(options, [&](const ReproduceRow& row) {
      progress.show(static_cast<int>(++done * 1000 / policies), row.policy);
    });
  }();
  if (!result) return tl::unexpected(result.error());
  Value answer = answer_of_kind("FgdReproduction");
  answer.set("list", Value::text(options.lists.front()))
      .set("first_seed", Value::plain(std::to_string(options.first_seed)))
      .set("last_seed", Value::plain(std::to_string(options.last_seed)));
  Value rows = Value::sequence();
  for (const ReproduceRow& row : result->rows) rows.items.push_back(record_of(row));
  // One policy's figures stand at the top as well, where scripts look for them.
  if (rows.items.size() == 1)
    for (const auto& [key, value] : rows.items.front().fields)
      if (answer.find(key) == nullptr) answer.set(key, value);
  answer.set("rows", std::move(rows));
  context.print(answer, reproduce_view());
  return Exit::kOk;
}

}  // namespace

const Verb& reproduce_verb() {
  static const Verb kVerb{
      .name = "reproduce",
      .summary = Message::kVerbReproduce,
      .examples = {"reproduce fgd", "reproduce fgd --policy sillar --seeds 42..51 -o json",
                   "reproduce fgd --list gpushare40 --demand observed"},
      .operands = {{"EXPERIMENT", Message::kOperandExperiment, {"fgd"}}},
      .flags = {{"data", "DIR", Message::kFlagOpenbData, {}},
                {"list", "NAME", Message::kFlagOpenbList, {}},
                {"policy", "NAME", Message::kFlagPlacementPolicy, reproduced_policies()},
                {"seeds", "A..B", Message::kFlagSeeds, {}},
                {"demand", "NAME", Message::kFlagDemand, {"list", "observed"}},
                {"nodes", "N", Message::kFlagNodeCount, {}}},
      .formats = {Format::kTable, Format::kJson, Format::kYaml, Format::kCsv},
      .run = run_reproduce,
  };
  return kVerb;
}

}  // namespace sillar::cli
