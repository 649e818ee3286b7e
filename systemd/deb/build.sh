#!/usr/bin/env bash
# build.sh PROCESSOR...: target/deb/balie_VERSION_PROCESSOR.deb for amd64, arm64 or both. For the processor
# of this machine by its own compiler, for arm64 elsewhere by Debian's (tests/appliance/cross.sh; root).
# PROFILE=dev builds faster, for a test of the package.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$(dpkg --print-architecture)
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
profile=${PROFILE:-release}
# The oldest C library that `depends` in Cargo.toml promises to run on.
oldest=$(grep -oP '^depends = "libc6 \(>= \K[0-9.]+' Cargo.toml)
# The same moment in all programs of a package, and the same package from the same sources.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH CARGO_TARGET_DIR="$target"

# Each program optimised as a whole, as for the card (balie_VERSION.bb): a third smaller, minutes longer to build.
export CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1

build() { # COMMAND...: the programs; only the touchscreen knows Slint
  "$@" --profile "$profile" --no-default-features --features gpio --bin balie --bin balie-collector
  "$@" --profile "$profile" --no-default-features --features kiosk --bin balie-kiosk
}

pages() { # PROGRAM: manual pages and completions, by the program itself
  rm -rf target/deb/share
  mkdir -p target/deb/share/man
  "$1" man target/deb/share/man
  "$1" completions bash > target/deb/share/balie.bash
  "$1" completions zsh > target/deb/share/_balie
  "$1" completions fish > target/deb/share/balie.fish
}

check() { # PROGRAM...: whether the promised C library is new enough for it
  local program needs
  for program in "$@"; do
    needs=$(objdump -T "$program" | grep -oP 'GLIBC_\K2\.[0-9]+' | sort -uV | tail -1)
    echo "$(basename "$program"): $(stat -c %s "$program") bytes, needs libc $needs"
    if ! dpkg --compare-versions "$needs" le "$oldest"; then
      echo "$program needs a newer C library than the package promises ($oldest)" >&2
      exit 1
    fi
  done
}

command -v cargo-deb >/dev/null || cargo install cargo-deb --version 3.8.0 --locked --no-default-features
for processor in "$@"; do
  case $processor in
    "$here")
      build cargo build --locked
      built=$target triple=; for_target=() ;;
    arm64)
      build tests/appliance/cross.sh
      built=$target/appliance/arm64 triple=aarch64-unknown-linux-gnu; for_target=(--target "$triple")
      # Here only to write the pages, which are the same for every processor.
      cargo build --locked --profile "$profile" --no-default-features --features gpio --bin balie ;;
    *) echo "build.sh: a package for $processor cannot be built on $here" >&2; exit 2 ;;
  esac
  kind=${profile/#dev/debug}
  pages "$target/$kind/balie"
  check "$built/${triple:+$triple/}$kind"/{balie,balie-collector,balie-kiosk}
  strip=(--no-strip)
  [ "$profile" = release ] || strip=(--strip)
  rm -f target/deb/balie_*_"$processor".deb
  CARGO_TARGET_DIR=$built cargo deb --no-build --profile "$profile" "${strip[@]}" "${for_target[@]}" --output target/deb/
done
ls -l target/deb/*.deb
