#!/usr/bin/env bash
# first-lines.sh README: the code with which a README begins.
set -euo pipefail
awk '/^```/ { fence++; next } fence == 1' "$1"
