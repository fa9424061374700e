# Every command sets up what it needs and says what it installs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

CACHE ?= $(or $(WALKBOOK_CACHE),$(HOME)/.cache/walkbook)

.PHONY: help setup test format clippy docs layers unit bench

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | column -t -s $$'\t'

setup: ## Install what the build needs (Debian packages, checking tools)
	@ci/setup.sh "$(CACHE)"

test: setup format clippy layers docs unit ## Everything that has to hold

format: setup ## Source format
	cargo fmt --all --check

clippy: setup ## Lints
	cargo clippy --workspace --all-targets --locked -- -D warnings

docs: setup ## Public docs, without warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

layers: setup ## Layers, licences, sources
	ci/layers.sh "$(CACHE)"

unit: setup ## Tests and the examples in the docs
	cargo test --workspace --locked

bench: setup ## Figures, beside a named peer in the same run
	cargo run --release --locked -p walkbook-sync --example shift_bytes
	cargo bench --locked -p walkbook-core --bench record_knock --bench open_list
