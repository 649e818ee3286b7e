SUMMARY = "Balie's card: the desk and what it stands on, and nothing else"
DESCRIPTION = "The root file system of one slot, read-only, and the whole card with both slots and the data partition."
LICENSE = "MIT"

inherit core-image

IMAGE_FEATURES += "read-only-rootfs splash"

IMAGE_INSTALL = " \
    packagegroup-core-boot \
    balie \
    balie-system \
    e2fsprogs-e2fsck \
    dosfstools \
    iw \
    openssh-sshd \
    rauc \
    tzdata \
    wireless-regdb-static \
    wpa-supplicant \
"
# Marks a slot good as soon as the machine is up; ours waits for the desk.
BAD_RECOMMENDATIONS += "rauc-mark-good"

IMAGE_BOOT_FILES_label-BALIE = "autoboot.txt balie.toml"
WICVARS:append = " IMAGE_BOOT_FILES_label-BALIE"
do_image_wic[depends] += "balie-boot:do_deploy balie:do_deploy"
