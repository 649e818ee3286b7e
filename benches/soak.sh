#!/usr/bin/env bash
# Weeks of a shop in MINUTES (30): what must not grow, does not. Not one of the figures of run.sh: it takes too long.
source "$(dirname "$0")/lib.sh"
cd "$ROOT"

SOAK=${SOAK:-$(cargo bench --bench soak --no-run 2>&1 | sed -n 's/.*(\(.*\/soak-[0-9a-f]*\)).*/\1/p')}
"$BALIE" --data-dir "$SCRATCH/shop" demo --vehicles 2000 >/dev/null
"$BALIE" --data-dir "$SCRATCH/shop" settings set general.weekly_capacity 0 >/dev/null
"$BALIE" --data-dir "$SCRATCH/shop" collect >/dev/null
"$SOAK" "$SCRATCH/shop/balie.db" "$BALIE-collector" "${MINUTES:-30}"
