#!/usr/bin/env bash
# in-swift-root.sh ROOT PACKAGE WORLD COMMAND: runs the command in the root, with the package at /package and the world of the
# tests at /world, in a mount namespace of its own: nothing stays mounted. swiftc needs /proc.
set -euo pipefail
exec unshare -m --propagation private bash -c '
set -e
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mkdir -p "$0/package" "$0/world"
mount --bind "$1" "$0/package"
mount --bind "$2" "$0/world"
exec chroot "$0" /usr/bin/env HOME=/tmp LANG=C.UTF-8 LD_LIBRARY_PATH=/package/lib WALKBOOK_WORLD=/world /bin/bash -c "cd /package && $3"
' "$1" "$2" "$3" "$4"
