SUMMARY = "The machine under Balie: data, watchdog, journal, and when a version is good"
DESCRIPTION = "Configuration of systemd and RAUC for a card that may be switched off at the plug at any moment."
SECTION = "base"
LICENSE = "GPL-3.0-only"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/GPL-3.0-only;md5=c79ff39f19dfec6d293b95dea7b07891"

SRC_URI = " \
    file://40-balie-sshd.conf \
    file://50-balie-journald.conf \
    file://50-balie-logind.conf \
    file://50-balie-watchdog.conf \
    file://50-balie.preset \
    file://60-data.conf \
    file://balie-data.service \
    file://balie-mark-good \
    file://balie-mark-good.service \
    file://balie-restart.path \
    file://balie-restart.service \
    file://data.conf \
"
S = "${UNPACKDIR}"

inherit allarch systemd

SYSTEMD_SERVICE:${PN} = "balie-data.service balie-mark-good.service balie-restart.path balie-restart.service"

do_install() {
    install -D -m 0600 ${S}/40-balie-sshd.conf ${D}${sysconfdir}/ssh/sshd_config.d/40-balie-sshd.conf
    install -D -m 0644 ${S}/50-balie-journald.conf ${D}${systemd_unitdir}/journald.conf.d/50-balie.conf
    install -D -m 0644 ${S}/50-balie-logind.conf ${D}${systemd_unitdir}/logind.conf.d/50-balie.conf
    install -D -m 0644 ${S}/50-balie-watchdog.conf ${D}${systemd_unitdir}/system.conf.d/50-balie.conf
    install -D -m 0644 ${S}/50-balie.preset ${D}${systemd_unitdir}/system-preset/50-balie.preset
    install -D -m 0644 ${S}/data.conf ${D}${datadir}/balie/data.conf
    install -D -m 0644 ${S}/60-data.conf ${D}${nonarch_libdir}/repart.d/60-data.conf
    install -D -m 0644 ${S}/balie-data.service ${D}${systemd_system_unitdir}/balie-data.service
    install -D -m 0644 ${S}/balie-mark-good.service ${D}${systemd_system_unitdir}/balie-mark-good.service
    install -D -m 0644 ${S}/balie-restart.path ${D}${systemd_system_unitdir}/balie-restart.path
    install -D -m 0644 ${S}/balie-restart.service ${D}${systemd_system_unitdir}/balie-restart.service
    install -D -m 0755 ${S}/balie-mark-good ${D}${libexecdir}/balie/balie-mark-good

    # A keyboard that is plugged in cannot restart the machine.
    install -d ${D}${sysconfdir}/systemd/system
    ln -s /dev/null ${D}${sysconfdir}/systemd/system/ctrl-alt-del.target

    # Where the technician's file is read, and where what came of it lies.
    install -d ${D}/boot/balie ${D}/data ${D}${sysconfdir}/balie
}

FILES:${PN} += "\
    /boot/balie \
    /data \
    ${datadir}/balie \
    ${libexecdir}/balie \
    ${nonarch_libdir}/repart.d \
    ${systemd_unitdir} \
"

RDEPENDS:${PN} += "balie rauc"
