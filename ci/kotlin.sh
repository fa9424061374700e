#!/usr/bin/env bash
# kotlin.sh CACHE OUT [PROFILE]: the Kotlin of the bindings, compiled into OUT/walkbook.jar with its tests, bench and example.
# OUT/classpath names all that java needs.
set -euo pipefail
cache=$1/kotlin out=$2 profile=${3:-debug}
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

ci/kotlin-tools.sh "$1"

java=/usr/share/java kotlin=$cache/node_modules/kotlin-compiler
path=$java/jna.jar
for jar in kotlin-stdlib kotlinx-coroutines-core-jvm kotlin-test kotlin-test-junit5; do path=$path:$kotlin/lib/$jar.jar; done
for jar in junit-jupiter-{api,engine,params} junit-platform-{commons,engine,launcher,console,reporting} opentest4j apiguardian-api \
  picocli univocity-parsers; do
  path=$path:$java/$jar.jar
done

rm -rf "$out"
mkdir -p "$out/generated" "$out/stubs"
ci/generate.sh kotlin "$target/$profile/libwalkbook.so" "$out/generated"
# The lines with which the README begins, for a test to call.
{
  echo 'package org.walkbook.readme'
  printf 'import %s\n' java.io.File org.walkbook.Walkbook 'org.walkbook.android.*' 'org.walkbook.core.Outcome'
  echo 'suspend fun tenLines(filesDir: File, invitation: String) {'
  ci/first-lines.sh bindings/kotlin/README.md
  echo '}'
} >"$out/generated/TenLines.kt"
javac -d "$out/stubs" $(find bindings/kotlin/src/stubs -name '*.java')
JAVA_OPTS=-Xmx2g "$kotlin/bin/kotlinc" -jvm-target 17 -nowarn -cp "$path:$out/stubs" -d "$out/walkbook.jar" \
  $(find "$out/generated" bindings/kotlin -name '*.kt')
echo "$out/walkbook.jar:$out/stubs:$path" >"$out/classpath"
