#!/usr/bin/env bash
# What the first page of the README promises, as a user would do it: ./run.sh is started, becomes ready, takes real work
# from another process, runs it, bills it, refuses what its budget cannot pay, is killed and is there again.
#
#   run_sh.sh            run from the repository's root
set -euo pipefail
export LC_ALL=C
say() { printf 'run_sh: %s\n' "$*"; }
die() { printf 'run_sh: %s\n' "$*" >&2; cat "$folder/err" >&2; exit 1; }

folder=$(mktemp -d)
chmod 755 "$folder" # Commands run as somebody else where root tests this.
pid=
end() {
  if [ -n "$pid" ]; then kill -KILL "$pid" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap end EXIT

# Sets pid and SILLAR_SERVER when the demo says where it serves.
start() {
  mkfifo "$folder/ready"
  ./run.sh demo --data "$folder/data" --listen 127.0.0.1:0 >"$folder/ready" 2>>"$folder/err" &
  pid=$!
  read -r SILLAR_SERVER <"$folder/ready" || die "it did not start"
  rm "$folder/ready"
  export SILLAR_SERVER
}

start
SILLAR_TOKEN=$(cat "$folder/data/first-token")
export SILLAR_TOKEN
sillar=build/release/src/cli/sillar

# await PROJECT PATTERN NUMBER: until so many events of the project match.
await() {
  local line seen=0 source
  exec {events}< <(exec "$sillar" events -w --project "$1" --after 0.0 2>>"$folder/err")
  source=$!
  while [ "$seen" -lt "$3" ] && read -r -u "$events" line; do
    [[ $line =~ $2 ]] && seen=$((seen + 1))
  done
  exec {events}<&-
  kill "$source" 2>/dev/null || true
  [ "$seen" -eq "$3" ] || die "there were only $seen events '$2' of $1"
}

# The shell of the command is to see the variable, not this one.
# shellcheck disable=SC2016
"$sillar" submit --gpus 2 --name first --project default -- sh -c 'echo on $CUDA_VISIBLE_DEVICES' 2>/dev/null
await default '"finished","task":"first/0"' 1
"$sillar" get workloads --project default | grep -q 'first .*Succeeded' || die "it did not succeed"
"$sillar" logs first | grep -q '^on 0,1$' || die "its output is not there"
"$sillar" cost -o csv | grep -q '^default,' || die "nobody pays for it"
say "a command ran and is paid for"

code=0
"$sillar" submit --gpus 8 --name dear --project default -- sleep 1000 2>"$folder/refusal" || code=$?
[ "$code" -eq 5 ] || die "what the budget cannot pay ended with $code"
grep -q 'budget' "$folder/refusal" || die "the refusal does not name the budget"
say "a hard budget refuses"

await acme '"confirmed"' 50
say "the demo fleet is busy"

kill -KILL "$pid"
wait "$pid" 2>/dev/null || true
start
"$sillar" get workloads --project default | grep -q 'first .*Succeeded' || die "it is forgotten"
say "it is there again after a kill"

kill -INT "$pid"
wait "$pid" || die "it did not end well"
pid=
say "it ends when it is told to"
