#!/usr/bin/env bash
# generate.sh LANGUAGE LIBRARY OUT: the Kotlin or Swift that stands on the library. A stripped library has nothing to make it of.
set -euo pipefail
language=$1 library=$2 out=$3
cd "$(dirname "$0")/.."
"${CARGO_TARGET_DIR:-target}/debug/walkbook-bindgen" generate "$library" -l "$language" --no-format -o "$out" >/dev/null
# The docs name calls as the language does: `record_knock` is `recordKnock` there.
find "$out" -name '*.kt' -o -name '*.swift' | xargs perl -pi -e \
  's{`[a-z]+(?:_[a-z]+)+`}{$& =~ s/_([a-z])/\U$1/gr}ge if m{^\s*(?:///|/?\*)}'
