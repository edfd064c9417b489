#include <gtest/gtest.h>

#include "base/document.h"
#include "cli/cli_fixture.h"
#include "cli/view.h"

namespace sillar::cli {
namespace {

constexpr std::string_view kScript =
    "#!/bin/sh\n"
    "#SBATCH -J sweep --gres=gpu:2 -t 30\n"
    "#SBATCH --partition=gpu\n"
    "./sweep\n";

TestProcess with_script() {
  TestProcess process;
  process.files["sweep.sbatch"] = kScript;
  return process;
}

TEST(Import, WorkloadsAreDataAndNotesAreMessages) {
  const Outcome outcome = with_script().run({"import", "sweep.sbatch", "--project", "acme/llm"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_TRUE(outcome.out.starts_with("workloads:\n  - name: sweep\n    project: acme/llm\n"))
      << outcome.out;
  EXPECT_TRUE(
      outcome.err.starts_with("sweep.sbatch is read as a form of Slurm; --from states another.\n"))
      << outcome.err;
  EXPECT_NE(outcome.err.find("   3  --partition  ignored       Nodes are chosen by node_labels"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(outcome.err.find("Workloads: 1. Fields mapped: 3, approximated: 2, ignored: 1.\n"),
            std::string::npos)
      << outcome.err;
}

TEST(Import, NotesAreInTheReadersLanguage) {
  const Outcome outcome = with_script().run({"import", "sweep.sbatch", "--lang", "es"});
  EXPECT_NE(outcome.err.find("--partition  ignorado    Los nodos se eligen con node_labels"),
            std::string::npos)
      << outcome.err;
}

TEST(Import, JsonHoldsBothAndNothingElseIsSaid) {
  const Outcome outcome =
      with_script().run({"import", "sweep.sbatch", "--from", "sbatch", "-o", "json"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  const auto answer = parse_document("answer", outcome.out);
  ASSERT_TRUE(answer);
  EXPECT_EQ(find_path(answer->root, "kind")->scalar, "Import");
  EXPECT_EQ(find_path(answer->root, "source")->scalar, "sbatch");
  EXPECT_EQ(find_path(answer->root, "workloads")->items.size(), 1U);
  const Value& note = find_path(answer->root, "notes")->items.back();
  EXPECT_EQ(find_path(note, "line")->scalar, "3");
  EXPECT_EQ(find_path(note, "code")->scalar, "placement");
  EXPECT_EQ(find_path(note, "outcome")->scalar, "ignored");
}

TEST(Import, StrictlyWhatIsIgnoredIsPartial) {
  EXPECT_EQ(with_script().run({"import", "sweep.sbatch", "--strict"}).code, 8);
  TestProcess process;
  process.files["plain.sh"] = "#!/bin/sh\n#SBATCH -t 5\ntrue\n";
  const Outcome outcome = process.run({"import", "plain.sh", "--strict", "-q"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
}

TEST(Import, FaultsNameFileLineAndOption) {
  TestProcess process;
  process.files["bad.sh"] = "#!/bin/sh\n#SBATCH -t soon\n";
  const Outcome outcome = process.run({"import", "bad.sh"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("sillar: bad.sh:2:9: --time: 'soon' is not a time such as 90"),
            std::string::npos)
      << outcome.err;
  EXPECT_NE(process.run({"import", "bad.sh", "--lang", "es"}).err.find("'soon' no es un tiempo"),
            std::string::npos);
  process.files["odd.txt"] = "Dear diary\n";
  EXPECT_EQ(process.run({"import", "odd.txt"}).code, 2);
  EXPECT_EQ(process.run({"import", "missing.sh"}).code, 3);
}

}  // namespace
}  // namespace sillar::cli
