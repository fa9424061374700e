#!/usr/bin/env bash
# test-bindings.sh CACHE [LANGUAGE…]: the phone in Python, Kotlin and Swift, before a real server over TLS. Each language runs its
# tests and lives the field day of its example; then all hold, byte for byte, the same doors. Where no language is named, Swift
# is left out, with a word of it, on a machine that does not let its root be made.
set -euo pipefail
cache=$1
shift
cd "$(dirname "$0")/.."
languages=("$@")
if [ $# -eq 0 ]; then
  languages=(python kotlin)
  made=0
  ci/swift-root.sh "$cache/trixie" || made=$?
  case $made in
  0) languages+=(swift) ;;
  3) echo "bindings: Swift is NOT tested here" >&2 ;;
  *) exit "$made" ;;
  esac
fi
target=$(realpath "${CARGO_TARGET_DIR:-target}")
out=$target/bindings
mkdir -p "$out"

cargo build --locked -p walkbook-ffi --features trials
cargo build --locked -p uniffi-bindgen
cargo build --locked -p walkbook-server
for language in "${languages[@]}"; do "ci/$language.sh" "$cache" "$out/$language"; done

world=$(mktemp -d)
stop() {
  xargs -r kill <"$world/pid" 2>/dev/null || true
  rm -rf "$world"
}
trap stop EXIT
SERVER=$target/debug/walkbook-server bindings/trials/world.sh "$world"
export WALKBOOK_WORLD=$world

python() { "$out/python/venv/bin/python" "$@"; }
# All of the heap is there from the start: what grows beside it was left behind.
kotlin() { java -Xms256m -Xmx256m -XX:+AlwaysPreTouch -Djna.library.path="$target/debug" -cp "$(cat "$out/kotlin/classpath")" "$@"; }
swift() { ci/in-swift-root.sh "$cache/trixie" "$out/swift" "$world" "$1"; }

test_python() {
  python bindings/trials/docs.py "$out"/python/venv/lib/python3*/site-packages/walkbook/_core/walkbook.py
  python -m pytest -q --no-header -p no:cacheprovider bindings/python/tests
}
test_kotlin() {
  python3 bindings/trials/docs.py "$out/kotlin/generated/org/walkbook/core/walkbook.kt"
  kotlin org.junit.platform.console.ConsoleLauncher --scan-classpath "$out/kotlin/walkbook.jar" --disable-banner \
    --disable-ansi-colors --fail-if-no-tests --details=tree
}
test_swift() {
  python3 bindings/trials/docs.py "$out/swift/generated/WalkbookCore.swift"
  swift "swift build --build-tests --disable-sandbox -Xlinker -L/package/lib && swift test --skip-build --disable-sandbox --disable-swift-testing"
}

# The field day of each: FOLDER and, at first, an invitation.
day_python() { python bindings/python/examples/field_day.py "$world/python" "$@"; }
day_kotlin() { kotlin org.walkbook.examples.FieldDayKt "$world/kotlin" "$@"; }
day_swift() { swift ".build/debug/FieldDay /world/swift ${1:+'$1'}"; }

for language in "${languages[@]}"; do
  echo "== ${language^}"
  "test_$language"
done

echo "== One list, ${#languages[@]} phones"
for language in "${languages[@]}"; do
  "day_$language" "$(cat "$world/invitations/$language-day")" >"$world/$language.day"
  head -n 5 "$world/$language.day"
  grep -q "0 entries are only on this phone" "$world/$language.day"
done
# Each syncs once more, and has what the others have.
for language in "${languages[@]}"; do
  "day_$language" | grep '^door_' >"$world/$language.doors"
  cmp "$world/${languages[0]}.doors" "$world/$language.doors"
done
echo "bindings: $(wc -l <"$world/${languages[0]}.doors") doors, byte for byte the same on ${#languages[@]} phones"
