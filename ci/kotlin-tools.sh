#!/usr/bin/env bash
# kotlin-tools.sh CACHE: what compiles and runs Kotlin, in CACHE/kotlin, where it is not there. Compiler and coroutines come from
# npm, JNA and JUnit 5 from Debian; neither Gradle nor Maven is needed.
set -euo pipefail
cache=$1/kotlin

# Where setup has put Node.js.
PATH=$1/tools/bin:$PATH

packages=()
command -v javac >/dev/null || packages+=(default-jdk-headless)
command -v npm >/dev/null || packages+=(npm)
[ -e /usr/share/java/jna.jar ] || packages+=(libjna-java)
[ -e /usr/share/java/junit-platform-console.jar ] || packages+=(junit5)
if [ ${#packages[@]} -gt 0 ]; then
  echo "kotlin: installing the Debian packages ${packages[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
if [ ! -d "$cache/node_modules/kotlin-compiler" ]; then
  echo "kotlin: installing the compiler from npm into $cache"
  mkdir -p "$cache"
  npm install --prefix "$cache" --no-save --silent kotlin-compiler@2.4.20
fi
