FILESEXTRAPATHS:prepend:balie-os := "${THISDIR}/files:"
# meta-raspberrypi puts a raspberry here.
SPLASH_IMAGES:rpi:balie-os = "file://psplash-balie-img.png;outsuffix=default"

# The paper of our pages, so that nothing flashes when the list takes over; no bar, because nothing measures it.
PACKAGECONFIG:remove:balie-os = "progress-bar"
do_configure:append:balie-os() {
    sed -i -e 's/\(PSPLASH_BACKGROUND_COLOR\).*/\1 0xf1,0xf2,0xef/' ${S}/psplash-colors.h
}
