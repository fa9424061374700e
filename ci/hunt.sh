#!/usr/bin/env bash
# Runs the property tests with seeds that nobody has tried, round after round, for so many minutes. What fails is told with the
# seed that shows it again: PROPTEST_RNG_SEED=seed cargo test …
set -euo pipefail
minutes=$1
if ! [[ $minutes =~ ^[1-9][0-9]{0,4}$ ]]; then
  echo "hunt: MINUTES is \"$minutes\", and has to be a whole number from 1 to 99999" >&2
  exit 2
fi

echo "hunt: building (some minutes the first time)"
crates=(-p walkbook-model -p walkbook-vault -p walkbook-ledger -p walkbook-sync -p walkbook-terrain)
cargo test --locked --no-run "${crates[@]}" -p walkbook-server --lib -p walkbook-town --tests

rounds=0
until=$((SECONDS + minutes * 60))
while [ $SECONDS -lt $until ]; do
  seed=$(od -An -N6 -tu8 /dev/urandom | tr -d ' ')
  export PROPTEST_RNG_SEED=$seed WALKBOOK_SEED=$seed
  log=target/hunt-$seed.log
  if ! { cargo test --locked "${crates[@]}" --lib --tests \
    && cargo test --locked -p walkbook-server --lib -- interleavings views backend::tests::board sorting addresses_csv \
    && cargo test --locked -p walkbook-town --test the_liar --test days; } >"$log" 2>&1; then
    grep -E '^(thread|test result: FAILED|minimal failing|    [a-z_:]+$)' "$log" | head -20 || true
    echo "hunt: seed $seed fails: PROPTEST_RNG_SEED=$seed WALKBOOK_SEED=$seed; all that was said is in $log"
    exit 1
  fi
  rm "$log"
  rounds=$((rounds + 1))
done
echo "hunt: $rounds rounds, nothing found"
