#!/usr/bin/env bash
# xcframework.sh: the framework for Apple's systems, into bindings/swift: for iPhones, and for simulators and Macs on Apple's own
# processors. Needs macOS with Xcode (its command line tools alone do not do) and Rust's aarch64-apple-ios,
# aarch64-apple-ios-sim and aarch64-apple-darwin.
set -euo pipefail
cd "$(dirname "$0")/.."
missing() { echo "xcframework: $1" >&2; exit 1; }
targets=(aarch64-apple-ios aarch64-apple-ios-sim aarch64-apple-darwin)
[ "$(uname)" = Darwin ] || missing "this needs macOS with Xcode"
# Without Xcode there is a command of that name, which only says so.
xcodebuild -version >/dev/null 2>&1 || missing "xcodebuild does not work: install Xcode, then xcode-select --switch /Applications/Xcode.app"
for target in "${targets[@]}"; do
  [ -d "$(rustc --print target-libdir --target "$target")" ] || missing "Rust's $target is not there: rustup target add $target"
done

# As the package says: what is compiled in C for a later system does not run on this one.
export IPHONEOS_DEPLOYMENT_TARGET=15.0 MACOSX_DEPLOYMENT_TARGET=12.0
built=${CARGO_TARGET_DIR:-target}
out=$built/xcframework package=bindings/swift
rm -rf "$out" "$package/WalkbookCoreFFI.xcframework"
cargo build --locked -p uniffi-bindgen
cargo build --locked -p walkbook-ffi
ci/generate.sh swift "$built/debug/libwalkbook.dylib" "$out/generated"
cp "$out/generated/WalkbookCore.swift" "$package/Sources/WalkbookCore/"
# In a folder of the module's name: an app may have another framework whose headers would lie at the same place.
headers=$out/headers/WalkbookCoreFFI
mkdir -p "$headers"
cp "$out/generated/WalkbookCoreFFI.h" "$headers/"
printf 'module WalkbookCoreFFI {\n    header "WalkbookCoreFFI.h"\n    export *\n}\n' >"$headers/module.modulemap"
libraries=()
for target in "${targets[@]}"; do
  # SQLCipher takes the system's own CommonCrypto there.
  cargo rustc --locked --profile phone --target "$target" -p walkbook-ffi --crate-type staticlib
  libraries+=(-library "$built/$target/phone/libwalkbook.a" -headers "$out/headers")
done
xcodebuild -create-xcframework "${libraries[@]}" -output "$package/WalkbookCoreFFI.xcframework"
echo "xcframework: $package/WalkbookCoreFFI.xcframework; the package in $package is complete"
