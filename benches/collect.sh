#!/usr/bin/env bash
# What a collection costs: as the shop grows, and against the same inserts by hand.
source "$(dirname "$0")/lib.sh"

# fresh SHOP: a copy of the shop, on the disk: a commit must not wait for the copy to be written.
fresh() {
  rm -rf "$SCRATCH/run"
  cp -r "$1" "$SCRATCH/run"
  sync
}

# collect_once SHOP: a first collection on a fresh copy of the shop.
collect_once() {
  fresh "$1"
  milliseconds "$BALIE" --data-dir "$SCRATCH/run" collect
}

# by_hand_once SHOP: the same rows, written by one statement for the tasks and one for their history.
by_hand_once() {
  fresh "$1"
  cat >"$SCRATCH/by-hand.sql" <<SQL
PRAGMA synchronous = FULL;
BEGIN IMMEDIATE;
INSERT INTO task (rule, subject_kind, subject_id, counts_from, half, execute_on, state, vehicle_id, plate, customer_id, released_on)
SELECT 'inspection', 'vehicle', v.id, v.inspection_expires_on, 'whole', date(v.inspection_expires_on, '-100 days'), 'open',
       v.id, v.plate,
       (SELECT o.customer_id FROM ownership o WHERE o.vehicle_id = v.id AND o.from_on <= '$TODAY'
           AND (o.until_on IS NULL OR o.until_on > '$TODAY') ORDER BY o.from_on DESC, o.customer_id DESC LIMIT 1), '$TODAY'
  FROM vehicle v WHERE v.inspection_expires_on BETWEEN date('$TODAY', '-14 days') AND date('$TODAY', '+114 days');
INSERT INTO history (at, origin, noun, noun_id, action, after)
SELECT '${TODAY}T12:00:00Z', 'collector', 'task', id, 'made', 'open' FROM task;
COMMIT;
SQL
  milliseconds sqlite3 "$SCRATCH/run/balie.db" ".read $SCRATCH/by-hand.sql"
}

shop "$SCRATCH/small" 10000 500
shop "$SCRATCH/large" 1000000 500
small=() large=()
for _ in $(seq "$RUNS"); do
  small+=("$(collect_once "$SCRATCH/small")")
  large+=("$(collect_once "$SCRATCH/large")")
done
made=$("$BALIE" --data-dir "$SCRATCH/run" tasks --json | grep -c '"id"')
echo "500 due tasks: $made made in the shop of 1,000,000 vehicles"
figure 'collect, 500 due, 1,000,000 vehicles against 10,000' "$(median "${large[@]}")" "$(median "${small[@]}")" 1.5
rm -rf "$SCRATCH/small" "$SCRATCH/large"

shop "$SCRATCH/busy" 1000000 40000
ours=() floor=()
for _ in $(seq "$RUNS"); do
  ours+=("$(collect_once "$SCRATCH/busy")")
  floor+=("$(by_hand_once "$SCRATCH/busy")")
done
figure 'collect, 40,000 due of 1,000,000, against the inserts by hand' "$(median "${ours[@]}")" "$(median "${floor[@]}")" 4
exit "$MISSED"
