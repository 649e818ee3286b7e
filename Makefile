# Balie: `make demo` shows it at work, `make test` proves it. `make help` lists the rest.
#
# Each target installs what it misses (Debian packages); Rust itself it only asks for.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test faults check check-yocto fmt lint unit doc licences audit fuzz soak bench pictures deb test-units test-appliance packages rust clean

DEMO := target/demo
BIN  := $(or $(CARGO_TARGET_DIR),target)/debug

# The demo's shop calls a week ahead and has no weekly limit, so that late, today and coming all show.
LIVELY := general.weekly_capacity=0 rules.not_seen.months=15 rules.inspection.days=7 rules.roadside_cover.days=7 \
  rules.next_service.days=7 rules.timing_belt.days=7 rules.service_interval.days=7 rules.repair_advice.days=7 \
  rules.inspection.assignee=ELS rules.next_service.assignee=JAN

# To build and to draw: a C compiler for SQLite, and fonts.
BUILD_PACKAGES := gcc libc6-dev pkg-config libfontconfig-dev fontconfig fonts-dejavu-core
# To open a window (loaded at run time), and what the tests start as real counterparts.
WINDOW_PACKAGES := libx11-6 libx11-xcb1 libxcb1 libxcursor1 libxi6 libxrandr2 libxkbcommon-x11-0 xkb-data
TEST_PACKAGES := sqlite3 xvfb xdotool strace python3-aiosmtpd python3-icalendar python3-venv rauc squashfs-tools shellcheck openssl \
  dbus-daemon radicale faketime
# What bitbake and its checks need on the host.
YOCTO_PACKAGES := gawk wget diffstat unzip texinfo chrpath socat cpio file lz4 zstd xz-utils locales debianutils \
  iputils-ping python3-venv python3-pexpect python3-jinja2 python3-subunit python3-git rpcsvc-proto bzip2 patch git \
  build-essential mtools dosfstools parted fdisk gdisk e2fsprogs squashfs-tools shellcheck

# To build the touchscreen for a machine without a window system, and to pack it.
KIOSK_PACKAGES := libinput-dev libudev-dev libxkbcommon-dev binutils python3

# What `packages` installs, unless a target wants others.
WANTED = $(BUILD_PACKAGES) $(WINDOW_PACKAGES) $(TEST_PACKAGES)

# The package's processors: amd64, arm64, or both.
DEB := $(shell dpkg --print-architecture)

help:
	@echo 'make demo      an invented shop, its tasks, and the CRM manager (in a window, or as pictures)'
	@echo 'make test      install what is missing and run every test'
	@echo 'make check     what CI runs: format, lints, tests, documentation'
	@echo 'make audit     licences and sources of all that is built in, and their known weaknesses'
	@echo 'make fuzz      every parser of foreign bytes, each for MINUTES=10 (TARGETS=... for some of them)'
	@echo 'make faults    the 26 faults of a desk, made for real: a table of what was tried and what held (ROUNDS=5)'
	@echo 'make soak      weeks of a shop in half an hour (SOAK=30 minutes): memory, files, bytes written'
	@echo 'make bench     the speed figures, each as a ratio against a floor of the same run'
	@echo 'make pictures  every page as PNG, in all sizes and languages'
	@echo 'make deb       the Debian package (DEB="amd64 arm64" for other processors than this one)'
	@echo 'make test-units      the package on a Debian 13 in a container: start, hang, kill, sandbox (root)'
	@echo 'make test-appliance  the package in QEMU: screen, touch, lamp, button, power cuts (root; DEB=amd64)'
	@echo 'make check-yocto CLONES=FOLDER   the Yocto layer against clones of the layers it stands on; builds nothing'

rust:
	@command -v cargo >/dev/null || { \
	  echo 'Rust is missing. Install 1.94 or newer as https://rustup.rs says, open a new shell, and try again.' >&2; exit 1; }

