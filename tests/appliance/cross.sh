#!/usr/bin/env bash
# cross.sh CARGO-ARGUMENT...: cargo for arm64 with Debian's compilers, into $RIG/arm64. The crates are
# fetched outside, by this machine's own cargo.
set -euo pipefail
. "$(dirname "$0")/rig.sh"
"$HERE/tools.sh" compilers
cd "$REPO"
cargo fetch --locked --quiet
export CRATES=${CARGO_HOME:-$HOME/.cargo}/registry
# What was asked of this cargo is asked of that one.
mapfile -t wishes < <(env | grep -E '^(CARGO_PROFILE_[A-Z_]+|SOURCE_DATE_EPOCH)=' || true)
inside "$TOOLS" env -i PATH=/usr/bin:/bin HOME=/root CARGO_HOME=/root/.cargo CARGO_TERM_COLOR=never \
  CARGO_INCREMENTAL=0 CARGO_TARGET_DIR="$RIG/arm64" CARGO_BUILD_JOBS="${CARGO_BUILD_JOBS:-$(nproc)}" \
  "${wishes[@]}" \
  CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=/usr/local/bin/link-for-arm64 \
  CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc AR_aarch64_unknown_linux_gnu=aarch64-linux-gnu-ar \
  PKG_CONFIG_ALLOW_CROSS=1 PKG_CONFIG=aarch64-linux-gnu-pkg-config \
  sh -c 'cd "$1"; shift; exec cargo build --offline --locked --target aarch64-unknown-linux-gnu "$@"' cross "$REPO" "$@"
