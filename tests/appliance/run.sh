#!/usr/bin/env bash
# run.sh PACKAGE.deb [CUTS]: makes the disks from the package and tries the appliance on them.
set -euo pipefail
. "$(dirname "$0")/rig.sh"
need /usr/lib/python3/dist-packages/PIL python3-pil debugfs e2fsprogs
"$HERE/image.sh" "$1"
exec "$HERE/run.py" "$RIG/machine-$(dpkg-deb -f "$1" Architecture)" "${2:-200}"
