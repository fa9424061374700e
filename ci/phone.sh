#!/usr/bin/env bash
# A phone to try: a server on this machine with a small made-up town, and the terminal app on it. What is there already is
# gone on with; delete the folder to begin anew.
set -euo pipefail
folder=$1 server=$2 phone=$3 port=$4
office() { "$server" --folder "$folder/server" "$@"; }

if [ ! -e "$folder/user" ]; then
  echo "phone: making a server with a made-up town in $folder"
  rm -rf "$folder"
  mkdir -p "$folder"
  office init --region eu-west-1 --url "https://127.0.0.1:$port"
  tenant=$(office tenant add "Made-up Movement")
  office import tests/fixtures/made-up-town.csv --tenant "$tenant" --made-up-contacts 7
  script=$(office script publish examples/field_day/script.json --tenant "$tenant")
  office list cut --tenant "$tenant" --effort "Spring" --name "Made-up Street" --size 40 --script "$script" >"$folder/lists"
  user=$(office user add "You" --tenant "$tenant" --role team_lead)
  for list in $(head -2 "$folder/lists"); do office list assign "$list" "$user" --tenant "$tenant"; done
  echo "$tenant $user" >"$folder/user"
fi
read -r tenant user <"$folder/user"
# For a phone that was wiped, or never joined; one that has joined takes no notice of it.
link=$(office user invite "$user" --tenant "$tenant")

rm -f "$folder/port"
"$server" --folder "$folder/server" serve --listen "127.0.0.1:$port" --port-file "$folder/port" --log warn 2>"$folder/server.log" &
serving=$!
stop() {
  kill "$serving" 2>/dev/null || true
  wait "$serving" || true
  rm -f "$folder/port"
}
trap stop EXIT
# A terminal that is closed ends the server too.
trap 'exit 129' HUP INT TERM
until [ -s "$folder/port" ]; do
  kill -0 "$serving" 2>/dev/null || { echo "phone: the server does not start" >&2; cat "$folder/server.log" >&2; exit 1; }
  sleep 0.1
done
"$phone" --folder "$folder/phone" --link "$link"
echo "phone: the town stays in $folder; its tables: $server --folder $folder/server backend query 'SELECT * FROM knock'"
