#!/usr/bin/env bash
# size.sh: how large the library is in an app: optimised for size, SQLCipher and OpenSSL within, stripped, linked as Android's is.
# Fails over 10 MB. Needs a Rust that links with its own lld, as on x86_64 Linux.
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/phone-flags.sh
CFLAGS=$phone_cflags cargo rustc --locked --profile phone -p walkbook-ffi --features vendored --crate-type cdylib -- \
  "${phone_link[@]}" -C strip=symbols
library=${CARGO_TARGET_DIR:-target}/phone/libwalkbook.so
bytes=$(stat -c %s "$library") packed=$(gzip -9c "$library" | wc -c)
echo "size: $bytes bytes on $(uname -m) with SQLCipher and OpenSSL, $packed packed; the budget is 10000000"
[ "$bytes" -lt 10000000 ]
