# phone-flags.sh, to be sourced from the root: what keeps the library small that goes into an app, wherever lld links it.
# OpenSSL is compiled for size, where by itself it is for speed (what has to be fast in it is assembler), and without most of what is
# in it. Nobody here asks SQLite for its older full text search. Relocations are packed as Android has read them since API 23;
# equal functions are kept once.
phone_cflags=-Oz
export OPENSSL_SRC_PERL=$PWD/ci/phone-perl.sh
export LIBSQLITE3_FLAGS="-USQLITE_ENABLE_FTS3 -USQLITE_ENABLE_FTS3_PARENTHESIS"
phone_link=(-C link-arg=-Wl,--pack-dyn-relocs=android -C link-arg=-Wl,--icf=safe)
