#!/usr/bin/env bash
# generate-python.sh BINDGEN ARGUMENT…: what maturin calls as uniffi-bindgen. The Python that is generated gets the docs and types
# of its records' fields, which Swift's has.
set -euo pipefail
bindgen=$1
shift
"$bindgen" "$@"
[ "${1:-}" = generate ] || exit 0

swift=$(mktemp -d)
trap 'rm -rf "$swift"' EXIT
arguments=("$@")
for at in "${!arguments[@]}"; do
  case ${arguments[at]} in
  --out-dir) out=${arguments[at + 1]} arguments[at + 1]=$swift ;;
  python) arguments[at]=swift ;;
  esac
done
"$bindgen" "${arguments[@]}" >/dev/null
python3 "$(dirname "$0")/python-fields.py" "$swift"/*.swift "$out"/*.py
