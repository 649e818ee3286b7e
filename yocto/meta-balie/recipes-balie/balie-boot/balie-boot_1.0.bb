SUMMARY = "What a slot starts from, and the file that names the slot"
DESCRIPTION = "Firmware, kernel and device trees as one FAT image, the same for both slots, and the file that names the slot."
SECTION = "bootloaders"
LICENSE = "GPL-3.0-only"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/GPL-3.0-only;md5=c79ff39f19dfec6d293b95dea7b07891"

COMPATIBLE_MACHINE = "^rpi$"
INHIBIT_DEFAULT_DEPS = "1"
DEPENDS = "dosfstools-native mtools-native"

SRC_URI = "file://autoboot.txt"
S = "${UNPACKDIR}"

inherit deploy nopackages

# As many kB as the partition has (balie.wks): RAUC writes the image as it is.
BALIE_BOOT_KB ?= "131072"

# The files that meta-raspberrypi lists for the machine, under the names they have on the card.
python do_collect() {
    import os, shutil
    from oe.bootfiles import get_boot_files
    deployed = d.getVar('DEPLOY_DIR_IMAGE')
    folder = os.path.join(d.getVar('B'), 'boot')
    for source, target in get_boot_files(deployed, d.getVar('IMAGE_BOOT_FILES')):
        target = os.path.join(folder, target)
        bb.utils.mkdirhier(os.path.dirname(target))
        shutil.copyfile(os.path.join(deployed, source), target)
}
do_collect[dirs] = "${B}"
do_collect[cleandirs] = "${B}/boot"
do_collect[depends] += "virtual/kernel:do_deploy rpi-bootfiles:do_deploy rpi-config:do_deploy rpi-cmdline:do_deploy"
addtask collect after do_configure before do_compile

do_compile() {
    rm -f ${B}/balie-boot.vfat
    mkfs.vfat -F 32 -n BOOT -S 512 -C ${B}/balie-boot.vfat ${BALIE_BOOT_KB}
    mcopy -i ${B}/balie-boot.vfat -s ${B}/boot/* ::/
}

do_deploy() {
    install -m 0644 ${B}/balie-boot.vfat ${DEPLOYDIR}
    install -m 0644 ${S}/autoboot.txt ${DEPLOYDIR}
}
addtask deploy after do_compile before do_build

PACKAGE_ARCH = "${MACHINE_ARCH}"
