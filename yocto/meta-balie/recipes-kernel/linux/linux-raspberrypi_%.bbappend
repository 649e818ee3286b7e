FILESEXTRAPATHS:prepend:balie-os := "${THISDIR}/files:"
SRC_URI:append:balie-os = " file://balie.cfg"
