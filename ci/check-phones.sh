#!/usr/bin/env bash
# check-phones.sh CACHE [TARGET…]: type-checks the bindings for the phones' own targets, with Debian's rustc and the sources of
# its standard library. C is not compiled: a stand-in takes the place of the phones' compilers. Finds what only a phone sees.
set -euo pipefail
rust=$1/rust-web
shift
cd "$(dirname "$0")/.."
if [ ! -x "$rust/usr/bin/rustc" ]; then
  echo "check-phones: unpacking Debian's rustc-web into $rust"
  mkdir -p "$rust/debs"
  apt-get update -qq
  version=$(apt-cache madison rust-web-src | awk 'NR == 1 { print $3 }')
  short=$(sed -E 's/^([0-9]+\.[0-9]+).*/\1/' <<<"$version")
  (
    cd "$rust/debs"
    apt-get -o APT::Sandbox::User=root download -qq rustc-web="$version" rust-web-src="$version" libstd-rust-web-dev="$version" "libstd-rust-web-$short"
    llvm=$(dpkg -I "libstd-rust-web-$short"_*.deb | grep -oE 'libllvm[0-9]+' | head -n 1)
    apt-get -o APT::Sandbox::User=root download -qq "$llvm"
  )
  for package in "$rust"/debs/*.deb; do dpkg -x "$package" "$rust"; done
  rm -rf "$rust/debs"
fi

stand_in=$rust/stand-in
mkdir -p "$stand_in"/{bin,sdk,openssl/lib,openssl/include}
cat >"$stand_in/cc" <<'CC'
#!/bin/bash
previous= out=
for argument in "$@"; do
  [ "$previous" = -o ] && out=$argument
  case "$argument" in
  -E) echo clang; exit 0 ;;
  --version | -v) echo 'clang version 18.0.0'; exit 0 ;;
  esac
  previous=$argument
done
[ -n "$out" ] && : >"$out"
exit 0
CC
cat >"$stand_in/ar" <<'AR'
#!/bin/bash
for argument in "$@"; do case "$argument" in *.a) printf '!<arch>\n' >"$argument" ;; esac; done
exit 0
AR
printf '#!/bin/bash\necho %s/sdk\n' "$stand_in" >"$stand_in/bin/xcrun"
chmod +x "$stand_in"/{cc,ar,bin/xcrun}

export LD_LIBRARY_PATH=$rust/usr/lib/x86_64-linux-gnu RUSTC=$rust/usr/bin/rustc RUSTC_BOOTSTRAP=1
export PATH=$stand_in/bin:$PATH SDKROOT=$stand_in/sdk IPHONEOS_DEPLOYMENT_TARGET=15.0 OPENSSL_DIR=$stand_in/openssl
for target in ${*:-aarch64-linux-android aarch64-apple-ios}; do
  name=${target//-/_}
  export "CC_$name=$stand_in/cc" "CXX_$name=$stand_in/cc" "AR_$name=$stand_in/ar"
  echo "check-phones: $target"
  cargo check --locked --profile phone -Zbuild-std=std,panic_unwind --target "$target" -p walkbook-ffi --target-dir target/phones
done
