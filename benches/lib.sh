# shellcheck shell=bash
# Shared by the benches: a scratch folder, medians, ratios. Source it; do not run it.
#
# Every figure is a ratio against a floor that is measured in the same run on the same machine:
# absolute times say more about the machine than about Balie.

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BALIE=${BALIE:-$ROOT/target/release/balie}
RUNS=${RUNS:-5}
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/balie-bench.XXXXXX")
trap 'rm -rf "$SCRATCH"' EXIT
TODAY=${TODAY:-$(date +%F)}
export BALIE_TODAY=$TODAY

# median NUMBER...
median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# milliseconds COMMAND...: wall time of one run; output goes to a file of the scratch folder.
milliseconds() {
  local from to
  from=$(date +%s%N)
  "$@" >"$SCRATCH/output" 2>&1 || { cat "$SCRATCH/output" >&2; return 1; }
  to=$(date +%s%N)
  echo $(((to - from) / 1000000))
}

# figure NAME MEASURED FLOOR LIMIT: prints a row with the ratio; remembers a missed limit.
MISSED=0
figure() {
  awk -v name="$1" -v measured="$2" -v floor="$3" -v limit="$4" 'BEGIN {
    ratio = floor > 0 ? measured / floor : 0
    printf "%-64s %9.0f ms  floor %9.0f ms  %5.2f times  (at most %s) %s\n", name, measured, floor, ratio, limit,
      ratio <= limit ? "held" : "MISSED"
    exit ratio > limit
  }' || MISSED=1
}

# shop DIR VEHICLES DUE: an invented shop, written straight into Balie's tables: DUE inspections lie
# in the window of the rule, all others far ahead, and nothing else is due.
shop() {
  local dir=$1 vehicles=$2 due=$3
  mkdir -p "$dir"
  "$BALIE" --data-dir "$dir" settings set general.weekly_capacity 0 >/dev/null 2>&1
  sqlite3 "$dir/balie.db" >/dev/null <<SQL
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -400000;
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $vehicles)
INSERT INTO customer (id, code, kind, name) SELECT i, 'K' || i, 'private', 'Naam ' || i FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $vehicles)
INSERT INTO vehicle (id, plate, make, model, inspection_expires_on, last_visit_on)
SELECT i, printf('%07d', (i * 7919) % 10000000), 'Merk', 'Model',
       CASE WHEN i % ($vehicles / $due) = 0 THEN date('$TODAY', '+' || (i % 100) || ' days')
            ELSE date('$TODAY', '+' || (300 + i % 400) || ' days') END,
       date('$TODAY', '-' || (1 + i % 60) || ' days') FROM n;
INSERT INTO employee (code, name, role) VALUES ('ELS', 'Els', 'manager');
INSERT INTO ownership (vehicle_id, customer_id, from_on) SELECT id, id, '2015-01-01' FROM vehicle;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
SQL
}
