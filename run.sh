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
cmake --build --preset release --target sillar
sillar=$root/build/release/src/cli/sillar

if [ $# -gt 0 ]; then
  cd "$here"
  exec "$sillar" "$@"
fi
"$sillar" decide examples/scenarios/first.yaml
