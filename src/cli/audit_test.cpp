// The audit log from the command line: intact, changed, and held against a checkpoint.

#include "server/audit.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "cli/cli_fixture.h"
#include "cli/view.h"

namespace sillar::cli {
namespace {

class AuditVerb : public testing::Test {
 protected:
  AuditVerb() {
    std::string path = (std::filesystem::temp_directory_path() / "sillar-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
    auto archive = journal::Archive::open(folder_, journal::Access::kWrite);
    const auto key = server::audit_key(folder_, "test");
    EXPECT_TRUE(archive.has_value() && key.has_value());
    server::AuditLeaf leaf;
    leaf.action = "workload.submit";
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(log_.apply(log_.record(leaf)).has_value());
    log_.archive(*archive);
    server::keep_checkpoint(*archive, *key, log_.head());
    EXPECT_TRUE(archive->flush(5).has_value());
  }
  ~AuditVerb() override { std::filesystem::remove_all(folder_); }

  void add_row(std::uint64_t index, const std::string& value) {
    auto archive = journal::Archive::open(folder_, journal::Access::kWrite);
    archive->add(server::kAuditStream, journal::ordered_key(index), value);
    ASSERT_TRUE(archive->flush(archive->position()).has_value());
  }
  static std::string at(const Outcome& outcome, std::string_view path) {
    const auto document = parse_document("answer", outcome.out);
    EXPECT_TRUE(document.has_value()) << outcome.out << outcome.err;
    const Value* found = document ? find_path(document->root, path) : nullptr;
    return found == nullptr ? "absent" : found->scalar;
  }

  std::string folder_;
  server::AuditLog log_;
  TestProcess process_;
};

TEST_F(AuditVerb, AnIntactLogIsToldAndGoesOnFromItsCheckpoint) {
  const Outcome note = process_.run({"audit", "checkpoint", folder_});
  EXPECT_EQ(note.code, 0) << note.err;
  EXPECT_TRUE(note.out.starts_with("sillar/test\n5\n")) << note.out;
  process_.files["kept.txt"] = note.out;
  const Outcome verified =
      process_.run({"audit", "verify", folder_, "--checkpoint", "kept.txt", "-o", "json"});
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
  EXPECT_EQ(at(verified, "kind"), "AuditVerdict");
  EXPECT_EQ(at(verified, "leaves"), "5");
  EXPECT_EQ(at(verified, "intact"), "true");
  const Outcome json = process_.run({"audit", "checkpoint", folder_, "-o", "json"});
  EXPECT_EQ(at(json, "note"), note.out);
  EXPECT_EQ(at(json, "root"), at(verified, "root"));
}

TEST_F(AuditVerb, P16AChangedLogIsAFailureInTheReadersLanguage) {
  add_row(6, "0123456789abcdef0123456789abcdef{}");
  const Outcome english = process_.run({"audit", "verify", folder_});
  EXPECT_EQ(english.code, 1);
  EXPECT_NE(english.out.find("leaf 5 is missing"), std::string::npos) << english.out;
  const Outcome spanish = process_.run({"audit", "verify", folder_, "--lang", "es"});
  EXPECT_NE(spanish.out.find("falta la hoja 5: se quitó"), std::string::npos) << spanish.out;
  const Outcome json = process_.run({"audit", "verify", folder_, "--lang", "es", "-o", "json"});
  EXPECT_EQ(at(json, "leaf"), "5");
  EXPECT_TRUE(at(json, "fault").starts_with("leaf 5 is missing"));
}

TEST_F(AuditVerb, WhatIsNoCheckpointIsWrongInput) {
  process_.files["kept.txt"] = "a letter\n";
  const Outcome outcome = process_.run({"audit", "verify", folder_, "--checkpoint", "kept.txt"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_NE(outcome.err.find("this is no checkpoint"), std::string::npos) << outcome.err;
  EXPECT_EQ(process_.run({"audit", "verify", folder_ + "/none"}).code, 3);
  EXPECT_EQ(process_.run({"audit", "mend", folder_}).code, 2);
}

}  // namespace
}  // namespace sillar::cli
