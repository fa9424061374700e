#!/usr/bin/env bash
# docs-bindings.sh CACHE: the reference of each language, from Rust's docs, in target/reference: Python by pdoc, Swift by DocC.
# Kotlin's docs are KDoc in what ci/kotlin.sh generates; no Dokka is at hand here.
set -euo pipefail
cache=$1
cd "$(dirname "$0")/.."
target=$(realpath "${CARGO_TARGET_DIR:-target}")
out=$target/reference
rm -rf "$out"
mkdir -p "$out"

cargo build --locked -p walkbook-ffi
cargo build --locked -p uniffi-bindgen
FEATURES= ci/python.sh "$cache" "$target/bindings-reference/python"
venv=$target/bindings-reference/python/venv
"$venv/bin/pip" install --quiet --disable-pip-version-check pdoc==16.0.0
"$venv/bin/pdoc" --no-show-source --output-directory "$out/python" walkbook

package=$target/bindings-reference/swift
ci/swift.sh "$cache" "$package"
mkdir -p "$package/symbols"
ci/in-swift-root.sh "$cache/trixie" "$package" "$out" "
  swift build --target WalkbookCore --disable-sandbox -Xlinker -L/package/lib \
    -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc /package/symbols
  rm -f symbols/*@*.json
  /usr/libexec/swift/bin/docc convert --fallback-display-name WalkbookCore --fallback-bundle-identifier org.walkbook.core \
    --additional-symbol-graph-dir symbols --output-path /world/swift"
echo "docs: $out/python/walkbook.html, $out/swift (for a web server)"
