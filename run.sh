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
echo "Philly: its jobs as they arrived, on 512 GPUs. What is evicted takes 30 s to start again."
echo
"$sillar" simulate --trace examples/data/philly/philly_jobs.csv --format philly --gpus 512 \
  --prices examples/data/gpu-prices/catalog.csv
cat <<'END'

openb: its pods as they arrived, on 4 of its 1,213 machines, 20 GPUs. On all of them nobody would wait: no more than 66 of
6,212 GPUs are ever busy. A few pods run for months, so the end comes long after the last arrival. What is evicted takes
30 s to start again.

END
"$sillar" simulate --trace examples/data/openb/openb_pod_list_default.csv --format openb \
  --fleet examples/fleets/openb-corner.yaml --restart 30s
