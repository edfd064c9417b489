#pragma once

// Amounts and names as other tools write them. Internal to import.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sillar {

// An amount in whole units, rounded up where it is finer.
struct Rounded {
  std::int64_t units = 0;
  bool exact = true;
};

// Kubernetes' quantities: 1.5, 500m, 2Gi, 1e3, 10E. In units of 1/`per_one`. Nothing for what is
// none, is negative, or more than can be counted (kResourceMax).
[[nodiscard]] std::optional<Rounded> quantity(std::string_view text, std::int64_t per_one);

// Slurm's times: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S. 0: no limit, as are UNLIMITED and INFINITE.
[[nodiscard]] std::optional<Duration> slurm_time(std::string_view text);
// Slurm's memory: a whole number with K, M, G or T, which are powers of 1024; M without one.
[[nodiscard]] std::optional<std::int64_t> slurm_bytes(std::string_view text);

// "90", "30s", "5m", "2h", "1d", "1w": a whole number and at most one unit, `plain` without one.
[[nodiscard]] std::optional<Duration> simple_duration(std::string_view text, Duration plain);

// A decimal with MB, GB, TB (and KB, PB), which are powers of 1024; GB without one. Rounded up to
// bytes.
[[nodiscard]] std::optional<std::int64_t> gigabytes(std::string_view text);

// What a fleet calls a kind of accelerator, by convention: small letters, without its maker, of its
// variants the memory where that tells cards apart: "NVIDIA-A100-SXM4-80GB" is a100-80gb,
// "nvidia-tesla-t4" t4. Not a name (model/names.h): empty.
[[nodiscard]] std::string class_of(std::string_view type);
// Whether a card of this kind is known by name.
[[nodiscard]] bool is_known_accelerator(std::string_view type);
// "1g.10gb" at the end of "mig-1g.10gb" or "a100_1g.10gb"; empty when there is none.
[[nodiscard]] std::string mig_profile_of(std::string_view type);

// A whole number without a sign, at most `max`.
[[nodiscard]] std::optional<std::int64_t> whole(std::string_view text, std::int64_t max);

}  // namespace sillar
