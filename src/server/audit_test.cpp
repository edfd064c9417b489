// What the audit log says, and that no change to it goes unnoticed.

#include "server/audit.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>

#include "base/document.h"
#include "journal/sqlite_store.h"
#include "server/audit_verify.h"
#include "server/encoding.h"
#include "server/front_state.h"
#include "server/server_fixture.h"

namespace sillar::server {
namespace {

AuditLeaf some_leaf(std::uint64_t i = 0) {
  return {.index = i,
          .at = Time::from_seconds(1'790'000'000 + static_cast<std::int64_t>(i)),
          .actor = "u1",
          .method = AuthMethod::kApiKey,
          .project = "acme/research",
          .action = "workload.submit",
          .object = "workload/w" + std::to_string(i),
          .outcome = i % 3 == 0 ? AuditOutcome::kRefused : AuditOutcome::kAllowed,
          .code = i % 3 == 0 ? "denied" : "",
          .before = {},
          .after = "ab12",
          .request = "r" + std::to_string(i),
          .source = SourceClass::kLoopback};
}

TEST(AuditLeaf, IsCanonicalJson) {
  AuditLeaf leaf = some_leaf(4);
  EXPECT_EQ(leaf_text(leaf),
            R"({"index":4,"at":"2026-09-21T14:13:24Z","actor":"u1","method":"api-key",)"
            R"("project":"acme/research","action":"workload.submit","object":"workload/w4",)"
            R"("outcome":"allowed","code":"","before":"","after":"ab12","request":"r4",)"
            R"("source":"loopback"})");
  const auto read = read_leaf(leaf_text(leaf));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, leaf);
  EXPECT_TRUE(begins_leaf(leaf_text(leaf), 4));
  EXPECT_FALSE(begins_leaf(leaf_text(leaf), 5));
  EXPECT_FALSE(begins_leaf(leaf_text(leaf), 44));
}

TEST(AuditLeaf, HasOneForm) {
  const std::string text = leaf_text(some_leaf());
  for (std::size_t i = 0; i < text.size(); ++i) {
    EXPECT_FALSE(read_leaf(text.substr(0, i)).has_value());
    EXPECT_FALSE(read_leaf(text.substr(0, i) + " " + text.substr(i)).has_value() && text[i] == ':')
        << i;
  }
  EXPECT_FALSE(read_leaf(text + " ").has_value());
  EXPECT_FALSE(read_leaf("index: 0").has_value());
  std::string other = text;
  other.replace(other.find("\"u1\""), 4, "\"\\u0075\"");
  EXPECT_FALSE(read_leaf(other).has_value()) << "an escape that was not needed";
}

// ASVS 16.4.1: a name, a path or a request id cannot make lines, direct terminals or turn the text.
TEST(AuditLeaf, ASVS_16_4_1_NothingIsInjected) {
  AuditLeaf leaf = some_leaf();
  leaf.actor = "u1\n{\"index\":1}";
  leaf.object = "workload/\x1B[2J\r\0x\x7F";
  leaf.project =
      "\xE2\x80\xAE"
      "acme\xC2\x9B\xE2\x80\xA8\xEF\xBB\xBF";
  leaf.request = "\xFF\xC0\x80";
  leaf.code = std::string(10'000, 'x');
  const std::string text = leaf_text(leaf);
  for (const char c : text) EXPECT_GE(static_cast<unsigned char>(c), 0x20);
  EXPECT_EQ(text.find('\x7F'), std::string::npos);
  for (const char* hidden :
       {"\xE2\x80\xAE", "\xC2\x9B", "\xE2\x80\xA8", "\xEF\xBB\xBF", "\\n", "\\u"})
    EXPECT_EQ(text.find(hidden), std::string::npos) << text;
  EXPECT_LT(text.size(), 2 * kAuditTextBytesMax);
  const auto read = read_leaf(text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(leaf_text(*read), text) << "cleaning twice is cleaning once";
  leaf.code = std::string(kAuditTextBytesMax - 1, 'x') + "\xC3\xB1";
  EXPECT_TRUE(read_leaf(leaf_text(leaf)).has_value()) << "not cut within a letter";
}

RC_GTEST_PROP(AuditLeaf, WhateverIsSentIsALeafThatIsReadBack,
              (const std::string& a, const std::string& b)) {
  AuditLeaf leaf = some_leaf();
  leaf.object = a;
  leaf.request = b;
  const auto read = read_leaf(leaf_text(leaf));
  RC_ASSERT(read.has_value());
  RC_ASSERT(leaf_text(*read) == leaf_text(leaf));
}

TEST(AuditLeaf, ClassesOfSources) {
  const std::vector<std::pair<const char*, SourceClass>> cases = {
      {"127.0.0.1", SourceClass::kLoopback},
      {"127.255.0.1", SourceClass::kLoopback},
      {"::1", SourceClass::kLoopback},
      {"::ffff:127.0.0.1", SourceClass::kLoopback},
      {"10.1.2.3", SourceClass::kPrivate},
      {"172.31.0.1", SourceClass::kPrivate},
      {"172.32.0.1", SourceClass::kPublic},
      {"192.168.1.1", SourceClass::kPrivate},
      {"169.254.169.254", SourceClass::kPrivate},
      {"100.64.0.1", SourceClass::kPrivate},
      {"8.8.8.8", SourceClass::kPublic},
      {"fd00::1", SourceClass::kPrivate},
      {"fe80::1", SourceClass::kPrivate},
      {"2001:db8::1", SourceClass::kPublic},
      {"::ffff:8.8.8.8", SourceClass::kPublic},
      {"", SourceClass::kNone},
      {"localhost", SourceClass::kNone},
      {"1.2.3.4:80", SourceClass::kNone}};
  for (const auto& [address, expected] : cases)
    EXPECT_EQ(source_class(address), expected) << address;
}

TEST(AuditLog, IsThePartThatItsRecordsMake) {
  AuditLog log;
  for (std::uint64_t i = 0; i < 20; ++i)
    ASSERT_TRUE(log.apply(log.record(some_leaf(99))).has_value());
  EXPECT_EQ(log.size(), 20U);
  std::string state;
  log.append_state(state);
  AuditLog again;
  ASSERT_TRUE(again.read_state(state).has_value());
  EXPECT_EQ(again.head(), log.head());
  EXPECT_FALSE(again.apply(leaf_text(some_leaf(19))).has_value()) << "one that is there";
  EXPECT_FALSE(again.apply(leaf_text(some_leaf(21))).has_value()) << "one is left out";
  EXPECT_FALSE(again.apply("").has_value());
  EXPECT_FALSE(again.read_state(state.substr(1)).has_value());
  log.clear();
  EXPECT_EQ(log.size(), 0U);
}

// A data folder as a server keeps it: a journal, an archive, a key.
class AuditFolder {
 public:
  AuditFolder() {
    auto store = journal::open_sqlite(folder_.path(), journal::Access::kWrite);
    auto opened = journal::Journal::open(std::move(*store), journal::Access::kWrite);
    journal_ = std::make_unique<journal::Journal>(std::move(*opened));
    archive_ = std::make_unique<journal::Archive>(
        *journal::Archive::open(folder_.path(), journal::Access::kWrite));
    key_ = std::make_unique<SigningKey>(*audit_key(folder_.path(), "test"));
  }

  [[nodiscard]] const std::string& path() const { return folder_.path(); }
  [[nodiscard]] const AuditLog& log() const { return log_; }
  [[nodiscard]] const SigningKey& key() const { return *key_; }
  [[nodiscard]] journal::Archive& archive() { return *archive_; }

  // Durable in the journal, and handed to the archive.
  void append(std::uint64_t leaves) {
    std::vector<std::string> bodies;
    for (std::uint64_t i = 0; i < leaves; ++i) {
      const std::string record = log_.record(some_leaf(log_.size()));
      bodies.push_back(FrontState::body_of(PartId::kAudit, record));
      ASSERT_TRUE(log_.apply(record).has_value());
    }
    ASSERT_TRUE(journal_->append(journal_->last().seq + 1, bodies).has_value());
    log_.archive(*archive_);
  }
  void flush(bool checkpoint) {
    if (checkpoint) keep_checkpoint(*archive_, *key_, log_.head());
    ASSERT_TRUE(archive_->flush(journal_->last().seq).has_value());
  }
  void keep_snapshot() {
    std::string state;
    log_.append_state(state);
    std::string front;
    put_number(front, static_cast<std::int64_t>(PartId::kAudit));
    put_text(front, state);
    ASSERT_TRUE(journal_->keep_snapshot(journal::join_snapshot({"engine", front})).has_value());
  }
  // Somebody with the folder and the program's own means: the archive's sums are right again.
  void replace_leaves(const std::vector<std::string>& values) {
    archive_.reset();
    for (const char* suffix : {"", "-wal", "-shm"})
      std::filesystem::remove(path() + "/archive.sqlite" + suffix);
    archive_ = std::make_unique<journal::Archive>(
        *journal::Archive::open(path(), journal::Access::kWrite));
    for (std::uint64_t i = 0; i < values.size(); ++i)
      archive_->add(kAuditStream, journal::ordered_key(i), values[i]);
    for (const auto& [size, text] : checkpoints_)
      archive_->add(kCheckpointStream, journal::ordered_key(size), text);
    ASSERT_TRUE(archive_->flush(journal_->last().seq).has_value());
  }
  [[nodiscard]] std::vector<std::string> values() {
    std::vector<std::string> values;
    const auto rows = archive_->read(kAuditStream, {});
    for (const auto& row : *rows) values.push_back(row.value);
    checkpoints_.clear();
    const auto checkpoints = archive_->read(kCheckpointStream, {});
    for (const auto& row : *checkpoints)
      checkpoints_.emplace_back(journal::number_of_key(row.key), row.value);
    return values;
  }
  void remove_journal() const {
    for (const char* name : {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "head"})
      std::filesystem::remove(path() + "/" + name);
  }
  [[nodiscard]] AuditVerdict verdict(const std::string& checkpoint = {}) const {
    const auto verdict = verify_audit({path(), checkpoint, {}});
    EXPECT_TRUE(verdict.has_value()) << verdict.error().message;
    return verdict ? *verdict : AuditVerdict{};
  }

 private:
  TestFolder folder_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<journal::Archive> archive_;
  std::unique_ptr<SigningKey> key_;
  AuditLog log_;
  std::vector<std::pair<std::uint64_t, std::string>> checkpoints_;
};

TEST(AuditVerify, AnUntouchedLogIsIntactAtEveryMoment) {
  AuditFolder folder;
  EXPECT_TRUE(folder.verdict().intact) << "empty";
  folder.append(5);
  EXPECT_EQ(folder.verdict().in_journal, 5U) << "durable, and not yet archived";
  folder.flush(true);
  folder.append(7);
  folder.keep_snapshot();
  EXPECT_FALSE(folder.verdict().intact) << "a snapshot before the flush that has to come first";
  folder.flush(true);
  const std::string kept = *newest_checkpoint(folder.archive());
  folder.append(3);
  AuditVerdict verdict = folder.verdict(kept);
  EXPECT_TRUE(verdict.intact) << verdict.fault;
  EXPECT_EQ(verdict.head, folder.log().head());
  EXPECT_EQ(verdict.head.size, 15U);
  EXPECT_EQ(verdict.in_journal, 3U);
  EXPECT_EQ(verdict.checkpoints, 2U);
  EXPECT_TRUE(verdict.journal);
  const auto leaves = audit_leaves(folder.archive(), 0, 4);
  ASSERT_TRUE(leaves.has_value());
  ASSERT_EQ(leaves->size(), 4U);
  EXPECT_EQ(leaves->front(), some_leaf(14));
  EXPECT_EQ(audit_leaves(folder.archive(), 2, 10)->size(), 2U);
}

// P16 and ASVS 16.4.2: each kind of tampering, by somebody who can write the archive.
class AuditTampering : public testing::Test {
 protected:
  AuditTampering() {
    folder_.append(8);
    folder_.flush(true);
    old_ = *newest_checkpoint(folder_.archive());
    folder_.append(12);
    folder_.flush(true);
    folder_.keep_snapshot();
    values_ = folder_.values();
  }
  // What verify says of these leaves; with the journal, and without it, by an old checkpoint alone.
  void expect_fault(const std::string& with_journal, std::optional<std::uint64_t> leaf) {
    folder_.replace_leaves(values_);
    const AuditVerdict verdict = folder_.verdict();
    EXPECT_FALSE(verdict.intact);
    EXPECT_NE(verdict.fault.find(with_journal), std::string::npos) << verdict.fault;
    EXPECT_EQ(verdict.leaf, leaf);
    EXPECT_FALSE(folder_.verdict(old_).intact);
  }

  AuditFolder folder_;
  std::string old_;
  std::vector<std::string> values_;
};

TEST_F(AuditTampering, P16AnEditedLeafIsNamed) {
  values_[5].replace(values_[5].find("\"u1\""), 4, "\"u2\"");
  expect_fault("leaf 5 is not what was written", 5);
}

TEST_F(AuditTampering, P16AnEditedLeafWithItsHashIsFoundByWhatWasSigned) {
  AuditLeaf leaf = some_leaf(5);
  leaf.actor = "u2";
  values_[5] = audit_row(leaf_text(leaf));
  expect_fault("a leaf from 0 to 7 was changed", std::nullopt);
}

TEST_F(AuditTampering, P16AnEditAfterACheckpointIsFoundBetweenTheTwo) {
  AuditLeaf leaf = some_leaf(9);
  leaf.outcome = AuditOutcome::kAllowed;
  values_[9] = audit_row(leaf_text(leaf));
  folder_.replace_leaves(values_);
  const AuditVerdict verdict = folder_.verdict();
  EXPECT_NE(verdict.fault.find("(checkpoint 20): a leaf from 8 to 19 was changed"),
            std::string::npos)
      << verdict.fault;
}

TEST_F(AuditTampering, P16ARemovedLeafIsNamed) {
  values_.erase(values_.begin() + 3);
  expect_fault("leaf 3 is another one", 3);
}

TEST_F(AuditTampering, P16TwoLeavesInAnotherOrderAreNamed) {
  std::swap(values_[3], values_[4]);
  expect_fault("leaf 3 is another one", 3);
}

TEST_F(AuditTampering, P16ATruncatedLogIsNamed) {
  values_.resize(15);
  expect_fault("leaf 15 is missing", 15);
}

TEST_F(AuditTampering, P16ATruncatedLogWithoutItsJournalAndCheckpointsIsFoundByAnOldOne) {
  values_.resize(6);
  folder_.replace_leaves(values_);
  folder_.remove_journal();
  const AuditVerdict verdict = folder_.verdict(old_);
  EXPECT_FALSE(verdict.intact);
  EXPECT_NE(verdict.fault.find("leaf 6 is missing"), std::string::npos) << verdict.fault;
  EXPECT_EQ(verdict.leaf, 6U);
}

TEST_F(AuditTampering, P16ALogThatWasMadeAnewIsFoundByAnOldCheckpoint) {
  // With the folder's own key: what remains is what somebody kept elsewhere.
  AuditFolder other;
  other.append(3);
  other.flush(true);
  AuditFolder forged;
  std::filesystem::copy_file(folder_.path() + "/audit.pub", forged.path() + "/audit.pub",
                             std::filesystem::copy_options::overwrite_existing);
  forged.append(20);
  forged.flush(false);
  forged.remove_journal();
  EXPECT_TRUE(forged.verdict(old_).intact) << "the same leaves";
  auto values = forged.values();
  AuditLeaf leaf = some_leaf(2);
  leaf.object = "workload/other";
  values[2] = audit_row(leaf_text(leaf));
  forged.replace_leaves(values);
  EXPECT_TRUE(forged.verdict().intact) << "nothing of this folder tells";
  EXPECT_NE(forged.verdict(old_).fault.find("(the checkpoint given): a leaf from 0 to 7"),
            std::string::npos);
  // A checkpoint of another log is no proof of this one.
  const AuditVerdict verdict = folder_.verdict(*newest_checkpoint(other.archive()));
  EXPECT_NE(verdict.fault.find("not signed by the key"), std::string::npos) << verdict.fault;
}

TEST_F(AuditTampering, P16AForgedCheckpointIsFound) {
  auto archive = std::move(folder_.archive());
  const SigningKey forger = SigningKey::from_secret("sillar/test", std::string(32, 'f'));
  keep_checkpoint(archive, forger, {4, sha256("a past")});
  ASSERT_TRUE(archive.flush(archive.position()).has_value());
  EXPECT_NE(folder_.verdict().fault.find("checkpoint 4: the checkpoint is not signed"),
            std::string::npos);
  keep_checkpoint(archive, folder_.key(), {5, sha256("a past")});
  ASSERT_TRUE(archive.flush(archive.position()).has_value());
  EXPECT_FALSE(folder_.verdict().intact);
}

TEST(AuditVerify, WhatCannotBeLookedAtIsAnError) {
  const TestFolder empty;
  EXPECT_EQ(verify_audit({empty.path(), {}, {}}).error().code, ErrorCode::kNotFound);
  AuditFolder folder;
  folder.append(1);
  EXPECT_EQ(verify_audit({folder.path(), "no checkpoint", {}}).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(newest_checkpoint(folder.archive()).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace sillar::server
