#!/usr/bin/env bash
# Every speed figure, each against its floor; exits 1 when one misses its limit.
cd "$(dirname "$0")"
missed=0
for bench in collect import preview pages backup kiosk; do
  echo "== $bench"
  bash "$bench.sh" || missed=1
done
exit "$missed"
