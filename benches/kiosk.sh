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

ours=() floor=()
for _ in $(seq $((RUNS * 3))); do
  ours+=("$(milliseconds "$DESK" "$DATABASE" first-frame)")
  floor+=("$(milliseconds "$EMPTY")")
done
figure "process start to the first filled frame" "$(median "${ours[@]}")" "$(median "${floor[@]}")" 1.5
"$DESK" "$DATABASE" || MISSED=1

# From here on with a display.
if ! command -v Xvfb >/dev/null; then
  echo "no Xvfb: memory and idle CPU were not measured"
  exit "$MISSED"
fi
Xvfb -displayfd 3 -screen 0 1280x800x24 3>"$SCRATCH/display" >/dev/null 2>&1 &
X=$!
sleep 2
DISPLAY=:$(cat "$SCRATCH/display") "$KIOSK" --data-dir "$SCRATCH/shop" --windowed 1280x800 >/dev/null 2>&1 &
K=$!
sleep 8
ticks() { awk '{ print $14 + $15 }' "/proc/$K/stat"; }
before=$(ticks)
sleep 30
after=$(ticks)
pss=$(awk '/^Pss:/ { print int($2 / 1024) }' "/proc/$K/smaps_rollup")
kill "$K" && wait "$K" || true
kill "$X" && wait "$X" 2>/dev/null || true
echo "memory (PSS) with 100,000 tasks: $pss MB (at most 32)"
awk -v ticks=$((after - before)) 'BEGIN { printf "CPU, idle with the icon blinking: %.2f %% of a core (at most 0.3)\n", ticks / 30 }'
[ "$pss" -le 32 ] || MISSED=1
[ $((after - before)) -le 9 ] || MISSED=1
exit "$MISSED"
