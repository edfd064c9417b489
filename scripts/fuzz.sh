#!/usr/bin/env bash
# Replays a fuzzer's corpus, the same each time; with SILLAR_FUZZ_SECONDS set, goes on from there for that long with a new
# seed, keeping what it finds.
#
#   scripts/fuzz.sh FUZZER CORPUS FOUND
set -euo pipefail
fuzzer=$1 corpus=$2 found=$3/$(basename "$1")

how=(-runs=0)
if [ -n "${SILLAR_FUZZ_SECONDS:-}" ]; then
  how=(-max_total_time="$SILLAR_FUZZ_SECONDS")
else
  rm -rf "$found"
fi
mkdir -p "$found" "$found.failures"
folders=("$found")
[ ! -d "$corpus" ] || folders+=("$corpus")
"$fuzzer" "${how[@]}" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found.failures/" "${folders[@]}" || {
  echo "fuzz: replay with: $fuzzer $found.failures/NAME (the name is above)" >&2
  exit 1
}
