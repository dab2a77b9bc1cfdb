#!/usr/bin/env bash
# Writes the lock files anew: what pyproject.toml and package.json ask for, at the newest
# releases that fit. Neither names where the packages came from, and only files that every
# registry has are hashed: folders and extra indexes of this machine are left out of sight.
. "$(dirname "$0")/common.sh"

compile=(env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null
  CUSTOM_COMPILE_COMMAND="make lock"
  .venv/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options)

say "locking what the service runs with"
"${compile[@]}" --output-file=requirements.lock pyproject.toml
say "locking what tests and tools need besides"
"${compile[@]}" --extra=dev --constraint=requirements.lock \
  --output-file=requirements-dev.lock pyproject.toml
say "locking npm packages"
npm install --package-lock-only --silent
