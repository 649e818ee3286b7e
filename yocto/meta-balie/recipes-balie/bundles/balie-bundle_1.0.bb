# nooelint: oelint.var.mandatoryvar.SRC_URI
SUMMARY = "An update of Balie for a USB stick or a server"
DESCRIPTION = "One signed file with the root file system and what it starts from; `balie update install` takes it."
LICENSE = "MIT"

inherit bundle

RAUC_BUNDLE_COMPATIBLE = "balie-${MACHINE}"
RAUC_BUNDLE_VERSION = "${DISTRO_VERSION}"
RAUC_BUNDLE_DESCRIPTION = "Balie ${DISTRO_VERSION}"
RAUC_BUNDLE_FORMAT = "verity"

RAUC_BUNDLE_SLOTS = "rootfs boot"
RAUC_SLOT_rootfs = "balie-image"
RAUC_SLOT_rootfs[fstype] = "squashfs-zst"
RAUC_SLOT_boot = "balie-boot"
RAUC_SLOT_boot[type] = "boot"
RAUC_SLOT_boot[file] = "balie-boot.vfat"

# What is new, in the shop's languages: `balie update check` shows it before anything is written.
RAUC_META_SECTIONS = "balie"
RAUC_META_balie[notes-nl] = "${BALIE_NOTES_NL}"
RAUC_META_balie[notes-en] = "${BALIE_NOTES_EN}"
BALIE_NOTES_NL ?= "Versie ${DISTRO_VERSION}"
BALIE_NOTES_EN ?= "Version ${DISTRO_VERSION}"
