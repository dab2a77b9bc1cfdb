#!/usr/bin/env bash
# The Python environment in .venv: the machine's Python 3.11 or newer, the locked libraries
# (every file checked against its hash), and this project itself, installed in place.
. "$(dirname "$0")/common.sh"

find_python() {
  local name
  for name in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  return 1
}

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python=$(find_python) || {
    debian_install "No Python 3.11 or newer" python3 python3-venv
    python=$(find_python) || fail "Python 3.11 or newer is needed, and Debian's is older."
  }
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    debian_install "Python cannot make environments" python3-venv
  say "making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
fi

pip=(.venv/bin/python -m pip --disable-pip-version-check -qq)

hash=$(fingerprint requirements-dev.lock)
if ! done_before .venv/.libraries "$hash"; then
  say "installing the locked Python libraries (a minute or two the first time)"
  "${pip[@]}" install --require-hashes --requirement requirements-dev.lock </dev/null
  echo "$hash" >.venv/.libraries
fi

# Nothing is fetched here: the build tool is among the locked libraries.
hash=$(fingerprint pyproject.toml)
if ! done_before .venv/.project "$hash"; then
  say "installing the menqian command"
  "${pip[@]}" install --no-deps --no-build-isolation --no-index --editable . </dev/null
  echo "$hash" >.venv/.project
fi
