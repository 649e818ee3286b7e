#!/usr/bin/env bash
# Turning from page to page, and the search while somebody types, in a shop of 20,000 customers.
source "$(dirname "$0")/lib.sh"
cd "$ROOT"

PAGES=${PAGES:-$(cargo bench --bench pages --no-run 2>&1 | sed -n 's/.*(\(.*\/pages-[0-9a-f]*\)).*/\1/p')}
"$BALIE" --data-dir "$SCRATCH/shop" demo --vehicles 20000 >/dev/null
"$BALIE" --data-dir "$SCRATCH/shop" settings set general.weekly_capacity 0 >/dev/null
"$BALIE" --data-dir "$SCRATCH/shop" collect >/dev/null
"$PAGES" "$SCRATCH/shop/balie.db"
