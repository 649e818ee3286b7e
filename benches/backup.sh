#!/usr/bin/env bash
# What a backup costs whoever touches the screen meanwhile, in a shop of 20,000 vehicles.
source "$(dirname "$0")/lib.sh"
cd "$ROOT"

BACKUP=${BACKUP:-$(cargo bench --bench backup --no-run 2>&1 | sed -n 's/.*(\(.*\/backup-[0-9a-f]*\)).*/\1/p')}
"$BALIE" --data-dir "$SCRATCH/shop" demo --vehicles 20000 >/dev/null
"$BALIE" --data-dir "$SCRATCH/shop" settings set general.weekly_capacity 0 >/dev/null
"$BALIE" --data-dir "$SCRATCH/shop" collect >/dev/null
"$BACKUP" "$SCRATCH/shop/balie.db" "$BALIE"
