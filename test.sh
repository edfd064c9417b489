#!/usr/bin/env bash
# Sets up, builds and runs the tests; ends with one CTest summary over all of them.
#
#   ./test.sh                 everything: the dev build, the address and undefined-behaviour sanitizers, the fuzzers' corpora,
#                             the house rules, layout and clang-tidy
#   ./test.sh --quick         the dev build without clang-tidy
#   ./test.sh --asan          the sanitizer build alone
#   ./test.sh --tsan          the thread sanitizer build alone
#   ./test.sh --fuzz SECONDS  every fuzzer for that long, from a new seed
#   ./test.sh ... -- ARGS     hands ARGS to ctest, for example -- -R schedule
#
# Property tests try the same cases each time; RC_PARAMS="seed=N max_success=5000" or RC_PARAMS="" makes them try others.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; }
presets=()
ctest_args=()
while [ $# -gt 0 ]; do
  case "$1" in
    --quick) presets+=(dev); ctest_args+=(-LE slow) ;;
    --asan) presets+=(asan-ubsan) ;;
    --tsan) presets+=(tsan) ;;
    --fuzz)
      [[ "${2:-}" =~ ^[1-9][0-9]*$ ]] || { usage >&2; exit 2; }
      export SILLAR_FUZZ_SECONDS=$2
      presets+=(asan-ubsan); ctest_args+=(-L fuzz); shift ;;
    --) shift; ctest_args+=("$@"); break ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done
[ ${#presets[@]} -gt 0 ] || presets=(dev asan-ubsan)

scripts/setup.sh test
[[ " ${presets[*]} " != *" dev "* ]] || scripts/lint_openapi.sh install
for preset in "${presets[@]}"; do
  echo "test: building $preset"
  cmake --preset "$preset" --log-level=WARNING >/dev/null
  cmake --build --preset "$preset"
done
echo "test: built in ${SECONDS} s"

# One CTest run over all the builds, so that one summary covers them.
mkdir -p build/all
for preset in "${presets[@]}"; do echo "subdirs(\"$PWD/build/$preset\")"; done >build/all/CTestTestfile.cmake

export PATH=/usr/lib/llvm-19/bin:$PATH  # The sanitizers look for llvm-symbolizer there.
export UBSAN_OPTIONS=print_stacktrace=1
export RC_PARAMS=${RC_PARAMS-seed=1}
run=(ctest)
if [[ " ${presets[*]} " == *" tsan "* ]] && setarch -R true 2>/dev/null; then
  run=(setarch -R ctest)  # The thread sanitizer cannot map its shadow under every address layout.
fi
exec "${run[@]}" --test-dir build/all --parallel "$(nproc)" --timeout 900 --output-on-failure --no-label-summary \
  --no-tests=error "${ctest_args[@]}"
