FILESEXTRAPATHS:prepend:balie-os := "${THISDIR}/files:"
SRC_URI:append:balie-os = " file://balie-tryboot"

PACKAGE_ARCH:balie-os = "${MACHINE_ARCH}"

do_install:append:balie-os() {
    sed -i -e 's/@MACHINE@/${MACHINE}/' ${D}${nonarch_libdir}/rauc/system.conf
    install -m 0755 ${UNPACKDIR}/balie-tryboot ${D}${nonarch_libdir}/rauc/balie-tryboot
}
