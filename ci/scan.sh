#!/usr/bin/env bash
# scan.sh CACHE: a real server, looked at from outside: its TLS by sslyze, its routes by schemathesis.
set -euo pipefail
cache=$1
cd "$(dirname "$0")/.."
target=$(realpath "${CARGO_TARGET_DIR:-target}")

if ! "$cache/scan/bin/python" -c 'import sslyze, schemathesis' 2>/dev/null; then
  echo "scan: installing sslyze and schemathesis into $cache/scan"
  python3 -m venv "$cache/scan"
  "$cache/scan/bin/pip" install --quiet --disable-pip-version-check sslyze==6.3.1 schemathesis==4.32.5
fi
cargo build --locked -p walkbook-server

world=$(mktemp -d)
stop() {
  if [ -s "$world/pid" ]; then
    kill "$(cat "$world/pid")" 2>/dev/null || true
    wait "$(cat "$world/pid")" 2>/dev/null || true
  fi
  rm -rf "$world"
}
trap stop EXIT
walkbook() { "$target/debug/walkbook-server" --folder "$world/server" "$@"; }
walkbook init --region eu-west-1 >/dev/null 2>&1
walkbook region key >/dev/null 2>&1
tenant=$(walkbook tenant add "Made-up Movement")
# Nobody is held back: every answer is to be seen, not one refusal over and over.
"$target/debug/walkbook-server" --folder "$world/server" serve --listen 127.0.0.1:0 --port-file "$world/port" --pace-of-address 1000000/1000000 --pace-of-finding 1000000/1000000 >"$world/server.log" 2>&1 &
echo $! >"$world/pid"
until [ -s "$world/port" ]; do
  kill -0 "$(cat "$world/pid")" || { cat "$world/server.log" >&2; exit 1; }
  sleep 0.1
done
port=$(cat "$world/port")
authority=$world/server/tls/authority.pem

"$cache/scan/bin/python" tests/scan/tls.py "$port" "$authority"
# Which bytes are a good message nobody can draw: that good ones are taken is tested elsewhere.
export WALKBOOK_TENANT=$tenant PYTHONPATH=$PWD/tests/scan SCHEMATHESIS_HOOKS=hooks
# It keeps what it found where it runs.
cd "$world"
"$cache/scan/bin/schemathesis" run \
  --tls-verify "$authority" --max-examples 60 --seed 1 --exclude-checks positive_data_acceptance \
  "https://localhost:$port/v1/openapi.json"
! grep -q '"level":"ERROR"' "$world/server.log" || { grep '"level":"ERROR"' "$world/server.log" >&2; exit 1; }
