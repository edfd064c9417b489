#!/usr/bin/env bash
# Sets up, builds and runs sillar.
#
#   ./run.sh              decides over the first example and shows what came of it
#   ./run.sh VERB ...     builds, then runs `sillar VERB ...` in the caller's folder
set -euo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD

scripts/setup.sh build
cmake --preset release --log-level=WARNING >/dev/null
grep -q '^build sillar:' build/release/build.ninja && target=sillar || target=all
cmake --build --preset release --target "$target"
sillar=$root/build/release/src/cli/sillar
if [ ! -x "$sillar" ]; then
  echo "run: the libraries are built; the command line is not there yet."
  exit 0
fi

if [ $# -gt 0 ]; then
  cd "$here"
  exec "$sillar" "$@"
fi
"$sillar" decide examples/scenarios/first.yaml
