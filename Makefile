# The few commands that everybody needs; .ci/run is what CI runs.
CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: build test dist docs clean
build:
	$(CARGO) build --release --workspace --locked

test:
	$(CARGO) test --release --workspace --locked

# An archive with program, manual and completions, and its checksum, in dist/.
dist: build
	INFRA_ANALYZE=$(TARGET)/release/infra-analyze bash packaging/dist.sh dist

# The guide in target/book; its quotations of the program are checked.
docs: build
	INFRA_ANALYZE=$(TARGET)/release/infra-analyze bash .ci/docs.sh target/book

clean:
	$(CARGO) clean
	rm -rf dist
