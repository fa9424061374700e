#!/usr/bin/env bash
# swift.sh CACHE OUT [PROFILE]: the Swift package of the bindings in OUT, complete with what is generated and the library, and a
# root to build it in. What was built there before is kept.
set -euo pipefail
cache=$1 out=$2 profile=${3:-debug}
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
ci/swift-root.sh "$cache/trixie"
rm -rf "$out"/{generated,Sources,Tests,Benches}
mkdir -p "$out"/{lib,Sources/WalkbookCoreFFI}
cp -rp bindings/swift/. "$out/"
ci/generate.sh swift "$target/$profile/libwalkbook.so" "$out/generated"
cp "$out/generated/WalkbookCore.swift" "$out/Sources/WalkbookCore/"
cp "$out/generated/WalkbookCoreFFI.h" "$out/Sources/WalkbookCoreFFI/"
printf 'module WalkbookCoreFFI {\n    header "WalkbookCoreFFI.h"\n    export *\n    link "walkbook"\n}\n' \
  >"$out/Sources/WalkbookCoreFFI/module.modulemap"
# The lines with which the README begins, for a test to call.
{
  printf 'import %s\n' Foundation WalkbookCore
  echo 'func tenLines(folder: String, keys: URL, invitation: String) async throws {'
  ci/first-lines.sh bindings/swift/README.md
  echo '}'
} >"$out/Tests/WalkbookCoreTests/TenLines.swift"
cp "$target/$profile/libwalkbook.so" "$out/lib/"
