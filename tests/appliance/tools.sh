#!/usr/bin/env bash
# tools.sh emulator|compilers: a Debian root with a QEMU that knows touchscreens (1 GB), and on demand with Rust and
# a C compiler for arm64 and the libraries the touchscreen is linked against (3 GB). Each is made once.
set -euo pipefail
. "$(dirname "$0")/rig.sh"
in_tools() { inside "$TOOLS" env DEBIAN_FRONTEND=noninteractive "$@"; }
install_in_tools() { in_tools apt-get install -y -qq --no-install-recommends "$@" >> "$RIG/tools.log"; }

emulator() {
  [ -x "$TOOLS/usr/bin/apt-get" ] || bootstrap forky "$TOOLS" "${LEAN[@]}" --include=ca-certificates,apt
  cp /etc/resolv.conf /etc/hosts "$TOOLS/etc/"
  mkdir -p "$TOOLS$(dirname "$KEYRING")"
  cp "$KEYRING" "$TOOLS$KEYRING"
  in_tools dpkg --add-architecture arm64
  in_tools apt-get update -qq
  install_in_tools qemu-system-arm qemu-system-x86 e2fsprogs
  touch "$TOOLS/emulator"
}

compilers() {
  install_in_tools rustc cargo make pkgconf gcc-aarch64-linux-gnu libc6-dev-arm64-cross libstd-rust-dev:arm64 \
    libudev-dev:arm64 libinput-dev:arm64 libxkbcommon-dev:arm64 libfontconfig-dev:arm64
  # Linked against this root's C library the programs would not start on Debian 13, so that of Debian 13 is
  # laid beside it and comes first. (Installing it instead would swap the compiler for one that runs on arm64.)
  archive "$SUITE" > "$TOOLS/etc/apt/sources.list.d/$SUITE.list"
  printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$SUITE" > "$TOOLS/etc/apt/preferences.d/$SUITE"
  in_tools apt-get update -qq
  in_tools bash -euc '
    rm -rf /opt/libc /tmp/libc; mkdir -p /tmp/libc; cd /tmp/libc
    for package in libc6-dev-arm64-cross libc6-arm64-cross; do
      version=$(apt-cache madison "$package" | grep "'"$SUITE"'/" | head -1 | cut -d"|" -f2 | tr -d " ")
      apt-get download -q "$package=$version"
    done
    for one in *.deb; do dpkg-deb -x "$one" /opt/libc; done
    sed -i "s#/usr/aarch64-linux-gnu/lib/#/opt/libc&#g" /opt/libc/usr/aarch64-linux-gnu/lib/lib{c,m}.so
    apt-get clean'
  cat > "$TOOLS/usr/local/bin/link-for-arm64.new" <<'LINK'
#!/bin/sh
exec aarch64-linux-gnu-gcc -L/opt/libc/usr/aarch64-linux-gnu/lib -Wl,--allow-shlib-undefined "$@"
LINK
  chmod +x "$TOOLS/usr/local/bin/link-for-arm64.new"
  mv "$TOOLS/usr/local/bin/link-for-arm64.new" "$TOOLS/usr/local/bin/link-for-arm64"
}

[ -e "$TOOLS/emulator" ] || emulator
[ "$1" = emulator ] || [ -x "$TOOLS/usr/local/bin/link-for-arm64" ] || compilers
