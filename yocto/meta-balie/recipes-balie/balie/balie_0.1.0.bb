SUMMARY = "The reception desk of a car workshop: touchscreen, collector, commands"
DESCRIPTION = "Works out which customers of a car workshop should be contacted this week and shows them on a touchscreen."
SECTION = "base"
LICENSE = "GPL-3.0-only & OFL-1.1 & ISC"
LIC_FILES_CHKSUM = " \
    file://LICENSE;md5=1ebbd3e34237af26da5dc08a4e440464 \
    file://ui/fonts/LICENSE-IBM-Plex.txt;md5=4d4949dda4b23922e334f0cbf6179065 \
    file://ui/icons/LICENSE-lucide.txt;md5=0ac379ab65904bcb1cf0c068528e82ce \
"

DEPENDS = "fontconfig libinput libxkbcommon udev"

# The repository that this layer lies in, as it was committed last.
BALIE_REPOSITORY ?= "${@os.path.realpath(d.getVar('THISDIR') + '/../../../..')}"
PV .= "+git"
SRC_URI = "git://${BALIE_REPOSITORY};protocol=file;usehead=1;nobranch=1"
# nooelint: oelint.vars.autorev
SRCREV = "${AUTOREV}"

require balie-crates.inc

inherit cargo deploy pkgconfig systemd useradd

CARGO_BUILD_FLAGS:append = " --no-default-features --features kiosk"
# Each program optimised as a whole, as in the package (systemd/deb/build.sh): a third smaller, minutes longer to build.
export CARGO_PROFILE_RELEASE_LTO = "fat"
export CARGO_PROFILE_RELEASE_CODEGEN_UNITS = "1"

# udev-rules-rpi hands out LED and button to `gpio`, but nobody makes that group. The kiosk's unit gives its process the
# groups of screen, touch and pins; the user has none of them. A `*` is no password, but does not lock out a key.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system gpio; --system render"
USERADD_PARAM:${PN} = " \
    --system --user-group --no-create-home --home-dir ${localstatedir}/lib/balie --shell ${base_sbindir}/nologin \
    --password '*' balie \
"

SYSTEMD_SERVICE:${PN} = " \
    balie-provision.service balie-wifi.service balie-collector.service balie-kiosk.service balie-lamp.service \
    balie-backup.timer run-balie-sftp-drop.mount \
"

do_install:append() {
    install -d ${D}${systemd_system_unitdir} ${D}${nonarch_libdir}/udev/rules.d ${D}${datadir}/fonts/ttf
    install -m 0644 ${S}/systemd/balie-*.service ${S}/systemd/balie-*.timer ${S}/systemd/*.mount ${D}${systemd_system_unitdir}
    install -m 0644 ${S}/systemd/*.rules ${D}${nonarch_libdir}/udev/rules.d
    install -m 0644 ${S}/ui/fonts/*.ttf ${D}${datadir}/fonts/ttf
    install -D -m 0644 ${S}/systemd/balie-sftp.conf ${D}${sysconfdir}/ssh/sshd_config.d/50-balie-sftp.conf
    install -D -m 0644 ${S}/systemd/balie.tmpfiles ${D}${nonarch_libdir}/tmpfiles.d/balie.conf
}

FILES:${PN} += "\
    ${datadir}/fonts \
    ${nonarch_libdir}/tmpfiles.d \
    ${nonarch_libdir}/udev \
    ${systemd_system_unitdir} \
"

# What it asks outside (register, suppliers, mail, calendar) is believed by the certificates of these.
RDEPENDS:${PN} += "ca-certificates tzdata-core"

# The technician's file, for the card's first partition.
do_deploy() {
    install -m 0644 ${S}/systemd/balie.toml ${DEPLOYDIR}/balie.toml
}
addtask deploy after do_unpack before do_build
