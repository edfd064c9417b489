#!/usr/bin/env bash
# Sets up, builds and runs sillar.
#
#   ./run.sh              serves this machine and a demo fleet that real traces keep busy, until Ctrl-C
#   ./run.sh demo ...     the same with flags; ./run.sh demo --help lists them
#   ./run.sh traces       schedules the Philly and the openb trace of examples/data and shows what came of it
#   ./run.sh VERB ...     builds, then runs `sillar VERB ...` in the caller's folder
set -euo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
root=$PWD

scripts/setup.sh build
cmake --preset release --log-level=WARNING >/dev/null
# What the build says is no part of what a verb answers.
cmake --build --preset release --target sillar >&2
sillar=$root/build/release/src/cli/sillar

case "${1:-demo}" in
  demo)
    [ $# -gt 0 ] && shift
    cd "$here"
    export SILLAR_COMMAND=./run.sh # What it tells people to type.
    exec "$sillar" demo --examples "$root/examples" "$@" ;;
  traces) ;;
  *)
    cd "$here"
    exec "$sillar" "$@" ;;
esac
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
