#!/usr/bin/env bash
# aar.sh: the Android library, target/walkbook.aar. Needs Android's NDK (ANDROID_NDK_HOME), an android.jar of API 26 or later
# (ANDROID_JAR), `cargo ndk`, Rust's aarch64-linux-android and x86_64-linux-android, and what ci/kotlin.sh installs.
set -euo pipefail
cd "$(dirname "$0")/.."
missing() { echo "aar: $1" >&2; exit 1; }
[ -d "${ANDROID_NDK_HOME:-}" ] || missing "ANDROID_NDK_HOME has to name Android's NDK"
[ -e "${ANDROID_JAR:-}" ] || missing "ANDROID_JAR has to name an android.jar"
command -v cargo-ndk >/dev/null || missing "cargo ndk is not there: cargo install cargo-ndk"
cache=${WALKBOOK_CACHE:-$HOME/.cache/walkbook}

out=target/aar
rm -rf "$out"
mkdir -p "$out/jni" "$out/classes"
cargo ndk -t arm64-v8a -t x86_64 --platform 26 -o "$out/jni" build --locked --profile phone -p walkbook-ffi --features vendored
cargo build --locked -p uniffi-bindgen
# A stripped library has no metadata: what is generated comes from one that is not.
cargo build --locked -p walkbook-ffi
ci/generate.sh kotlin target/debug/libwalkbook.so "$out/generated"
find "$out/jni" -name '*.so' -exec "$ANDROID_NDK_HOME"/toolchains/llvm/prebuilt/*/bin/llvm-strip --strip-unneeded {} +
kotlin=$cache/kotlin/node_modules/kotlin-compiler
path=$ANDROID_JAR:/usr/share/java/jna.jar:$kotlin/lib/kotlin-stdlib.jar:$kotlin/lib/kotlinx-coroutines-core-jvm.jar
"$kotlin/bin/kotlinc" -jvm-target 17 -cp "$path" -d "$out/classes.jar" \
  $(find "$out/generated" bindings/kotlin/src/main -name '*.kt')
cat >"$out/AndroidManifest.xml" <<'XML'
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="org.walkbook">
    <uses-sdk android:minSdkVersion="26" />
    <uses-permission android:name="android.permission.INTERNET" />
</manifest>
XML
printf -- '-keep class org.walkbook.core.** { *; }\n-keep class com.sun.jna.** { *; }\n' >"$out/proguard.txt"
(cd "$out" && zip -qr ../walkbook.aar AndroidManifest.xml classes.jar jni proguard.txt)
echo "aar: target/walkbook.aar; the app depends on net.java.dev.jna:jna@aar and kotlinx-coroutines-android beside it"
