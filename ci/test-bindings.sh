#!/usr/bin/env bash
# test-bindings.sh CACHE: the phone in Kotlin, Swift and Python, before a real server over TLS. Each language runs its tests and
# lives the field day of its example; then all three hold, byte for byte, the same doors.
set -euo pipefail
cache=$1
cd "$(dirname "$0")/.."
target=$(realpath "${CARGO_TARGET_DIR:-target}")
out=$target/bindings
mkdir -p "$out"

cargo build --locked -p walkbook-ffi --features trials
cargo build --locked -p uniffi-bindgen
cargo build --locked -p walkbook-server
ci/python.sh "$cache" "$out/python"
ci/kotlin.sh "$cache" "$out/kotlin"
ci/swift.sh "$cache" "$out/swift"

world=$(mktemp -d)
stop() {
  xargs -r kill <"$world/pid" 2>/dev/null || true
  rm -rf "$world"
}
trap stop EXIT
SERVER=$target/debug/walkbook-server bindings/trials/world.sh "$world"
export WALKBOOK_WORLD=$world

python() { "$out/python/venv/bin/python" "$@"; }
kotlin() { java -Djna.library.path="$target/debug" -cp "$(cat "$out/kotlin/classpath")" "$@"; }
swift() { ci/in-swift-root.sh "$cache/trixie" "$out/swift" "$world" "$1"; }

python bindings/trials/docs.py "$out"/{kotlin/generated/org/walkbook/core/walkbook.kt,swift/generated/WalkbookCore.swift} \
  "$out"/python/venv/lib/python3*/site-packages/walkbook/_core/walkbook.py

echo "== Python"
python -m pytest -q --no-header -p no:cacheprovider bindings/python/tests
echo "== Kotlin"
kotlin org.junit.platform.console.ConsoleLauncher --scan-classpath "$out/kotlin/walkbook.jar" --disable-banner \
  --disable-ansi-colors --fail-if-no-tests --details=tree
echo "== Swift"
swift "swift build --build-tests --disable-sandbox -Xlinker -L/package/lib && swift test --skip-build --disable-sandbox"

echo "== One list, three phones"
# Each lives its day; then each syncs once more, and has what the others have.
live() {
  python bindings/python/examples/field_day.py "$world/python" ${1:+"$(cat "$world/invitations/python-day")"} >"$world/python.txt"
  kotlin org.walkbook.examples.FieldDayKt "$world/kotlin" ${1:+"$(cat "$world/invitations/kotlin-day")"} >"$world/kotlin.txt"
  swift ".build/debug/FieldDay /world/swift ${1:+\$(cat /world/invitations/swift-day)}" >"$world/swift.txt"
}
live day
head -n 5 "$world"/{python,kotlin,swift}.txt
for language in python kotlin swift; do
  grep -q "0 entries are only on this phone" "$world/$language.txt"
done
live ""
for language in python kotlin swift; do
  grep '^door_' "$world/$language.txt" >"$world/$language.doors"
done
cmp "$world/python.doors" "$world/kotlin.doors"
cmp "$world/python.doors" "$world/swift.doors"
echo "bindings: $(wc -l <"$world/python.doors") doors, byte for byte the same on three phones"
