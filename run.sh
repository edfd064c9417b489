#!/usr/bin/env bash
# Sets up, builds and runs sillar.
#
#   ./run.sh              schedules the Philly and the openb trace of examples/data and shows what came of it
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
"$sillar" simulate --trace examples/data/philly/philly_jobs.csv --format philly --gpus 512 \
  --prices examples/data/gpu-prices/catalog.csv
echo
"$sillar" simulate --trace examples/data/openb/openb_pod_list_default.csv --format openb \
  --nodes examples/data/openb/openb_node_list_gpu_node.csv --compress 100
