#!/usr/bin/env bash
# bench-bindings.sh CACHE [ROUNDS]: what calls cost in Rust, Kotlin, Swift and Python, in one run, each on a phone of its own with
# 5,000 doors. Prints machine and input.
set -euo pipefail
cache=$1 rounds=${2:-5}
cd "$(dirname "$0")/.."
target=$(realpath "${CARGO_TARGET_DIR:-target}")
out=$target/bindings/bench
languages=(rust kotlin swift python)
mkdir -p "$out"

cargo build --locked --release -p walkbook-ffi --features trials --lib --example bench
cargo build --locked -p uniffi-bindgen
cargo build --locked -p walkbook-server
ci/python.sh "$cache" "$out/python" release
ci/kotlin.sh "$cache" "$out/kotlin" release
ci/swift.sh "$cache" "$out/swift" release

world=$(mktemp -d)
stop() {
  xargs -r kill <"$world/pid" 2>/dev/null || true
  rm -rf "$world"
}
trap stop EXIT
python3 bindings/trials/register.py 5000 >"$world/register.csv"
REGISTER=$world/register.csv DOORS=500 LISTS=10 PHONES=${languages[*]} AUTHORS= SERVER=$target/debug/walkbook-server \
  bindings/trials/world.sh "$world"

in_root() { ci/in-swift-root.sh "$cache/trixie" "$out/swift" "$world" "$1"; }
in_root "swift build --product Bench -c release --disable-sandbox -Xlinker -L/package/lib" >"$out/swift.log" ||
  { cat "$out/swift.log"; exit 1; }

# `FILE enrol LINK`, `FILE cold` or `FILE calls` runs a language's bench on its phone, and tells it when its process started.
bench() { printf '#!/usr/bin/env bash\nSTARTED=$(date +%%s%%N) exec %s "$1" %s "${@:2}"\n' "$2" "$3" >"$1"; }
bench "$out/rust.sh" "$target/release/examples/bench" "$world/rust.book"
bench "$out/kotlin.sh" "java -Djna.library.path=$target/release -cp $(cat "$out/kotlin/classpath") org.walkbook.benches.BenchKt" \
  "$world/kotlin.book"
bench "$out/python.sh" "$out/python/venv/bin/python bindings/python/benches/bench.py" "$world/python.book"
# Swift's starts in its root: the making of that counts for nothing.
bench "$out/swift/bench.sh" .build/release/Bench /world/swift.book
printf '#!/usr/bin/env bash\nexec ci/in-swift-root.sh %q %q %q "bash bench.sh ${*@Q}"\n' \
  "$cache/trixie" "$out/swift" "$world" >"$out/swift.sh"

for language in "${languages[@]}"; do
  bash "$out/$language.sh" enrol "$(cat "$world/invitations/$language")"
done
echo "machine: $(nproc) x $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), load $(cut -d ' ' -f 1 /proc/loadavg)"
echo "input: 10 lists of 500 made-up doors with a contact each; $(java -version 2>&1 | head -n 1), $("$out/python/venv/bin/python" -V)"
python3 bindings/trials/bench.py "$rounds" "$out" "${languages[@]}"
