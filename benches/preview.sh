#!/usr/bin/env bash
# What one step of a stepper on the settings page costs, as the shop grows and the tasks do not.
source "$(dirname "$0")/lib.sh"

shop "$SCRATCH/small" 1000 500
shop "$SCRATCH/large" 20000 500
cd "$ROOT"
PREVIEW=${PREVIEW:-$(cargo bench --bench preview --no-default-features --features gpio --no-run 2>&1 |
  sed -n 's/.*(\(.*\/preview-[0-9a-f]*\)).*/\1/p')}
"$PREVIEW" "$SCRATCH/small/balie.db" "$SCRATCH/large/balie.db"
