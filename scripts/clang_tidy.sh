#!/usr/bin/env bash
# Runs clang-tidy's short list (.clang-tidy) over the sources that a build folder compiles.
#
#   scripts/clang_tidy.sh BUILD [FILE...]    all product code and load recipes when no file is named; tests cost as much
#                                            again, through the macros of GoogleTest, and find little
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=$1
shift
if [ $# -eq 0 ]; then
  # Only what this build compiles: clang-tidy guesses the flags of anything else.
  mapfile -d '' -t files < <(find src bench -name '*.cpp' ! -name '*_test.cpp' ! -name '*_fuzz.cpp' ! -name '*_bench.cpp' -print0 | sort -z)
  for file in "${files[@]}"; do
    ! grep -qF "/$file\"" "$build/compile_commands.json" || set -- "$@" "$file"
  done
fi
printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-19 -p "$build" --quiet 2> >(grep -v ' warnings\? generated' >&2)
