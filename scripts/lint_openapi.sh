#!/usr/bin/env bash
# Lints the OpenAPI document of the API, with the linter that tests/openapi pins.
#
#   scripts/lint_openapi.sh install      puts the linter into build/openapi-lint, where it is not there yet
#   scripts/lint_openapi.sh SILLAR       lints what that program prints; any finding fails
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=build/openapi-lint
install() {
  cmp -s tests/openapi/package-lock.json "$folder/installed" && return
  rm -rf "$folder"
  mkdir -p "$folder"
  cp tests/openapi/package.json tests/openapi/package-lock.json "$folder"
  # Nothing of what it brings is run while it is installed.
  npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
  cp tests/openapi/package-lock.json "$folder/installed"
}

case "${1:-}" in
  install) install ;;
  '') sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2 ;;
  *)
    install
    document=$folder/openapi.json
    "$1" schema api >"$document"
    "$folder/node_modules/.bin/spectral" lint --ruleset tests/openapi/spectral.yaml --fail-severity hint "$document"
    ;;
esac
