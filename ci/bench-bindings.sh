#!/usr/bin/env bash
# bench-bindings.sh CACHE: what calls cost in Rust, Kotlin, Swift and Python, in one run, each on a phone of its own with 5,000
# doors. Prints machine and input.
set -euo pipefail
cache=$1
cd "$(dirname "$0")/.."
target=$(realpath "${CARGO_TARGET_DIR:-target}")
out=$target/bindings-release
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
REGISTER=$world/register.csv DOORS=500 LISTS=10 PHONES=$(echo {rust,kotlin,swift,python}) SERVER=$target/debug/walkbook-server \
  bindings/trials/world.sh "$world"

# A bench is told when its process started; Swift's runs in its root, whose making counts for nothing.
started='STARTED=$(date +%s%N) exec'
in_swift=$(printf '%q ' ci/in-swift-root.sh "$cache/trixie" "$out/swift" "$world")
declare -A bench=(
  [rust]="$started $target/release/examples/bench {} $world/rust.book"
  [kotlin]="$started java -Djna.library.path=$target/release -cp $(cat "$out/kotlin/classpath") org.walkbook.benches.BenchKt {} $world/kotlin.book"
  [python]="$started $out/python/venv/bin/python bindings/python/benches/bench.py {} $world/python.book"
  [swift]="$in_swift '$started .build/release/Bench {} /world/swift.book'"
)
ci/in-swift-root.sh "$cache/trixie" "$out/swift" "$world" \
  "swift build --product Bench -c release --disable-sandbox -Xlinker -L/package/lib" >"$out/swift.log" || { cat "$out/swift.log"; exit 1; }

arguments=()
for language in rust kotlin swift python; do
  enrol="${bench[$language]/\{\}/enrol} $(cat "$world/invitations/$language")"
  [ "$language" = swift ] && enrol="$in_swift '.build/release/Bench enrol /world/swift.book $(cat "$world/invitations/swift")'"
  bash -c "$enrol"
  arguments+=("$language=${bench[$language]}")
done
echo "machine: $(nproc) x $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), load $(cut -d ' ' -f 1 /proc/loadavg)"
echo "input: 10 lists of 500 made-up doors with a contact each; $(java -version 2>&1 | head -n 1), $("$out/python/venv/bin/python" -V)"
python3 bindings/trials/bench.py "${ROUNDS:-5}" "${arguments[@]}"
