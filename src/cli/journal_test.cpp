// From a simulation to its journal, and back: written, looked at, verified, decided again.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "cli/cli_fixture.h"
#include "cli/view.h"

namespace sillar::cli {
namespace {

class JournalVerb : public testing::Test {
 protected:
  JournalVerb() {
    std::string path = (std::filesystem::temp_directory_path() / "sillar-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    root_ = path;
    process_.files["trace.csv"] =
        "timestamp,cluster,num_gpus,duration\n"
        "2017-10-01 00:00:00,red,8,600\n"
        "2017-10-01 00:01:00,blue,8,600\n"
        "2017-10-01 00:02:00,red,4,300\n"
        "2017-10-01 00:03:00,blue,4,300\n";
  }
  ~JournalVerb() override { std::filesystem::remove_all(root_); }

  Outcome simulate() {
    return process_.run({"simulate", "--trace", "trace.csv", "--format", "philly", "--gpus", "8",
                         "--journal", folder(), "-q", "-o", "json"});
  }
  [[nodiscard]] std::string folder() const { return root_ + "/journal"; }

  static std::string at(const Outcome& outcome, std::string_view path) {
    const auto document = parse_document("answer", outcome.out);
    EXPECT_TRUE(document.has_value()) << outcome.out << outcome.err;
    const Value* found = document ? find_path(document->root, path) : nullptr;
    return found == nullptr ? "absent" : found->scalar;
  }
  // Turns the byte where `what` first stands into another.
  void spoil(const std::string& file, std::string_view what) const {
    const std::string path = folder() + "/" + file;
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::size_t found = bytes.find(what);
    ASSERT_NE(found, std::string::npos);
    bytes[found] = static_cast<char>(bytes[found] ^ 0x20);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  std::string root_;
  TestProcess process_;
};

TEST_F(JournalVerb, ASimulationsJournalIsIntactAndReplaysWithoutADifference) {
  const Outcome simulated = simulate();
  ASSERT_EQ(simulated.code, 0) << simulated.err;
  const Outcome info = process_.run({"journal", "info", folder(), "-o", "json"});
  EXPECT_EQ(info.code, 0) << info.err;
  EXPECT_EQ(at(info, "kind"), "Journal");
  EXPECT_EQ(at(info, "first_entry"), "1");
  EXPECT_EQ(at(info, "intact"), "absent") << "that is for verify to say";
  const Outcome verified = process_.run({"journal", "verify", folder(), "-o", "json"});
  EXPECT_EQ(verified.code, 0) << verified.err;
  EXPECT_EQ(at(verified, "intact"), "true");
  EXPECT_EQ(at(verified, "last_entry"), at(info, "entries"));

  const Outcome replayed = process_.run({"replay", folder(), "-o", "json"});
  EXPECT_EQ(replayed.code, 0) << replayed.out << replayed.err;
  EXPECT_EQ(at(replayed, "inputs"), at(info, "entries"));
  EXPECT_EQ(at(replayed, "snapshots"), "1");
  EXPECT_EQ(at(replayed, "differences"), "0");
  EXPECT_EQ(process_.run({"replay", folder(), "--last", "-o", "json"}).code, 0);

  const Outcome spanish = process_.run({"journal", "verify", folder(), "--lang", "es"});
  EXPECT_NE(spanish.out.find("Íntegro"), std::string::npos) << spanish.out;
}

TEST_F(JournalVerb, AJournalSaysWhatARecordingOfTheSameRunSays) {
  ASSERT_EQ(process_
                .run({"simulate", "--trace", "trace.csv", "--format", "philly", "--gpus", "8",
                      "--journal", folder(), "--record", "dir", "-q"})
                .code,
            0);
  const Outcome kept = process_.run({"replay", folder(), "-o", "json"});
  const Outcome recorded = process_.run({"replay", "dir", "-o", "json"});
  EXPECT_EQ(kept.out, recorded.out);
}

TEST_F(JournalVerb, ADamagedEntryIsNamed) {
  ASSERT_EQ(simulate().code, 0);
  spoil("journal.sqlite-wal", "philly");  // The log's own checksum finds it.
  const Outcome lost = process_.run({"journal", "verify", folder()});
  EXPECT_EQ(lost.code, 2);
  EXPECT_NE(lost.err.find("was acknowledged, and the journal ends with entry"), std::string::npos)
      << lost.err;
}

TEST_F(JournalVerb, ADamagedSnapshotIsToldAndAFailure) {
  ASSERT_EQ(simulate().code, 0);
  const Outcome info = process_.run({"journal", "info", folder(), "-o", "json"});
  spoil("snapshot-" + at(info, "last_entry") + ".bin", "philly");
  const Outcome verified = process_.run({"journal", "verify", folder(), "-o", "json"});
  EXPECT_EQ(verified.code, 1);
  EXPECT_EQ(at(verified, "intact"), "true") << "the entries are";
  EXPECT_NE(verified.out.find("the snapshot is damaged"), std::string::npos) << verified.out;
  const Outcome replayed = process_.run({"replay", folder(), "-o", "json"});
  EXPECT_EQ(replayed.code, 1);
  EXPECT_EQ(at(replayed, "differences"), "1");
}

TEST_F(JournalVerb, AnotherRunDoesNotGoIntoIt) {
  ASSERT_EQ(simulate().code, 0);
  const Outcome again = simulate();
  EXPECT_EQ(again.code, 2);
  EXPECT_NE(again.err.find("; name another folder"), std::string::npos) << again.err;
}

TEST_F(JournalVerb, WhereThereIsNoneIsSaid) {
  const Outcome outcome = process_.run({"journal", "verify", folder(), "--lang", "es"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_NE(outcome.err.find("No existe el archivo o la carpeta"), std::string::npos);
  EXPECT_EQ(process_.run({"journal", "mend", folder()}).code, 2);
}

}  // namespace
}  // namespace sillar::cli
