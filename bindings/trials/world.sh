#!/usr/bin/env bash
# world.sh FOLDER: a real server over TLS on this machine, with a map and a register of made-up people, LISTS lists (1) of DOORS doors (40)
# out of REGISTER for each of PHONES, and an invitation for each of them and of AUTHORS, who write scripts.
# FOLDER/invitations/NAME is the link of one phone; `kill $(cat FOLDER/pid)` stops the server. SERVER names the server's binary.
set -euo pipefail
folder=$1
phones=${PHONES:-$(echo {python,kotlin,swift}-{day,tests,killed,readme,unfinished,mate})}
authors=${AUTHORS-$(echo {python,kotlin,swift}-drafts)}
here=$(cd "$(dirname "$0")/../.." && pwd)
server=${SERVER:-$here/target/debug/walkbook-server}
walkbook() { "$server" --folder "$folder/server" "$@" 2>>"$folder/commands.log"; }

mkdir -p "$folder/invitations"
# A port that is free now, for the invitations name it before the server listens.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
walkbook init --region eu-west-1 --url "https://127.0.0.1:$port" >/dev/null
tenant=$(walkbook tenant add "Made-up Movement")
walkbook import "${REGISTER:-$here/tests/fixtures/made-up-town.csv}" --tenant "$tenant" --made-up-contacts 1 >/dev/null
cat >"$folder/settings.json" <<'END'
{ "outcome_codes": { "NH": "not_home", "LIT": "left_literature" }, "canvassers_see_history": true }
END
walkbook tenant set "$tenant" "$folder/settings.json" >/dev/null
script=$(walkbook script publish "$here/examples/field_day/script.json" --tenant "$tenant")
walkbook list cut --tenant "$tenant" --effort Trial --size "${DOORS:-40}" --script "$script" >"$folder/lists"
walkbook base-map import "$here/tests/fixtures/made-up-map.pmtiles" >/dev/null
users=()
for phone in $phones; do
  user=$(walkbook user add "$phone" --tenant "$tenant")
  users+=("$user")
  walkbook user invite "$user" --tenant "$tenant" >"$folder/invitations/$phone"
done
for phone in $authors; do
  user=$(walkbook user add "$phone" --tenant "$tenant" --role organiser)
  walkbook user invite "$user" --tenant "$tenant" >"$folder/invitations/$phone"
done
for list in $(head -n "${LISTS:-1}" "$folder/lists" | cut -f 1); do
  walkbook list assign "$list" "${users[@]}" --tenant "$tenant" >/dev/null
done

"$server" --folder "$folder/server" serve --listen 127.0.0.1:0 --port-file "$folder/port" \
  >/dev/null 2>"$folder/server.log" &
pid=$!
echo "$pid" >"$folder/pid"
until [ -s "$folder/port" ]; do
  kill -0 "$pid" || { cat "$folder/server.log" >&2; exit 1; }
  sleep 0.1
done
python3 "$here/bindings/trials/wire.py" "$folder" "$port" &
echo $! >>"$folder/pid"
until [ -e "$folder/wired" ]; do sleep 0.1; done
