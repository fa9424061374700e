#!/usr/bin/env bash
# Holds the dependency graph against deny.toml: layers, licences, sources. Then proves that the check can fail, by
# letting the lowest layer depend on a higher one in a copy of the manifests.
set -euo pipefail
cache=$1
deny=$cache/tools/bin/cargo-deny
cargo fetch --locked --quiet
"$deny" --offline --log-level error check bans licenses sources

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z -- '*.toml' '*.rs' Cargo.lock | xargs -0 cp --parents -t "$copy"
cd "$copy"
sed -i '/^\[dependencies\]/a automerge = { workspace = true }' core/crates/model/Cargo.toml
if "$deny" --offline --log-level off check bans >/dev/null 2>&1; then
  echo "layers: the model was allowed to depend on automerge: the check does not check" >&2
  exit 1
fi
echo "layers: hold, and a broken one is noticed"
