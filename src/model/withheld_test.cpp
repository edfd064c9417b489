#include "model/withheld.h"

#include <gtest/gtest.h>

namespace sillar {
namespace {

TEST(Withheld, NamesThatMayNotBeSaidAreWordsInBothLanguages) {
  const Reason reason{ReasonCode::kReclaimed,
                      {{"project", "acme/theirs"}, {"workload", "theirs-7"}}};
  const Reason told = withhold(reason, [](std::string_view key, std::string_view name) {
    return key == "project" && name == "acme/own";
  });
  EXPECT_EQ(reason_text(told, Language::kEnglish),
            "Evicted: room reclaimed by another project for work of another project.");
  EXPECT_EQ(reason_text(told, Language::kSpanish),
            "Desalojada: otro proyecto recuperó el lugar para trabajo de otro proyecto.");
}

TEST(Withheld, WhatMayBeSaidAndWhatNamesNobodyStays) {
  const Reason reason{ReasonCode::kNoRoom, {{"needed", "8 devices"}, {"free", "2"}}};
  EXPECT_EQ(withhold(reason, [](auto, auto) { return false; }), reason);
  EXPECT_EQ(withhold(reason, {}), reason);
  const Reason holder{ReasonCode::kBehindReservation,
                      {{"holder", "own-1"}, {"at", "2026-01-01T00:00:00Z"}}};
  EXPECT_EQ(withhold(holder, [](std::string_view key, auto) { return key == "workload"; }), holder);
}

}  // namespace
}  // namespace sillar
