#!/usr/bin/env bash
# What an import costs: 1,000,000 vehicles with their owners and visits, against sqlite3's own
# .import of the same files into bare tables; and how much memory it takes.
source "$(dirname "$0")/lib.sh"
VEHICLES=${VEHICLES:-1000000}
FILES=(employees customers vehicles ownerships visits)

"$BALIE" demo --vehicles "$VEHICLES" --seed 1 --csv "$SCRATCH/all"
mkdir "$SCRATCH/csv"
for file in "${FILES[@]}"; do mv "$SCRATCH/all/$file.csv" "$SCRATCH/csv/"; done
rm -rf "$SCRATCH/all"
rows=$(cat "$SCRATCH"/csv/*.csv | wc -l)
echo "$rows lines, $(du -sm "$SCRATCH/csv" | cut -f1) MB"

{
  echo '.mode csv'
  echo 'PRAGMA journal_mode = WAL;'
  echo 'PRAGMA synchronous = FULL;'
  for file in "${FILES[@]}"; do echo ".import $SCRATCH/csv/$file.csv $file"; done
} >"$SCRATCH/floor.sql"

floor_once() {
  rm -f "$SCRATCH"/floor.db*
  milliseconds sqlite3 "$SCRATCH/floor.db" ".read $SCRATCH/floor.sql"
}

import_once() {
  rm -rf "$SCRATCH/data"
  milliseconds "$BALIE" --data-dir "$SCRATCH/data" import "$SCRATCH/csv"
}

ours=() floor=()
for _ in $(seq "$RUNS"); do
  floor+=("$(floor_once)")
  ours+=("$(import_once)")
done
figure "import of $VEHICLES vehicles, owners and visits" "$(median "${ours[@]}")" "$(median "${floor[@]}")" 5

# The same files once more: nothing changes.
again=$(milliseconds "$BALIE" --data-dir "$SCRATCH/data" import "$SCRATCH/csv")
echo "the same files again: $again ms"
if [ -x /usr/bin/time ]; then
  rm -rf "$SCRATCH/data"
  /usr/bin/time -f %M -o "$SCRATCH/memory" "$BALIE" --data-dir "$SCRATCH/data" import "$SCRATCH/csv" >/dev/null 2>&1
  awk '{ printf "memory at most %.0f MB (at most 200)\n", $1 / 1024; exit $1 > 200 * 1024 }' "$SCRATCH/memory" || MISSED=1
fi
exit "$MISSED"
