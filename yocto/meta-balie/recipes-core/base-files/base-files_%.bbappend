FILESEXTRAPATHS:prepend:balie-os := "${THISDIR}/files:"
