#!/usr/bin/env bash
# Installs what building (and, on request, testing) sillar needs that is not there yet: Debian packages, nothing else.
#
#   scripts/setup.sh build    what ./run.sh needs
#   scripts/setup.sh test     that, and what ./test.sh needs
#
# Needs root or sudo only when something is missing. docs/DEPENDENCIES.md says what each package is for; the lists here
# are the ones that count.
set -euo pipefail

build_packages=(clang-19 lld-19 cmake ninja-build
  libfmt-dev libexpected-dev libyaml-cpp-dev libxxhash-dev libcli11-dev
  libsqlite3-dev libssl-dev libboost1.81-dev)
test_packages=(ccache clang-tidy-19 clang-format-19 libclang-rt-19-dev llvm-19
  libgtest-dev librapidcheck-dev libbenchmark-dev)
lint_packages=(nodejs npm)  # Where there is no npm: other makers' packages of it are as good.

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

case "${1:-}" in
  build) wanted=("${build_packages[@]}") ;;
  test)
    wanted=("${build_packages[@]}" "${test_packages[@]}")
    command -v npm >/dev/null || wanted+=("${lint_packages[@]}")
    ;;
  *) die "usage: scripts/setup.sh build|test" ;;
esac

if ! command -v dpkg-query >/dev/null; then
  # Not Debian: nothing to install with. CMake names what it cannot find.
  command -v clang++-19 >/dev/null && command -v cmake >/dev/null && command -v ninja >/dev/null && exit 0
  die "this system has no dpkg and lacks clang++-19, cmake or ninja. Install what docs/DEPENDENCIES.md lists, then run this again."
fi

installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
  sed -n 's/^installed //p') || true
missing=()
for package in "${wanted[@]}"; do
  grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

by_hand="As root, run: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -eq 0 ]; then
  as_root=(env)
elif command -v sudo >/dev/null; then
  # Without a terminal nobody can type a password.
  if [ -t 0 ] && [ -z "${CI:-}" ]; then as_root=(sudo env); else as_root=(sudo -n env); fi
else
  die "neither root nor sudo. $by_hand"
fi
say "installing Debian packages: ${missing[*]}"
# Here a password is asked for; apt's own words are kept back below.
"${as_root[@]}" true || die "sudo does not let $(id -un) install them. $by_hand"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" \
    </dev/null >"$log" 2>&1 && return 0
  cat "$log" >&2
  return 1
}
# A source of somebody else's that is broken must not stop us; a package that is missing does.
apt update || say "apt-get update complained (above); going on with the lists that are there" >&2
apt install --yes --no-install-recommends "${missing[@]}" || die "apt-get install failed; the lines above are its own"
say "done in ${SECONDS} s"