packages:
	@missing=(); \
	for package in $(WANTED); do \
	  dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$$package"); \
	done; \
	if [ "$${#missing[@]}" -gt 0 ]; then \
	  echo "Installing $${missing[*]}"; \
	  as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	  $$as_root apt-get update -qq; \
	  DEBIAN_FRONTEND=noninteractive $$as_root apt-get install -y -qq --no-install-recommends "$${missing[@]}" >/dev/null; \
	fi

demo: rust packages
	cargo build
	@rm -rf $(DEMO); mkdir -p $(DEMO)
	@printf '[rdw]\nenabled = false  # its cars do not exist\n' > $(DEMO)/balie.toml
	@export BALIE_DATA_DIR=$(DEMO) BALIE_CONFIG=$(DEMO)/balie.toml; \
	$(BIN)/balie demo --vehicles 500; \
	for setting in $(LIVELY); do $(BIN)/balie settings set $${setting/=/ } >/dev/null; done; \
	$(BIN)/balie collect; \
	if [ -n "$${DISPLAY:-}" ]; then \
	  $(BIN)/balie-collector & collector=$$!; trap 'kill $$collector 2>/dev/null || true' EXIT; \
	  echo 'The CRM manager opens in a window; close it to end.'; \
	  $(BIN)/balie-kiosk --windowed --employee BEA; \
	else \
	  $(BIN)/balie tasks; \
	  $(BIN)/balie-kiosk --screenshot $(DEMO)/pages; \
	  echo "No display here: every page is drawn in $(CURDIR)/$(DEMO)/pages"; \
	fi

test: rust packages check

check: fmt lint unit doc licences

fmt:
	cargo fmt --all --check

# `--all-targets` would look at the pages' generated code twice, which takes minutes.
lint:
	cargo clippy --workspace --lib --bins --tests --benches --examples -- -D warnings

# One process for each test where nextest is present; the documentation's examples it leaves out.
unit:
	@if cargo nextest --version >/dev/null 2>&1; then \
	  cargo nextest run --workspace; \
	else \
	  cargo test --workspace; \
	fi

doc:
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --quiet

# Needs no network, and two seconds; it takes a long time to build the tool, which only `audit` does.
licences:
	@if cargo deny --version >/dev/null 2>&1; then \
	  cargo deny --locked check licenses bans sources; \
	else \
	  echo 'Licences and sources were not checked: cargo-deny is not installed (make audit does both).'; \
	fi

audit: rust
	@cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny
	@$(MAKE) --no-print-directory licences
	@if cargo deny fetch db >/dev/null 2>&1; then \
	  cargo deny --locked check --disable-fetch advisories; \
	else \
	  echo 'Known weaknesses were NOT looked up: the advisory database (RustSec, on GitHub) cannot be reached.' >&2; \
	  echo 'Run make audit again on a machine that reaches it.' >&2; \
	fi

# Needs the nightly compiler. What was found before lies in fuzz/seeds; a crash is kept in fuzz/artifacts.
MINUTES ?= 10
TARGETS ?= $(basename $(notdir $(wildcard fuzz/targets/*.rs)))
fuzz: rust
	@rustup toolchain list | grep -q '^nightly' || rustup toolchain install nightly --profile minimal
	@cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz
	@for target in $(TARGETS); do \
	  mkdir -p fuzz/corpus/$$target; \
	  cargo +nightly fuzz run --sanitizer none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
	    -max_total_time=$$(( $(MINUTES) * 60 )) -timeout=10 -max_len=8192 -print_final_stats=1; \
	done

# The tests of tests/faults/table.txt, each fault so many times as often as `make test` makes it. FEATURES leaves
# out Slint, as in FEATURES='--no-default-features --features gpio'.
ROUNDS ?= 5
faults: rust packages
	BALIE_FAULT_ROUNDS=$(ROUNDS) tests/faults/run.py $(FEATURES)

SOAK ?= 30
soak: rust packages
	cargo build --release
	MINUTES=$(SOAK) benches/soak.sh

bench: rust packages
	cargo build --release
	benches/run.sh

# The pictures in README: page, size and language.
SHOWN := tasks/1280x800/nl task/1280x800/nl agenda-booking/1280x800/nl compose-sms/1280x800/nl settings-rule/1280x800/nl \
  report/1280x800/nl tasks/800x480/de tasks/720x1280/pt customer/720x1280/pt
pictures: rust packages
	cargo build
	@rm -rf target/pictures; mkdir -p target/pictures/data
	@BALIE_DATA_DIR=target/pictures/data $(BIN)/balie demo --vehicles 500
	@for setting in $(LIVELY); do BALIE_DATA_DIR=target/pictures/data $(BIN)/balie settings set $${setting/=/ } >/dev/null; done
	@BALIE_DATA_DIR=target/pictures/data $(BIN)/balie collect >/dev/null
	@for size in 800x480 1280x800 720x1280; do for language in nl de pt en; do \
	  BALIE_DATA_DIR=target/pictures/data $(BIN)/balie-kiosk --screenshot target/pictures/$$size/$$language --size $$size --language $$language; \
	done; done
	@echo "Every page is drawn in $(CURDIR)/target/pictures"
	@mkdir -p ui/pictures; for one in $(SHOWN); do \
	  page=$${one%%/*}; rest=$${one#*/}; cp "target/pictures/$$rest/$$page.png" "ui/pictures/$$page-$${rest/\//-}.png"; \
	done

deb: WANTED := $(BUILD_PACKAGES) $(KIOSK_PACKAGES)
deb: rust packages
	systemd/deb/build.sh $(DEB)

test-units: deb
	tests/units/run.py target/deb/balie_*_$(shell dpkg --print-architecture).deb

test-appliance: DEB := arm64
test-appliance: deb
	tests/appliance/run.sh target/deb/balie_*_$(DEB).deb

check-yocto: WANTED := $(YOCTO_PACKAGES)
check-yocto: rust packages
	@[ -n "$(CLONES)" ] || { echo 'Say where the clones of the layers are: make check-yocto CLONES=FOLDER' >&2; exit 1; }
	yocto/check "$(CLONES)"

clean:
	cargo clean
