# Sourced by what tries the package: where its large things lie, and the Debian it is tried on. Root is needed.
# shellcheck shell=bash disable=SC2034

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPO=$(realpath "$HERE/../..")
TARGET=$(realpath -m "${CARGO_TARGET_DIR:-$REPO/target}")
RIG=${RIG:-$TARGET/appliance}
# The suite the package is for: Debian 13, which is also Raspberry Pi OS.
SUITE=trixie
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p "$RIG"

[ "$(id -u)" = 0 ] || { echo "$0: must be run as root (it makes a Debian root and boots it)" >&2; exit 1; }

need() { # PROGRAM PACKAGE ...: installs the packages whose program is missing
  local missing=()
  while [ $# -gt 0 ]; do command -v "$1" >/dev/null || [ -e "$1" ] || missing+=("$2"); shift 2; done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "Installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The Debian archive that this machine's own apt uses, for another suite. A mirror may lag behind.
archive() {
  local uri
  uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 -E '/debian/?$') ||
    { echo "no Debian archive among this machine's apt sources" >&2; return 1; }
  echo "deb [signed-by=$KEYRING check-valid-until=no] $uri $1 main"
}

bootstrap() { # SUITE FOLDER OPTION...: a minimal Debian root, whole or not at all
  local suite=$1 folder=$2; shift 2
  need mmdebstrap mmdebstrap
  rm -rf --one-file-system "$folder.new"
  mmdebstrap --quiet --variant=minbase --mode=root --aptopt='APT::Install-Recommends "false"' \
    --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt=force-unsafe-io "$@" "$suite" "$folder.new" "$(archive "$suite")"
  mv "$folder.new" "$folder"
}

# Documents and translations, which no test reads.
LEAN=(--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
  --dpkgopt='path-exclude=/usr/share/doc/*')

debian_root() { # PROCESSOR: a Debian 13, as Raspberry Pi OS is one, with what the package depends on; made once
  local root=$RIG/root-$1
  if [ ! -d "$root" ]; then
    bootstrap "$SUITE" "$root" --architectures="$1" "${LEAN[@]}" \
      --include=systemd,systemd-sysv,udev,dbus,kmod,procps,sqlite3,libinput10,libxkbcommon0,xkb-data,libfontconfig1,fonts-dejavu-core,ca-certificates >&2
  fi
  echo "$root"
}
