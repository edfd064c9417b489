#include "import/amounts.h"

#include <gtest/gtest.h>

#include <array>

namespace sillar {
namespace {

TEST(Amounts, QuantitiesOfKubernetesAreExact) {
  struct Case {
    std::string_view text;
    std::int64_t per_one;
    std::int64_t units;
    bool exact;
  };
  for (const Case& c : std::to_array<Case>({{"1", 1000, 1000, true},
                                            {"0.1", 1000, 100, true},
                                            {"500m", 1000, 500, true},
                                            {"100u", 1000, 1, false},
                                            {"1n", 1000, 1, false},
                                            {"1k", 1, 1000, true},
                                            {"1Ki", 1, 1024, true},
                                            {"123Mi", 1, 128'974'848, true},
                                            {"129M", 1, 129'000'000, true},
                                            {"129e6", 1, 129'000'000, true},
                                            {"128974848000m", 1, 128'974'848, true},
                                            {"1500m", 1, 2, false},
                                            {"1.5Gi", 1, 1'610'612'736, true},
                                            {"1E", 1, 1'000'000'000'000'000'000, true},
                                            {"1Ei", 1, std::int64_t{1} << 60, true},
                                            {"1e3", 1, 1000, true},
                                            {"1E3", 1, 1000, true},
                                            {"12e-1", 1, 2, false},
                                            {"+5", 1, 5, true},
                                            {".5k", 1, 500, true},
                                            {"5.", 1, 5, true}})) {
    const auto amount = quantity(c.text, c.per_one);
    ASSERT_TRUE(amount) << c.text;
    EXPECT_EQ(amount->units, c.units) << c.text;
    EXPECT_EQ(amount->exact, c.exact) << c.text;
  }
  for (std::string_view bad : {"", "-1", "1.2.3", "1Kib", "Ki", "1e", "1 Gi", "2Ei", "1e99", "x",
                               "99999999999999999999999999999999999999999"})
    EXPECT_FALSE(quantity(bad, 1)) << bad;
}

TEST(Amounts, SizesInGigabytesHaveBaseTwo) {
  EXPECT_EQ(gigabytes("32"), std::int64_t{32} << 30);
  EXPECT_EQ(gigabytes("0.5"), std::int64_t{1} << 29);
  EXPECT_EQ(gigabytes("1024MB"), std::int64_t{1} << 30);
  EXPECT_EQ(gigabytes("2 TB"), std::int64_t{2} << 40);
  EXPECT_EQ(gigabytes("1e3"), std::int64_t{1000} << 30);
  EXPECT_FALSE(gigabytes("much"));
  EXPECT_FALSE(gigabytes("GB"));
  EXPECT_FALSE(gigabytes("-1"));
}

TEST(Amounts, DurationsHaveAtMostOneUnit) {
  EXPECT_EQ(simple_duration("90", Duration::seconds(1)), Duration::seconds(90));
  EXPECT_EQ(simple_duration("90", Duration::minutes(1)), Duration::minutes(90));
  EXPECT_EQ(simple_duration("2w", Duration::seconds(1)), Duration::hours(2 * 7 * 24));
  EXPECT_EQ(simple_duration("3 d", Duration::seconds(1)), Duration::hours(72));
  for (std::string_view bad : {"", "h", "1h30m", "-1h", "1y", "99999999w"})
    EXPECT_FALSE(simple_duration(bad, Duration::seconds(1))) << bad;
}

TEST(Amounts, CardsAreCalledAsFleetsCallThem) {
  struct Case {
    std::string_view type;
    std::string_view name;
  };
  for (const Case& c : std::to_array<Case>({{"H100", "h100"},
                                            {"NVIDIA-H100-80GB-HBM3", "h100"},
                                            {"nvidia_h100_80gb_hbm3", "h100"},
                                            {"A100-80GB", "a100-80gb"},
                                            {"NVIDIA-A100-SXM4-80GB", "a100-80gb"},
                                            {"NVIDIA-A100-SXM4-40GB", "a100"},
                                            {"nvidia-tesla-t4", "t4"},
                                            {"Tesla V100-SXM2-32GB", "v100-32gb"},
                                            {"V100", "v100"},
                                            {"nvidia-h100-mega-80gb", "h100"},
                                            {"L40S", "l40s"},
                                            {"MI300X", "mi300x"},
                                            {"AMD Instinct MI250", "mi250"},
                                            {"tpu-v5e-8", "tpu-v5e-8"},
                                            {"", ""}}))
    EXPECT_EQ(class_of(c.type), c.name) << c.type;
  EXPECT_EQ(mig_profile_of("mig-1g.10gb"), "1g.10gb");
  EXPECT_EQ(mig_profile_of("a100_3g.20gb"), "3g.20gb");
  EXPECT_EQ(mig_profile_of("a100"), "");
  EXPECT_EQ(mig_profile_of("g.gb"), "");
}

}  // namespace
}  // namespace sillar
