#!/usr/bin/env bash
# image.sh PACKAGE.deb: in $RIG/machine-PROCESSOR a kernel, root.ext4 (Debian with Balie's package as a technician would
# install it), and data.ext4 (the empty disk for the shop's data). No partition table and no loop device is needed.
set -euo pipefail
package=$(realpath "$1")
. "$(dirname "$0")/rig.sh"
processor=$(dpkg-deb -f "$package" Architecture)
out=$RIG/machine-$processor
[ "$processor" = "$(dpkg --print-architecture)" ] || foreign_programs_run
root=$(debian_root "$processor")
"$HERE/kernel.sh" "$processor"
need mke2fs e2fsprogs
stage=$out/stage
trap 'rm -rf --one-file-system "$stage"' EXIT
rm -rf --one-file-system "$stage"
cp -a --reflink=auto "$root" "$stage"
cp "$package" "$stage/opt/balie.deb"
mkdir -p "$stage/usr/lib/modules"
cp -a --reflink=auto "$out"/modules/* "$stage/usr/lib/modules/"
inside "$stage" dpkg -i /opt/balie.deb
rm "$stage/opt/balie.deb"
find "$stage$REPO" -depth -type d -empty -delete

put() { mkdir -p "$(dirname "$stage/$1")"; cat > "$stage/$1"; }
enable() { ln -sfn "../$1" "$stage/etc/systemd/system/multi-user.target.wants/$1"; }
echo balie | put etc/hostname
: | put etc/machine-id
mkdir -p "$stage/etc/systemd/system/multi-user.target.wants"
echo 'LABEL=balie-data /var/lib/balie ext4 noatime 0 0' | put etc/fstab
# The technician's file: the lines of lamp and button as the simulation calls them.
sed 's/^#driver = .*/driver = "chardev"/; s/^#led = .*/led = "LAMP"/; s/^#button = .*/button = "BUTTON"/' \
  "$REPO/systemd/balie.toml" | put etc/balie/balie.toml

# Only for the test: a root shell on a serial port, and two simulated lines.
put usr/local/sbin/test-shell <<'SHELL'
#!/bin/bash
# "NUMBER COMMAND-IN-BASE64" in, "<NUMBER EXIT-CODE>OUTPUT-IN-BASE64</NUMBER>" out
until [ -e /dev/virtio-ports/test-shell ]; do sleep 0.1; done
exec 3<>/dev/virtio-ports/test-shell
while true; do
  # Until the test has opened its end, there is nothing to read.
  read -r number command <&3 || { sleep 0.2; continue; }
  code=0
  base64 -d <<< "$command" | bash 3>&- > /run/test-shell.out 2>&1 || code=$?
  { printf '<%s %s>' "$number" "$code"; base64 -w0 /run/test-shell.out; printf '</%s>' "$number"; } >&3
done
SHELL
put etc/systemd/system/test-shell.service <<'UNIT'
[Unit]
Description=Test: a root shell on a serial port
[Service]
ExecStart=/usr/local/sbin/test-shell
Restart=always
UNIT
put usr/local/sbin/test-lines <<'LINES'
#!/bin/sh
set -e
modprobe gpio-sim
mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
bank=/sys/kernel/config/gpio-sim/test/bank
mkdir -p $bank/line0 $bank/line1
echo 2 > $bank/num_lines
echo test-lines > $bank/label
echo LAMP > $bank/line0/name
echo BUTTON > $bank/line1/name
echo 1 > $bank/../live
chip=/sys/devices/platform/$(cat $bank/../dev_name)/$(cat $bank/chip_name)
ln -sfn "$chip/sim_gpio0" /run/lamp
ln -sfn "$chip/sim_gpio1" /run/button
echo pull-up > /run/button/pull
LINES
put etc/systemd/system/test-lines.service <<'UNIT'
[Unit]
Description=Test: two simulated GPIO lines
DefaultDependencies=no
After=systemd-udevd.service
Before=balie-kiosk.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/test-lines
UNIT
put etc/systemd/system/test-ready.service <<'UNIT'
[Unit]
Description=Test: says on the console that everything is started
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo TEST-READY $(cut -d" " -f1 /proc/uptime) > /dev/console'
UNIT
chmod +x "$stage"/usr/local/sbin/test-*
for unit in test-shell test-lines test-ready; do enable $unit.service; done

size=$(du -sm --apparent-size "$stage" | cut -f1)
rm -f "$out/root.ext4" "$out/data.ext4"
truncate -s "$((size * 13 / 10 + 200))M" "$out/root.ext4"
mke2fs -q -t ext4 -L balie-root -d "$stage" "$out/root.ext4"
truncate -s 256M "$out/data.ext4"
mke2fs -q -t ext4 -L balie-data "$out/data.ext4"
ls -sh "$out/root.ext4" "$out/data.ext4"
