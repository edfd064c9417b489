#!/usr/bin/env bash
# Builds the load recipes and runs them one after another; writes all their reports as one JSON array.
#
#   bench/run.sh [--out FILE] [RECIPE...]     FILE: build/bench.json unless given; no RECIPE: all, for example: l1 l5
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

out=build/bench.json
if [ "${1:-}" = --out ]; then
  out=${2:?--out needs a file}
  shift 2
fi

scripts/setup.sh test
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release
SILLAR_COMMIT=$(git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
export SILLAR_COMMIT

programs=()
if [ $# -gt 0 ]; then
  for recipe in "$@"; do programs+=("build/release/bench/bench_$recipe"); done
else
  for source in bench/bench_*.cpp; do
    [ -e "$source" ] || continue
    program=${source##*/}
    programs+=("build/release/bench/${program%.cpp}")
  done
fi
[ ${#programs[@]} -gt 0 ] || { echo "bench: there is no recipe" >&2; exit 1; }

mkdir -p "$(dirname "$out")"
part=$(mktemp)
trap 'rm -f "$part" "$out.part"' EXIT
separator='['
for program in "${programs[@]}"; do
  echo "bench: ${program##*/}" >&2
  # A recipe that does not reach its expected outcome fails, and so does the run: no half report.
  "$program" >"$part"
  { printf '%s\n' "$separator"; cat "$part"; } >>"$out.part"
  separator=','
done
echo ']' >>"$out.part"
mv "$out.part" "$out"
echo "bench: wrote $out" >&2
