# The commands of this project; what each does is in the script it calls.
.PHONY: help demo test test-pykickstart fuzz lint bench screenshots soak deb rpm test-packages install clean

help: ## says what there is (the default)
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile

demo: ## installs what is missing, builds an image from a kickstart, boots it in qemu
	@.ci/need demo
	@examples/demo/run

test: ## runs all tests, with a RabbitMQ and a PostgreSQL of their own
	@.ci/need test
	@.ci/test

test-pykickstart: ## asks the newest pykickstart on PyPI for every command and option, and compares
	@.ci/test-pykickstart

fuzz: ## feeds kickstarts, images and torrents nobody thought of to what reads them, for five minutes
	@.ci/fuzz

lint: ## formatting, clippy, shellcheck where it is installed
	@.ci/lint

bench: ## measures; docs/performance.md says what
	@.ci/need bench
	@.ci/with-services cargo bench --workspace --locked --benches

screenshots: ## has Chromium look at every page, and writes the pictures of docs/web.md and target/pictures
	@.ci/need test
	@.ci/axe
	@examples/demo/make-repo target/demo-repo
	@IMG_WRITE_PICTURES=1 IMG_DEMO_REPO="$$(realpath target/demo-repo)" IMG_TEST_AXE="$$(realpath "$${CARGO_TARGET_DIR:-target}/axe/axe.min.js")" cargo test --locked -p wiring --test rest chromium

soak: ## kills and stops real builds at 330 moments, and brokers under 500 workitems; takes half an hour
	@.ci/need test
	@IMG_TEST_AMQP_WORKITEMS=500 .ci/with-services cargo test --locked -p skynet-amqp --test rabbit chaos -- --nocapture
	@examples/demo/make-repo target/demo-repo
	@IMG_TEST_KILLS=200 IMG_DEMO_REPO="$$(realpath target/demo-repo)" cargo test --locked -p wiring --test lives sigkill -- --nocapture
	@IMG_TEST_KILLS=100 IMG_TEST_STOPS=5 IMG_DEMO_REPO="$$(realpath target/demo-repo)" cargo test --locked -p wiring --test faults -- --nocapture kills stops

deb: ## makes Debian packages below target/packages
	@packaging/package deb

rpm: ## makes rpm packages below target/packages
	@packaging/package rpm

test-packages: ## makes the packages, installs them into bare systems, and boots one of those in qemu
	@.ci/need packages
	@.ci/test-packages

install: ## puts everything below $(DESTDIR)$(PREFIX), which is /usr/local unless told
	@cargo build --release --locked --features wiring/torrent --bin img --bin skynet
	@cargo run --release --quiet --locked -p cli --example pages -- "$${CARGO_TARGET_DIR:-target}/pages"
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" packaging/install

clean: ## removes everything that make demo and make test made in this folder
	rm -rf demo target
