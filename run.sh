#!/usr/bin/env bash
# Sets up, builds and runs sillar.
#
#   ./run.sh              schedules the openb and the Philly trace of examples/data and reports what came of it
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
"$sillar" simulate openb --data examples/data/openb
"$sillar" simulate philly --data examples/data/philly
