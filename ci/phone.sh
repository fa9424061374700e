#!/usr/bin/env bash
# A phone to try: a server on this machine with a small made-up town, and the terminal app on it. What is there already is
# gone on with; delete the folder to begin anew.
set -euo pipefail
folder=$1 server=$2 phone=$3 port=$4
office() { "$server" --folder "$folder/server" "$@"; }

link=
if [ ! -d "$folder/server" ]; then
  echo "phone: making a server with a made-up town in $folder"
  mkdir -p "$folder"
  office init --region eu-west-1 --url "https://127.0.0.1:$port"
  tenant=$(office tenant add "Made-up Movement")
  office import tests/fixtures/made-up-town.csv --tenant "$tenant" --made-up-contacts 7
  script=$(office script publish examples/field_day/script.json --tenant "$tenant")
  office list cut --tenant "$tenant" --effort "Spring" --name "Made-up Street" --size 40 --script "$script" >"$folder/lists"
  user=$(office user add "You" --tenant "$tenant" --role team_lead)
  head -2 "$folder/lists" | while read -r list; do office list assign "$list" "$user" --tenant "$tenant"; done
  link=$(office user invite "$user" --tenant "$tenant")
fi

office serve --listen "127.0.0.1:$port" --port-file "$folder/port" --log warn 2>"$folder/server.log" &
serving=$!
trap 'kill "$serving"; wait "$serving" || true; rm -f "$folder/port"' EXIT
until [ -s "$folder/port" ]; do
  kill -0 "$serving" || { cat "$folder/server.log" >&2; exit 1; }
  sleep 0.1
done
"$phone" --folder "$folder/phone" --link "$link"
echo "phone: the town stays in $folder; its tables: $server --folder $folder/server backend query 'SELECT * FROM knock'"
