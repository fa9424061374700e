#!/usr/bin/env bash
# docs-bindings.sh CACHE: the reference of each language, from Rust's docs, in target/reference: Python by pdoc, Swift by DocC,
# Kotlin by the compiler's own parser. Fails where something that an app sees has no doc. Installs pdoc from PyPI; what else is
# missing, the scripts of the languages install.
set -euo pipefail
cache=$1
cd "$(dirname "$0")/.."
target=$(realpath "${CARGO_TARGET_DIR:-target}")
out=$target/reference work=$target/bindings/reference
rm -rf "$out"
mkdir -p "$out" "$work"

cargo build --locked -p walkbook-ffi
cargo build --locked -p uniffi-bindgen

FEATURES= ci/python.sh "$cache" "$work/python"
venv=$work/python/venv
if [ ! -x "$venv/bin/pdoc" ]; then
  echo "docs: installing pdoc into $venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check pdoc==16.0.0
fi
"$venv/bin/pdoc" --no-show-source --output-directory "$out/python" walkbook '!walkbook\._core'
installed=$(echo "$venv"/lib/python3*/site-packages/walkbook)
python3 bindings/trials/documented.py "$installed/_core/walkbook.py" "$installed"/{_phone,ids}.py

ci/kotlin-tools.sh "$cache"
rm -rf "$work/kotlin"
ci/generate.sh kotlin "$target/debug/libwalkbook.so" "$work/kotlin"
kotlin=$cache/kotlin/node_modules/kotlin-compiler
JAVA_OPTS=-Xmx2g "$kotlin/bin/kotlinc" -jvm-target 17 -nowarn -cp "$kotlin/lib/kotlin-compiler.jar" -d "$work/reference.jar" \
  bindings/trials/Reference.kt
# What is written by hand comes first: of one name, that is what an app uses.
java -cp "$work/reference.jar:$kotlin/lib/kotlin-compiler.jar:$kotlin/lib/kotlin-stdlib.jar" org.walkbook.trials.ReferenceKt \
  "$out/kotlin" $(find bindings/kotlin/src/main -name '*.kt') "$work/kotlin/org/walkbook/core/walkbook.kt"

ci/swift.sh "$cache" "$work/swift"
rm -rf "$work/swift/symbols"
mkdir -p "$work/swift/symbols"
ci/in-swift-root.sh "$cache/trixie" "$work/swift" "$out" "
  set -e
  swift build --target WalkbookCore --disable-sandbox -Xlinker -L/package/lib \
    -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc /package/symbols
  /usr/libexec/swift/bin/docc convert --fallback-display-name WalkbookCore --fallback-bundle-identifier org.walkbook.core \
    --additional-symbol-graph-dir symbols --output-path /world/swift"
python3 bindings/trials/documented.py "$work"/swift/symbols/WalkbookCore.symbols.json
echo "docs: $out/python/walkbook.html, $out/kotlin/index.html, $out/swift (for a web server)"
