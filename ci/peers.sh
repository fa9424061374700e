#!/usr/bin/env bash
# Installs the peers of `make bench-terrain` into a Python environment of its own: LKH (elkai),
# OR-Tools, METIS (pymetis) and k-means-constrained, with SciPy for what they want to be given.
set -euo pipefail
cache=$1

if ! "$cache/peers/bin/python" -c 'import elkai, ortools, pymetis, k_means_constrained, scipy' 2>/dev/null; then
  echo "bench: installing elkai, ortools, pymetis, k-means-constrained and scipy into $cache/peers"
  python3 -m venv "$cache/peers"
  "$cache/peers/bin/pip" install --quiet --disable-pip-version-check elkai==2.0.1 ortools==9.15.6755 \
    pymetis==2025.2.2 k-means-constrained==0.9.1 scipy==1.17.1
fi
