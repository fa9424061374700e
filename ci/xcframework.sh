#!/usr/bin/env bash
# xcframework.sh: the framework for Apple's systems, into bindings/swift. Needs macOS with Xcode, and Rust's aarch64-apple-ios,
# aarch64-apple-ios-sim and aarch64-apple-darwin.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v xcodebuild >/dev/null || { echo "xcframework: xcodebuild is not there; this needs macOS with Xcode" >&2; exit 1; }

out=target/xcframework package=bindings/swift
rm -rf "$out" "$package/WalkbookCoreFFI.xcframework"
cargo build --locked -p uniffi-bindgen
cargo build --locked -p walkbook-ffi
ci/generate.sh swift target/debug/libwalkbook.dylib "$out/generated"
cp "$out/generated/WalkbookCore.swift" "$package/Sources/WalkbookCore/"
mkdir -p "$out/headers"
cp "$out/generated/WalkbookCoreFFI.h" "$out/headers/"
printf 'module WalkbookCoreFFI {\n    header "WalkbookCoreFFI.h"\n    export *\n}\n' >"$out/headers/module.modulemap"
libraries=()
for target in aarch64-apple-ios aarch64-apple-ios-sim aarch64-apple-darwin; do
  # SQLCipher takes the system's own CommonCrypto there.
  cargo rustc --locked --profile phone --target "$target" -p walkbook-ffi --crate-type staticlib
  libraries+=(-library "target/$target/phone/libwalkbook.a" -headers "$out/headers")
done
xcodebuild -create-xcframework "${libraries[@]}" -output "$package/WalkbookCoreFFI.xcframework"
