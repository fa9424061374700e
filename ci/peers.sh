#!/usr/bin/env bash
# Installs the peers of `make bench-terrain` into a Python environment of its own: LKH (elkai) and OR-Tools.
set -euo pipefail
cache=$1

if ! "$cache/peers/bin/python" -c 'import elkai, ortools' 2>/dev/null; then
  echo "bench: installing elkai and ortools into $cache/peers"
  python3 -m venv "$cache/peers"
  "$cache/peers/bin/pip" install --quiet --disable-pip-version-check elkai==2.0.1 ortools==9.15.6755
fi
