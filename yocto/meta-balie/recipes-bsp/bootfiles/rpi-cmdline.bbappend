# Each slot starts with its own root file system. The same image is written to both: the firmware chooses the file
# by the partition it was read from (config.txt, [boot_partition=...]).
CMDLINE_ROOT_PARTITION:balie-os = "PARTLABEL=root_a"
CMDLINE_ROOT_FSTYPE:balie-os = "rootfstype=squashfs ro"
CMDLINE:append:balie-os = " rauc.slot=A quiet loglevel=3 vt.global_cursor_default=0 consoleblank=0 panic=10 fsck.repair=yes systemd.gpt_auto=0"

do_deploy:append:balie-os() {
    cd "${DEPLOYDIR}/${BOOTFILES_DIR_NAME}"
    cp cmdline.txt cmdline-a.txt
    sed -e 's/PARTLABEL=root_a/PARTLABEL=root_b/' -e 's/rauc.slot=A/rauc.slot=B/' cmdline.txt > cmdline-b.txt
}
