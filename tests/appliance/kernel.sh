#!/usr/bin/env bash
# kernel.sh PROCESSOR: a kernel for QEMU with its modules, and a small initial file system that mounts the
# root, all in $RIG/machine-PROCESSOR. It is a newer Debian's: that of Debian 13 comes without simulated GPIO lines.
set -euo pipefail
. "$(dirname "$0")/rig.sh"
processor=$1 out=$RIG/machine-$1
[ ! -e "$out/initrd" ] || exit 0
"$HERE/tools.sh" emulator
need cpio cpio depmod kmod
kernel=$out/kernel initrd=$out/kernel/initrd
rm -rf "$kernel" "$out/modules"
mkdir -p "$kernel/deb" "$initrd"/{bin,dev,proc,sys,root,modules} "$out/modules"
inside "$TOOLS" bash -euc '
  cd "$1"
  image=$(apt-cache depends "linux-image-$2:$2" | sed -n "s/.*Depends: \(linux-image-[0-9][^ :]*\).*/\1/p" | head -1)
  parts=$(apt-cache depends "$image:$2" | sed -n "s/.*Depends: \(linux-[a-z]*-[0-9][^ :]*\).*/\1:$2/p")
  # shellcheck disable=SC2086
  apt-get download -q $parts "busybox-static:$2"' kernel "$kernel/deb" "$processor"
for one in "$kernel"/deb/*.deb; do dpkg-deb -x "$one" "$kernel"; done
cp "$(find "$kernel" -name "vmlinuz*" -type f -print -quit)" "$out/vmlinuz"
folder=$(dirname "$(find "$kernel" -path '*/modules/*/kernel' -type d -print -quit)")
version=$(basename "$folder")
# As they lie in the root: depmod and modprobe want to see lib/modules.
mkdir -p "$kernel/root/lib/modules"
mv "$folder" "$kernel/root/lib/modules/$version"
depmod -b "$kernel/root" "$version"

# What mounts the root: the modules of QEMU's disk and of ext4, in the order in which they need each other.
cp "$(find "$kernel" -path '*bin/busybox' -print -quit)" "$initrd/bin/busybox"
number=100
for module in virtio_pci virtio_blk ext4; do
  while read -r kind file _; do
    [ "$kind" = insmod ] || continue
    name=$(basename "$file")
    ! compgen -G "$initrd/modules/*-$name" >/dev/null || continue
    number=$((number + 1))
    case $name in
      *.xz) xz -dc "$file" > "$initrd/modules/$number-${name%.xz}" ;;
      *.zst) zstd -qdc "$file" > "$initrd/modules/$number-${name%.zst}" ;;
      *) cp "$file" "$initrd/modules/$number-$name" ;;
    esac
  done < <(modprobe -d "$kernel/root" -S "$version" --show-depends "$module")
done
cat > "$initrd/init" <<'INIT'
#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs dev /dev
for module in /modules/*; do $b insmod "$module"; done
until [ -b /dev/vda ]; do $b usleep 20000; done
$b mount -t ext4 -o rw,noatime /dev/vda /root || { echo 'the root file system cannot be mounted'; exec $b sh; }
$b mount -o move /dev /root/dev
$b mount -o move /sys /root/sys
$b mount -o move /proc /root/proc
exec $b switch_root /root /usr/lib/systemd/systemd
INIT
chmod +x "$initrd/init"
mv "$kernel/root/lib/modules/$version" "$out/modules/"
(cd "$initrd" && find . | cpio --quiet -o -H newc) | gzip -1 > "$out/initrd.new"
mv "$out/initrd.new" "$out/initrd"
rm -rf "$kernel"
ls -l "$out/vmlinuz" "$out/initrd"
