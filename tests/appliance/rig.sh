# Sourced by the scripts that build for the appliance and try it: beside what ../units/rig.sh brings, a root
# with compilers and an emulator. Nothing stays mounted, whatever way a script ends.
# shellcheck shell=bash disable=SC2034
. "$(dirname "${BASH_SOURCE[0]}")/../units/rig.sh"

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Where the compiler for arm64 and a new QEMU come from.
TOOLS=$RIG/tools

inside() { # ROOT COMMAND...: chroot, in a mount namespace of its own; $RIG and the repository keep their names
  ${INSTEAD_OF_THIS_SHELL:+exec} unshare --mount --propagation private bash -euc '
    root=$1; rig=$2; repo=$3; shift 3
    mkdir -p "$root$rig" "$root$repo"
    mount -t proc proc "$root/proc"; mount --rbind /sys "$root/sys"; mount --rbind /dev "$root/dev"
    mount --rbind "$repo" "$root$repo"; mount --rbind "$rig" "$root$rig"
    [ -z "${CRATES:-}" ] || { mkdir -p "$root/root/.cargo/registry"; mount --bind "$CRATES" "$root/root/.cargo/registry"; }
    exec chroot "$root" "$@"' inside "$1" "$RIG" "$REPO" "${@:2}"
}

foreign_programs_run() { # arm64 programs through an emulator, for the maintainer scripts of an arm64 root
  need qemu-aarch64-static qemu-user-static arch-test arch-test
  mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  [ -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ] ||
    cat /usr/lib/binfmt.d/qemu-aarch64.conf > /proc/sys/fs/binfmt_misc/register
}
