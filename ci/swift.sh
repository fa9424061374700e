#!/usr/bin/env bash
# swift.sh CACHE OUT: the Swift package of the bindings in OUT, complete with what is generated and the library, and a root to
# build it in. What was built there before is kept.
set -euo pipefail
cache=$1 out=$2
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
ci/swift-root.sh "$cache/trixie"
mkdir -p "$out/lib" "$out/Sources/WalkbookCoreFFI"
rm -rf "$out/generated"
cp -r bindings/swift/. "$out/"
"$target/debug/walkbook-bindgen" generate "$target/debug/libwalkbook.so" -l swift --no-format -o "$out/generated" >/dev/null
put() { cmp -s "$1" "$2" || cp "$1" "$2"; }
put "$out/generated/WalkbookCore.swift" "$out/Sources/WalkbookCore/WalkbookCore.swift"
put "$out/generated/WalkbookCoreFFI.h" "$out/Sources/WalkbookCoreFFI/WalkbookCoreFFI.h"
printf 'module WalkbookCoreFFI {\n    header "WalkbookCoreFFI.h"\n    export *\n    link "walkbook"\n}\n' \
  >"$out/Sources/WalkbookCoreFFI/module.modulemap"
put "$target/debug/libwalkbook.so" "$out/lib/libwalkbook.so"
