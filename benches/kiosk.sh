#!/usr/bin/env bash
# The touchscreen at 100,000 open tasks: first filled frame, a change of filter, memory, idle CPU.
source "$(dirname "$0")/lib.sh"
cd "$ROOT"

TARGET=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
KIOSK=${KIOSK:-$TARGET/release/balie-kiosk}
cargo build --release --quiet -p balie-ui --example empty
DESK=$(cargo bench --bench desk --no-run 2>&1 | sed -n 's/.*(\(.*\/desk-[0-9a-f]*\)).*/\1/p')
EMPTY=$TARGET/release/examples/empty

shop "$SCRATCH/shop" 100000 100000
"$BALIE" --data-dir "$SCRATCH/shop" collect >/dev/null
DATABASE=$SCRATCH/shop/balie.db

"$DESK" "$DATABASE" || MISSED=1

# From here on with a display.
if ! command -v Xvfb >/dev/null; then
  echo "no Xvfb: memory and idle CPU were not measured"
  exit "$MISSED"
fi
Xvfb -displayfd 3 -screen 0 1280x800x24 3>"$SCRATCH/display" >/dev/null 2>&1 &
X=$!
sleep 2

# idle BLINK OVERDUE_AFTER_DAYS: memory and CPU of a kiosk that nobody touches, in 30 seconds.
idle() {
  "$BALIE" --data-dir "$SCRATCH/shop" settings set general.overdue_after_days "$2" >/dev/null
  DISPLAY=:$(cat "$SCRATCH/display") "$KIOSK" --data-dir "$SCRATCH/shop" --windowed 1280x800 --employee ELS >/dev/null 2>&1 &
  local kiosk=$! before after pss
  ticks() { awk '{ print $14 + $15 }' "/proc/$kiosk/stat"; }
  sleep 8
  before=$(ticks)
  sleep 30
  after=$(ticks)
  pss=$(awk '/^Pss:/ { print int($2 / 1024) }' "/proc/$kiosk/smaps_rollup")
  kill "$kiosk" && wait "$kiosk" || true
  [ "$pss" -le 32 ] && [ $((after - before)) -le 9 ] || MISSED=1
  awk -v blink="$1" -v ticks=$((after - before)) -v pss="$pss" 'BEGIN {
    printf "idle, the icon blinking %s: %.2f %% of a core (at most 0.3), memory (PSS) %d MB (at most 32)\n", blink, ticks / 30, pss
  }'
}
idle slowly 366
idle fast 7
kill "$X" && wait "$X" 2>/dev/null || true
exit "$MISSED"
