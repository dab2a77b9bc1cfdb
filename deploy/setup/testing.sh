#!/usr/bin/env bash
# What only the tests need: a browser, poppler, and PostgreSQL programs unless a server is there.
. "$(dirname "$0")/common.sh"

have() { .venv/bin/python -m tests.provision "$1"; }

have chromium ||
  debian_install "No Chromium for the browser tests" chromium

.venv/bin/playwright --version >/dev/null 2>&1 ||
  debian_install "Playwright's driver misses a library" libatomic1

have postgres ||
  debian_install "No PostgreSQL for the tests" postgresql

have poppler ||
  debian_install "No poppler to look at sealed papers with other eyes" poppler-utils
