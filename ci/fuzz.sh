#!/usr/bin/env bash
# Runs libFuzzer on each target in turn (or on those named), a given number of seconds each. Needs no nightly: what the
# fuzzer has to see of the program, the stable compiler can note down. New inputs go to target/fuzz/corpus; what breaks a
# promise goes to tests/fuzz/corpus, where the tests replay it from then on.
set -euo pipefail
seconds=$1
shift
command -v c++ >/dev/null || { echo "fuzz: installing the Debian package g++"; apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends g++; }

triple=$(rustc -vV | sed -n 's/^host: //p')
# As cargo-fuzz has them, without a sanitizer: the project forbids unsafe code.
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
echo "fuzz: building (some minutes the first time)"
cargo build --locked --profile fuzz --target "$triple" --target-dir target/fuzz -p walkbook-fuzz --features libfuzzer
fuzzer=target/fuzz/$triple/fuzz/walkbook-fuzz

if [ $# -eq 0 ]; then
  cd tests/fuzz/corpus
  set -- *
  cd ../../..
fi
broken=0
for target in "$@"; do
  seeds=tests/fuzz/corpus/$target
  found=target/fuzz/corpus/$target
  mkdir -p "$found"
  echo "fuzz: $target, $seconds s"
  if ! WALKBOOK_TARGET=$target "$fuzzer" "$found" "$seeds" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
    -artifact_prefix="$seeds/found-" -print_final_stats=1 -verbosity=0 >"$found.log" 2>&1; then
    broken=1
    tail -30 "$found.log"
  fi
  grep -E 'number_of_executed_units|new_units_added' "$found.log" | sed 's/^stat::/  /' || true
done
exit $broken
