# What the set-up scripts share: where we are, how we speak, when a step is already done.
# Sourced, never run. Each step leaves a stamp holding the hash of what it was made from,
# so a second run costs a moment and a changed lock file is noticed.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '· %s\n' "$*"; }

fail() {
  printf '\nSet-up stopped: %s\n' "$*" >&2
  exit 1
}

# fingerprint FILE… → one hash over names and contents
fingerprint() { sha256sum "$@" | sha256sum | cut -d' ' -f1; }

# done_before STAMP HASH → true when this very step was finished before
done_before() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# debian_install WHY PACKAGE… → installs with apt as root, otherwise says what to type
debian_install() {
  local why=$1
  shift
  command -v apt-get >/dev/null || fail "$why. Please install by hand: $*"
  [ "$(id -u)" = 0 ] || fail "$why. Please run: sudo apt-get install -y $*"
  say "$why: installing $*"
  local log
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if ! { apt-get -q update && apt-get -qy install --no-install-recommends "$@"; } \
    </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    fail "apt-get could not install $*"
  fi
  rm -f "$log"
}
