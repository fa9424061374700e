#!/usr/bin/env bash
# swift-root.sh ROOT: makes, once, a Debian 13 root with the Swift toolchain: 2.6 GB, without docker and without a user
# namespace. The host's own sources of packages are not touched. Ends with 3 where this machine does not let it.
set -euo pipefail
root=$1
may_not() {
  echo "swift: $1: neither a root for Swift's toolchain can be made here, nor anything run in it" >&2
  exit 3
}
[ "$(id -u)" = 0 ] || may_not "not run by root"
unshare -m --propagation private true 2>/dev/null || may_not "mounting is forbidden (it takes CAP_SYS_ADMIN)"
[ -x "$root/usr/libexec/swift/bin/swiftc" ] && exit 0
[ -e /etc/debian_version ] || may_not "this is no Debian"
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
