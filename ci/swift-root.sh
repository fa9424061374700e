#!/usr/bin/env bash
# swift-root.sh ROOT: makes, once, a Debian 13 root with the Swift toolchain: 2.6 GB, for root, without docker. The host's own
# sources of packages are not touched.
set -euo pipefail
root=$1
[ -x "$root/usr/libexec/swift/bin/swiftc" ] && exit 0
if ! command -v mmdebstrap >/dev/null; then
  echo "swift: installing the Debian package mmdebstrap"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends mmdebstrap >/dev/null
fi
echo "swift: making a Debian 13 root with swiftlang in $root"
# The mirror that this machine's apt uses already.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
mkdir -p "$(dirname "$root")"
rm -rf "$root.part"
mmdebstrap --quiet --variant=minbase --mode=root --architectures="$(dpkg --print-architecture)" \
  --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
  --include=swiftlang,libc6-dev,libstdc++-14-dev,ca-certificates \
  --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' \
  trixie "$root.part" "$mirror"
mv "$root.part" "$root"
