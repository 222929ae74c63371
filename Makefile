# What one does with this folder. `make` alone lists it.

TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help demo build test test-deps bench bench-peers torture fuzz lint audit clean

help:
	@echo 'make demo       build and start the demonstration (ARGS="--seed 7" goes to the demo)'
	@echo 'make build      build the program for use: $(TARGET)/release/rejoinder'
	@echo 'make test       lint, then all tests, on SQLite and on PostgreSQL (ARGS="-p rejoinder-mail" narrows them)'
	@echo 'make test-deps  install the servers that the tests need (as root; Debian)'
	@echo 'make bench      run the benchmarks'
	@echo 'make bench-peers  take the same mails as Roundup and django-helpdesk, which it installs (needs the network)'
	@echo 'make torture    play a million damaged mails through the decision (ARGS="--seed 7"; "--only 4711": one again)'
	@echo 'make fuzz       look for inputs that end badly, 10 s for each target (ARGS="mail 600" for one and longer)'
	@echo 'make lint       formatting, clippy, the shape of the house, documentation'
	@echo 'make audit      look for known vulnerabilities in the dependencies (needs the network)'
	@echo 'make clean      remove what was built'

demo:
	@scripts/preflight --node
	@scripts/build-web
	@echo 'Building the demonstration; the first time this takes a few minutes.'
	@cargo build --locked -p rejoinder
	@$(TARGET)/debug/rejoinder demo $(ARGS)

build:
	@scripts/preflight --node
	@scripts/build-web
	@cargo build --locked --release -p rejoinder
	@echo 'Built $(TARGET)/release/rejoinder'

test:
	@scripts/preflight
	@scripts/test $(ARGS)

test-deps:
	@scripts/preflight
	@scripts/test-deps

bench:
	@scripts/preflight
	@scripts/bench $(ARGS)

bench-peers:
	@scripts/preflight
	@scripts/bench-peers $(ARGS)

torture:
	@scripts/preflight
	@cargo bench --locked -p rejoinder-testkit --bench torture -- --mails 1000000 $(ARGS)

fuzz:
	@scripts/preflight
	@scripts/fuzz $(ARGS)

lint:
	@scripts/preflight
	@scripts/lint

audit:
	@scripts/preflight
	@scripts/audit

clean:
	@scripts/preflight
	@cargo clean
	@rm -rf web/dist web/node_modules
