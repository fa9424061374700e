#!/usr/bin/env bash
# python.sh CACHE OUT [PROFILE]: a wheel of the bindings, installed into a Python environment of its own in OUT, with pytest.
# Installs maturin (into CACHE/wheels) and pytest from PyPI. FEATURES are the library's: those of the trials, if nothing is said.
set -euo pipefail
cache=$1 out=$2 profile=${3:-debug}
cd "$(dirname "$0")/.."
target=$(realpath "${CARGO_TARGET_DIR:-target}")
if [ ! -x "$cache/wheels/bin/maturin" ]; then
  echo "python: installing maturin into $cache/wheels"
  python3 -m venv "$cache/wheels"
  "$cache/wheels/bin/pip" install --quiet --disable-pip-version-check maturin==1.9.6
fi
mkdir -p "$out/bin"
# maturin asks for the generator by this name. What was there before may be a link.
rm -f "$out/bin/uniffi-bindgen"
printf '#!/usr/bin/env bash\nexec %q %q "$@"\n' "$PWD/ci/generate-python.sh" "$target/debug/walkbook-bindgen" >"$out/bin/uniffi-bindgen"
chmod +x "$out/bin/uniffi-bindgen"
rm -rf "$out/wheel"
(cd bindings/python && PATH=$out/bin:$PATH "$cache/wheels/bin/maturin" build --quiet --features "${FEATURES-trials}" \
  --profile "${profile/debug/dev}" --compatibility linux --auditwheel skip --out "$out/wheel")
if [ ! -x "$out/venv/bin/pytest" ]; then
  echo "python: installing pytest into $out/venv"
  python3 -m venv "$out/venv"
  "$out/venv/bin/pip" install --quiet --disable-pip-version-check pytest==8.4.2
fi
"$out/venv/bin/pip" install --quiet --disable-pip-version-check --force-reinstall --no-deps "$out"/wheel/*.whl
