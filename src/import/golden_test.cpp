// The corpora of the fuzzers, held against what the readers made of them when somebody looked.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "import/import.h"
#include "import/import_fixture.h"

namespace sillar {
namespace {

namespace fs = std::filesystem;

class Golden : public testing::TestWithParam<Source> {};

// With SILLAR_WRITE_GOLDEN set it is written.
TEST_P(Golden, CorpusIsReadAsBefore) {
  const std::string source(source_name(GetParam()));
  const fs::path golden = fs::path("src/import/golden") / source;
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator("src/import/corpus/" + source + "_fuzz")) {
    const std::string file = entry.path().filename().string();
    const std::string text = *read_file(entry.path().string());
    const Result<Source> recognised = recognise_source(file, text);
    ASSERT_TRUE(recognised) << recognised.error().message;
    EXPECT_EQ(*recognised, GetParam()) << file;
    const Result<Imported> imported = import_text(GetParam(), file, text, {});
    const std::string got = imported ? workloads_text(*imported) + "---\n" + notes_text(*imported)
                                     : imported.error().message + "\n";
    if (imported) {
      EXPECT_EQ(complaints_about(*imported), "") << file;
    }
    const fs::path path = golden / (file + ".txt");
    if (std::getenv("SILLAR_WRITE_GOLDEN") != nullptr) {
      std::ofstream(path, std::ios::binary) << got;
    } else {
      const Result<std::string> wanted = read_file(path.string());
      EXPECT_EQ(got, wanted ? *wanted : wanted.error().message) << file;
    }
    ++count;
  }
  EXPECT_GE(count, 10U) << "run in the repository's root";
}

INSTANTIATE_TEST_SUITE_P(Sources, Golden,
                         testing::Values(Source::kSbatch, Source::kKubernetes, Source::kSkypilot,
                                         Source::kDstack),
                         [](const auto& source) { return std::string(source_name(source.param)); });

}  // namespace
}  // namespace sillar
