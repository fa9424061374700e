#!/usr/bin/env bash
# size.sh: how large the library is in an app: optimised for size, SQLCipher and OpenSSL within, stripped. Fails over 10 MB.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo rustc --locked --profile phone -p walkbook-ffi --features vendored --crate-type cdylib
library=target/phone/libwalkbook.so
strip --strip-unneeded -o "$library.stripped" "$library"
bytes=$(stat -c %s "$library.stripped") packed=$(gzip -9c "$library.stripped" | wc -c)
echo "size: $bytes bytes on $(uname -m) with SQLCipher and OpenSSL, $packed packed; the budget is 10000000"
[ "$bytes" -lt 10000000 ]
