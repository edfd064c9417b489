#!/usr/bin/env bash
# Runs one simulation twice, from different folders and with environments of different sizes, so that stack, heap and paths
# lie elsewhere; fails unless every recorded byte, facts and snapshots, is equal.
#
#   scripts/equal_runs.sh SILLAR
set -euo pipefail
sillar=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/near" "$folder/a/folder/much/further/down"
head -n 4000 examples/data/philly/philly_jobs.csv > "$folder/trace.csv"
catalog=$PWD/examples/data/gpu-prices/catalog.csv

simulate() {
  (cd "$1" && env -i "PATH=$PATH" "${@:2}" "$sillar" simulate --trace "$folder/trace.csv" --format philly --gpus 256 \
    --prices "$catalog" --device-mtbf 200d --device-repair 4h --record run --quiet --output json > answer.json)
}
simulate "$folder/near"
simulate "$folder/a/folder/much/further/down" "PADDING=$(printf 'x%.0s' {1..50000})" MALLOC_PERTURB_=165

[ -e "$folder/near/run/snapshot-10000.bin" ] || { echo "equal_runs: the run is too short to have a snapshot" >&2; exit 1; }
diff -rq "$folder/near/run" "$folder/a/folder/much/further/down/run"
"$sillar" replay "$folder/near/run" --quiet
