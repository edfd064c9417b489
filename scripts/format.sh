#!/usr/bin/env bash
# Lays out all C++ code with clang-format; with --check says what is out of shape and changes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

how=(-i)
[ "${1:-}" != --check ] || how=(--dry-run -Werror)
find src tests bench \( -name '*.h' -o -name '*.cpp' \) -print0 | xargs -0 clang-format-19 "${how[@]}" --
