#include "engine/scenario_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/document.h"
#include "model/text.h"

namespace sillar {
namespace {

std::vector<std::string> scenario_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("tests/scenarios")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Scenario load(const std::string& file) {
  const auto text = read_file(file);
  EXPECT_TRUE(text.has_value()) << text.error().message;
  const auto document = parse_document(file, *text);
  EXPECT_TRUE(document.has_value()) << document.error().message;
  auto scenario = load_scenario(*document);
  EXPECT_TRUE(scenario.has_value()) << scenario.error().message;
  return scenario ? *scenario : Scenario{};
}

class ScenarioFile : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioFile, MeetsItsExpectations) {
  const Scenario scenario = load(GetParam());
  const auto outcome = run_scenario(scenario);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  for (const FailedExpectation& failed : failed_expectations(scenario, *outcome))
    ADD_FAILURE() << failed.subject << ": " << failed.field << " is " << failed.got << ", expected "
                  << failed.expected;
  EXPECT_EQ(outcome->state.board.check_invariants(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Scenarios, ScenarioFile, testing::ValuesIn(scenario_files()), [](const auto& info) {
      std::string name = std::filesystem::path(info.param)
                             .lexically_relative("tests/scenarios")
                             .replace_extension()
                             .string();
      std::replace_if(
          name.begin(), name.end(),
          [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
      return name;
    });

}  // namespace
}  // namespace sillar
