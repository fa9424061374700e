# Every command sets up what it needs and says what it installs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

CACHE ?= $(or $(WALKBOOK_CACHE),$(HOME)/.cache/walkbook)

# Where tests look for what `setup` has installed.
export WALKBOOK_CACHE := $(CACHE)

# The place of the demonstration: an .osm.pbf or an address CSV. Without one, central Helsinki.
DATA ?=
LANGUAGE ?= $(if $(DATA),en,fi)

# How long each target is fuzzed, and which; all of them, if none is named.
SECONDS ?= 60
TARGETS ?=

# How long property tests draw new cases.
MINUTES ?= 10

.PHONY: help setup demo test format clippy docs layers unit day scan bindings bench bench-server bench-terrain hunt fuzz phone container test-bindings docs-bindings bench-bindings check-phones size

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s $$'\t'

setup: ## Install what the build needs (Debian packages, checking tools)
	@ci/setup.sh "$(CACHE)"

demo: setup ## A field day on real addresses: server, phones, a network that fails (DATA=file for another place)
	@echo "demo: building (some minutes the first time)"
	cargo build --release --locked -p walkbook-server -p walkbook-examples
	data="$(DATA)"; [ -n "$$data" ] || data=$$(ci/helsinki.sh "$(CACHE)"); \
	target/release/field_day --data "$$data" --language "$(LANGUAGE)" --folder target/demo

# Where the town of `make phone` is, and its server's port.
TOWN ?= target/town
PORT ?= 8455

phone: setup ## A phone to try, in this terminal: a made-up town to walk in, with a server
	@echo "phone: building (some minutes the first time)"
	cargo build --locked -p walkbook-server -p walkbook-phone
	ci/phone.sh "$(TOWN)" target/debug/walkbook-server target/debug/walkbook-phone "$(PORT)"

test: setup format clippy layers docs unit day scan bindings ## Everything that has to hold

format: setup ## Source format
	cargo fmt --all --check

clippy: setup ## Lints
	cargo clippy --workspace --all-targets --locked -- -D warnings

docs: setup ## Public docs, without warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

layers: setup ## Layers, licences, sources
	ci/layers.sh "$(CACHE)"

# Property tests draw the same cases each time, so that what was green stays green; `make hunt` draws others.
unit: export PROPTEST_RNG_SEED ?= 20261127
unit: setup ## Tests and the examples in the docs
	cargo test --workspace --locked

day: setup ## A field day on made-up streets, with real processes; and once more with the store in PostgreSQL
	cargo build --locked -p walkbook-server -p walkbook-examples -p walkbook-cluster
	target/debug/field_day --server target/debug/walkbook-server --data tests/fixtures/made-up-town.csv
	target/debug/with_postgres target/debug/field_day --server target/debug/walkbook-server --data tests/fixtures/made-up-town.csv

scan: setup ## A server looked at from outside: its TLS by sslyze, its routes by schemathesis
	ci/scan.sh "$(CACHE)"

bindings: setup ## The phone in Python and Kotlin and, where a Debian root can be made, in Swift
	ci/test-bindings.sh "$(CACHE)"

bench: setup ## Figures, beside a named peer in the same run
	cargo bench --locked -p walkbook-core
	cargo build --release --locked -p walkbook-peers
	target/release/first_download
	target/release/shift
	target/release/heavy_device
	taskset -c 0 target/release/merge

# A smaller crowd: BENCH_SERVER="--phones 50 --first-contacts 100 --open 50 --seconds 5".
BENCH_SERVER ?=

bench-server: setup ## Whole servers on the embedded store and on PostgreSQL, one and two, beside pgbench in the same run
	cargo build --release --locked -p walkbook-server -p walkbook-peers
	target/release/crowd --server target/release/walkbook-server $(BENCH_SERVER)

# Real places for measurements: tsplib/, PLACE/addresses.csv.gz, PLACE/walks/. What is not there is skipped.
PLACES ?= $(WALKBOOK_DATA)

bench-terrain: setup ## Walks beside LKH, OR-Tools and known optima, turfs beside METIS and k-means, questions beside SciPy (PLACES=folder for real places)
	@ci/peers.sh "$(CACHE)"
	cargo build --release --locked -p walkbook-terrain-peers
	"$(CACHE)/peers/bin/python" tests/peers/terrain/walks.py target/release/terrain_walks $(PLACES)
	"$(CACHE)/peers/bin/python" tests/peers/terrain/turfs.py target/release/terrain_turfs $(PLACES)
	"$(CACHE)/peers/bin/python" tests/peers/terrain/questions.py target/release/terrain_questions $(PLACES)

hunt: setup ## Property tests with seeds that nobody has tried, so many MINUTES
	ci/hunt.sh "$(MINUTES)"

fuzz: setup ## Hostile bytes from libFuzzer, so many SECONDS for each target (TARGETS="door csv" for some)
	ci/fuzz.sh "$(SECONDS)" $(TARGETS)

test-bindings: setup ## The phone in Kotlin, Swift and Python, and all three on one list; fails where Swift cannot be had
	ci/test-bindings.sh "$(CACHE)" python kotlin swift

docs-bindings: setup ## The reference for app developers, in target/reference; fails where something public has no doc
	ci/docs-bindings.sh "$(CACHE)"

bench-bindings: setup ## What calls cost in Kotlin, Swift and Python, beside the same in Rust
	ci/bench-bindings.sh "$(CACHE)"

check-phones: setup ## The bindings' types on Android and iOS, without NDK and Xcode
	ci/check-phones.sh "$(CACHE)"

# Sooner, and slower at work: PROFILE=dev.
PROFILE ?= release

container: setup ## The server's image, built and looked at from outside (PROFILE=dev to try it sooner); needs root, and Debian
	ci/container.sh "$(CACHE)" "$(PROFILE)"

size: setup ## How large the library is in an app; fails over 10 MB
	ci/size.sh
