#!/usr/bin/env bash
# phone-perl.sh ARGUMENT…: the perl by which the vendored OpenSSL is configured (OPENSSL_SRC_PERL). What SQLCipher does not ask for is
# left out: it asks for AES, SHA-1 and SHA-2, HMAC, PBKDF2 and random bytes. Nor does the library read a configuration from the disk.
set -euo pipefail
[ "${1:-}" = ./Configure ] || exec perl "$@"
exec perl "$@" no-bulk no-argon2 no-http no-mdc2 no-quic no-scrypt no-slh-dsa no-sm2 no-ts no-ui-console no-whirlpool
