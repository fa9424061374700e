#!/usr/bin/env bash
# aar.sh: the Android library, target/walkbook.aar, for arm64-v8a and x86_64 (emulators). Needs Debian with make, perl and zip;
# Android's NDK, r23 or later (ANDROID_NDK_HOME); an android.jar of API 26 or later (ANDROID_JAR); `cargo ndk`; Rust's
# aarch64-linux-android and x86_64-linux-android. Installs what compiles Kotlin (ci/kotlin-tools.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
. ci/phone-flags.sh
missing() { echo "aar: $1" >&2; exit 1; }
targets=(aarch64-linux-android x86_64-linux-android)
[ -e /etc/debian_version ] || missing "this is no Debian: what compiles Kotlin is installed by apt"
for tool in make perl zip; do command -v "$tool" >/dev/null || missing "$tool is not there: apt-get install $tool"; done
[ -f "${ANDROID_NDK_HOME:-}/source.properties" ] || missing "ANDROID_NDK_HOME has to name Android's NDK"
revision=$(sed -n 's/^Pkg.Revision *= *\([0-9]*\).*/\1/p' "$ANDROID_NDK_HOME/source.properties")
[ "${revision:-0}" -ge 23 ] || missing "the NDK is r${revision:-?}; r23 or later is needed"
[ -f "${ANDROID_JAR:-}" ] || missing "ANDROID_JAR has to name an android.jar: …/platforms/android-NN/android.jar of the SDK"
command -v cargo-ndk >/dev/null || missing "cargo ndk is not there: cargo install cargo-ndk"
for target in "${targets[@]}"; do
  [ -d "$(rustc --print target-libdir --target "$target")" ] || missing "Rust's $target is not there: rustup target add $target"
done
cache=${WALKBOOK_CACHE:-$HOME/.cache/walkbook}
ci/kotlin-tools.sh "$cache"

target=$(realpath "${CARGO_TARGET_DIR:-target}")
out=$target/aar
# zip would go on with the file of an earlier run.
rm -rf "$out" "$target/walkbook.aar"
mkdir -p "$out/jni"
# Only what goes into the app: linking optimises nothing that is a library for Rust as well. Phones may have pages of 16 KiB, for
# which an NDK before r28 links only where it is told to.
CFLAGS_aarch64_linux_android=$phone_cflags CFLAGS_x86_64_linux_android=$phone_cflags \
  cargo ndk -t arm64-v8a -t x86_64 --platform 26 -o "$out/jni" rustc --locked --profile phone -p walkbook-ffi --features vendored \
  --crate-type cdylib -- "${phone_link[@]}" -C link-arg=-Wl,-z,max-page-size=16384
cargo build --locked -p uniffi-bindgen
# A stripped library has no metadata: what is generated comes from one that is not.
cargo build --locked -p walkbook-ffi
ci/generate.sh kotlin "$target/debug/libwalkbook.so" "$out/generated"
tools=$(echo "$ANDROID_NDK_HOME"/toolchains/llvm/prebuilt/*/bin)
for library in "$out"/jni/{arm64-v8a,x86_64}/libwalkbook.so; do
  "$tools/llvm-strip" --strip-unneeded "$library"
  ! "$tools/llvm-readelf" --program-headers --wide "$library" | grep -E '^ *LOAD' | grep -qv '0x4000$' ||
    missing "$library is not laid out for pages of 16 KiB"
done
kotlin=$cache/kotlin/node_modules/kotlin-compiler
path=$ANDROID_JAR:/usr/share/java/jna.jar:$kotlin/lib/kotlin-stdlib.jar:$kotlin/lib/kotlinx-coroutines-core-jvm.jar
JAVA_OPTS=-Xmx2g "$kotlin/bin/kotlinc" -jvm-target 17 -cp "$path" -d "$out/classes.jar" \
  $(find "$out/generated" bindings/kotlin/src/main -name '*.kt')
cat >"$out/AndroidManifest.xml" <<'XML'
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="org.walkbook">
    <uses-sdk android:minSdkVersion="26" />
    <uses-permission android:name="android.permission.INTERNET" />
</manifest>
XML
# There are no resources; JNA speaks of windows, which no phone has.
: >"$out/R.txt"
cat >"$out/proguard.txt" <<'RULES'
-keep class org.walkbook.core.** { *; }
-keep class com.sun.jna.** { *; }
-dontwarn java.awt.**
RULES
(cd "$out" && zip -qr "$target/walkbook.aar" AndroidManifest.xml R.txt classes.jar jni proguard.txt)
echo "aar: $target/walkbook.aar; beside it the app depends on net.java.dev.jna:jna:5.17.0@aar or later (pages of 16 KiB) and on"
echo "aar: kotlinx-coroutines-android"
