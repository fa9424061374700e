#!/usr/bin/env bash
# container.sh CACHE PROFILE: builds the image of sync-server/deploy/Containerfile, and looks from outside at a server that runs in it.
# Images and layers are kept in the cache, apart from this machine's own. Where no registry of images is reached, the two that it is
# built on are made here: Debian's from Debian's packages, Rust's of that and this machine's toolchain. Needs root, and Debian.
set -euo pipefail
cache=$1 profile=$2
cd "$(dirname "$0")/.."
file=sync-server/deploy/Containerfile

packages=()
command -v podman >/dev/null || packages+=(podman buildah runc netavark aardvark-dns iptables)
command -v runc >/dev/null || packages+=(runc)
command -v mmdebstrap >/dev/null || packages+=(mmdebstrap)
command -v curl >/dev/null || packages+=(curl)
if [ ${#packages[@]} -gt 0 ]; then
  echo "container: installing the Debian packages ${packages[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
mkdir -p "$cache/containers"
pod() { podman --root "$cache/containers/images" --runroot "$cache/containers/run" --runtime runc "$@"; }

# What is fetched while it is built is fetched as this machine fetches it.
building=(--isolation chroot --network host --volume /etc/ssl/certs:/etc/ssl/certs:ro)
mapfile -t bases < <(sed -n 's/^FROM \([^ ]*\).*/\1/p' "$file")
rust=${bases[0]} debian=${bases[1]}
have() { pod image exists "$1" || pod pull --quiet "$1" >/dev/null 2>&1; }
work=$(mktemp -d)
name=walkbook-try-$$
tidy() {
  pod rm --force --time 5 "$name" >/dev/null 2>&1 || true
  pod volume rm --force "$name" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap tidy EXIT

if ! have "$debian"; then
  echo "container: making $debian from Debian's packages"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
  mmdebstrap --quiet --variant=minbase --mode=root --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    bookworm "$work/debian.tar" "$mirror"
  pod import --quiet "$work/debian.tar" "$debian" >/dev/null
fi
if ! have "$rust"; then
  echo "container: making $rust with this machine's $(rustc --version)"
  printf '%s\n' "FROM $debian" \
    'RUN apt-get update && apt-get install --yes --no-install-recommends gcc g++ libc6-dev make pkg-config perl' \
    'COPY bin /usr/local/toolchain/bin' 'COPY lib /usr/local/toolchain/lib' \
    'ENV PATH=/usr/local/toolchain/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CARGO_HOME=/usr/local/cargo' \
    >"$work/Containerfile"
  pod build --quiet "${building[@]}" --file "$work/Containerfile" --tag "$rust" "$(rustc --print sysroot)" >/dev/null
fi

echo "container: building, with the profile $profile"
pod build --quiet "${building[@]}" --build-arg PROFILE="$profile" --file "$file" --tag walkbook-server . >/dev/null

# With limits as in walkbook.service, which podman's own may exceed more than this machine allows; with nothing but its volume to
# write in, and without a single right.
running=(--ulimit nofile=16384:16384 --ulimit nproc=4096:4096
  --read-only --cap-drop all --security-opt no-new-privileges --volume "$name:/data")
failed() { echo "container: $1" >&2; pod logs "$name" >&2 || true; exit 1; }
serve() {
  pod run --detach --name "$name" "${running[@]}" --publish 127.0.0.1::8443 --stop-timeout 60 walkbook-server >/dev/null
  port=$(pod port "$name" 8443/tcp | sed 's/.*://')
  pod exec "$name" cat /data/tls/authority.pem >"$work/authority.pem"
  for _ in $(seq 100); do
    if [ "$(ask /healthz)" = alive ]; then return; fi
    sleep 0.2
  done
  failed "nothing answers"
}
ask() { curl --silent --cacert "$work/authority.pem" --resolve "walk.example:$port:127.0.0.1" "https://walk.example:$port$1"; }
stop() {
  pod stop --time 60 "$name" >/dev/null
  [ "$(pod inspect --format '{{.State.ExitCode}}' "$name")" = 0 ] || failed "it does not end well when it is told to stop"
  pod logs "$name" 2>&1 | grep -q 'the server has stopped' || failed "it was killed, and not stopped"
  pod rm "$name" >/dev/null
}

pod run --rm "${running[@]}" walkbook-server init --region eu-west-1 --url https://walk.example:8443 >/dev/null
serve
[ "$(ask /readyz)" = ready ] || failed "it is not ready"
[ "$(pod exec "$name" id -u)" = 10001 ] || failed "it does not run as its own user"
[ "$(pod exec "$name" stat --format %U:%a /data)" = walkbook:700 ] || failed "the folder is not its own"
tenant=$(pod exec "$name" walkbook-server tenant add "Made-up Movement")
stop
# Another container goes on with the same folder.
serve
pod exec "$name" walkbook-server tenant list | grep -q "^$tenant" || failed "the folder was lost with the container"
stop
# Nothing is left in the image of what it was built with.
pod run --rm --entrypoint sh "${running[@]}" walkbook-server \
  -c 'for there in /source /usr/local/cargo /usr/local/rustup /usr/local/toolchain; do if [ -e "$there" ]; then exit 1; fi; done' \
  || failed "there is more in the image than belongs there"
echo "container: walkbook-server, $(pod image inspect --format '{{.Size}}' walkbook-server | numfmt --to=iec): it starts, answers, stops and goes on"
