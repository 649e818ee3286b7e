-- Second version: work at the desk. Employees sign in, every step can be undone, what was half typed
-- survives, consent is kept with its words, customers are found while one types.

-- Who may sign in: an argon2id hash in PHC form; without one an employee is only a name in a list.
ALTER TABLE employee ADD COLUMN pin_hash TEXT;
-- The language of the screen while this employee is signed in; unknown is the shop's.
ALTER TABLE employee ADD COLUMN language TEXT;
-- Wrong PINs in a row and the instant of the last: each makes the next try wait longer.
ALTER TABLE employee ADD COLUMN pin_failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE employee ADD COLUMN pin_failed_at TEXT;
-- The audit trail of one employee, newest first.
CREATE INDEX history_employee ON history (employee_id, id) WHERE employee_id IS NOT NULL;
-- The same for one noun; most lines are of tasks, which need none.
CREATE INDEX history_other ON history (noun, id) WHERE noun <> 'task';

-- Contacted but not booked: a handled task that comes back into the list on this day.
ALTER TABLE task ADD COLUMN back_on TEXT;
-- What the last contact about it came to.
ALTER TABLE task ADD COLUMN outcome TEXT;
-- The boxes beside SMS and e-mail.
ALTER TABLE task ADD COLUMN sms_sent INTEGER NOT NULL DEFAULT 0 CHECK (sms_sent IN (0, 1));
ALTER TABLE task ADD COLUMN email_sent INTEGER NOT NULL DEFAULT 0 CHECK (email_sent IN (0, 1));
CREATE INDEX task_back ON task (back_on) WHERE back_on IS NOT NULL;
-- Contacted and not booked: it waits to come back, or has come back and asks to be called again.
ALTER TABLE task ADD COLUMN pursued INTEGER GENERATED ALWAYS AS (
    CASE WHEN state = 'handled' AND back_on IS NOT NULL THEN 1
         WHEN state = 'open' AND (outcome = 'call_back' OR outcome = 'no_answer' OR outcome = 'thinking') THEN 1
         ELSE 0 END) VIRTUAL;
CREATE INDEX task_pursued ON task (state, execute_on, plate, rule, employee_id) WHERE pursued = 1;
-- A call note whose step was undone: kept for history, counted nowhere.
ALTER TABLE call_note ADD COLUMN taken_back_at TEXT;

-- What one touch on 'save' did, as a whole: a range of lines of history, written in one transaction.
-- It can be undone while nothing else has changed the same fields.
CREATE TABLE step (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id     INTEGER NOT NULL REFERENCES task (id),
    first_line  INTEGER NOT NULL,
    last_line   INTEGER NOT NULL,
    undone_at   TEXT
) STRICT;
CREATE INDEX step_task ON step (task_id);

-- What a person has typed and not saved yet, as JSON; offered again after a power cut.
CREATE TABLE draft (
    -- What it is about: 'task:12', 'customer:3', 'customer:new' ...
    about        TEXT PRIMARY KEY,
    content      TEXT NOT NULL,
    employee_id  INTEGER REFERENCES employee (id),
    saved_at     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a customer agreed to or objected to, channel by channel, in which words; the newest counts.
CREATE TABLE consent (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id  INTEGER NOT NULL REFERENCES customer (id),
    channel      TEXT    NOT NULL CHECK (channel = 'call' OR channel = 'sms' OR channel = 'email'),
    given        INTEGER NOT NULL CHECK (given IN (0, 1)),
    wording      TEXT    NOT NULL,
    noted_at     TEXT    NOT NULL,
    employee_id  INTEGER REFERENCES employee (id)
) STRICT;
CREATE INDEX consent_customer ON consent (customer_id, channel, id);

-- A message carries its own legal class: consent is checked again when it leaves.
ALTER TABLE message ADD COLUMN legal_class TEXT NOT NULL DEFAULT 'commercial' CHECK (legal_class IN ('service', 'commercial'));

-- From which task an appointment was made, and what the workshop must know.
ALTER TABLE appointment ADD COLUMN task_id INTEGER REFERENCES task (id);
ALTER TABLE appointment ADD COLUMN notes TEXT;
CREATE INDEX appointment_task ON appointment (task_id) WHERE task_id IS NOT NULL;

-- A person who asked to be forgotten: the row stays, for the invoices, and says nothing any more.
ALTER TABLE customer ADD COLUMN erased_at TEXT;

-- Customers, and vehicles that nobody owns, by what people type: name, plate, telephone ... A
-- customer's row is twice its number, a vehicle's is twice its number plus one. The texts themselves
-- are not kept here a second time.
CREATE VIRTUAL TABLE search USING fts5 (
    name, company, plate, phone, place, email, code,
    content = '', contentless_delete = 1, detail = column,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);
-- So much is gathered in memory before it is written: an import fills it in few, large pieces.
INSERT INTO search (search, rank) VALUES ('hashsize', 16777216);
-- Its words, for those that were typed wrongly.
CREATE VIRTUAL TABLE search_word USING fts5vocab (search, row);
-- The rows that have to be indexed anew. Whoever changes a row only notes it here, which is cheap; the
-- note is worked off in the transaction of an edit, after an import, or by the desk between touches.
CREATE TABLE search_pending (row INTEGER PRIMARY KEY) STRICT;
INSERT INTO search_pending (row) SELECT id * 2 FROM customer;
INSERT INTO search_pending (row) SELECT id * 2 + 1 FROM vehicle;
CREATE TRIGGER search_customer_added AFTER INSERT ON customer BEGIN
    INSERT INTO search_pending (row) VALUES (new.id * 2) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_customer_changed
AFTER UPDATE OF code, first_name, name, company, postcode, city, phone, mobile, email, erased_at ON customer BEGIN
    INSERT INTO search_pending (row) VALUES (new.id * 2) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_customer_removed AFTER DELETE ON customer BEGIN
    INSERT INTO search_pending (row) VALUES (old.id * 2) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_person_added AFTER INSERT ON contact_person BEGIN
    INSERT INTO search_pending (row) VALUES (new.customer_id * 2) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_person_changed AFTER UPDATE ON contact_person BEGIN
    INSERT INTO search_pending (row) VALUES (new.customer_id * 2) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_vehicle_added AFTER INSERT ON vehicle BEGIN
    INSERT INTO search_pending (row) VALUES (new.id * 2 + 1) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_vehicle_changed AFTER UPDATE OF plate, active ON vehicle BEGIN
    INSERT INTO search_pending (row)
    SELECT new.id * 2 + 1 UNION SELECT customer_id * 2 FROM ownership WHERE vehicle_id = new.id
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_ownership_added AFTER INSERT ON ownership BEGIN
    INSERT INTO search_pending (row)
    SELECT new.vehicle_id * 2 + 1 UNION SELECT customer_id * 2 FROM ownership WHERE vehicle_id = new.vehicle_id
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_ownership_removed AFTER DELETE ON ownership BEGIN
    INSERT INTO search_pending (row)
    SELECT old.vehicle_id * 2 + 1 UNION SELECT old.customer_id * 2 WHERE true
        ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER search_ownership_changed AFTER UPDATE ON ownership BEGIN
    INSERT INTO search_pending (row)
    SELECT new.vehicle_id * 2 + 1 UNION SELECT customer_id * 2 FROM ownership WHERE vehicle_id = new.vehicle_id
        ON CONFLICT DO NOTHING;
END;

-- The customers in the order of their names, and a customer's last visit, without sorting.
CREATE INDEX customer_name ON customer (coalesce(company, name, first_name, code) COLLATE NOCASE);
DROP INDEX visit_customer;
CREATE INDEX visit_customer ON visit (customer_id, visited_on);

-- What a row of an import is known by that would bring an erased person back: salted fingerprints of code, telephone
-- and e-mail, from which these cannot be read.
CREATE TABLE erased (
    fingerprint  TEXT    PRIMARY KEY,
    customer_id  INTEGER NOT NULL REFERENCES customer (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE salt (
    purpose  TEXT PRIMARY KEY,
    value    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How the backups went: those of the nights, and the one on the last stick.
CREATE TABLE backup (
    place     TEXT    PRIMARY KEY CHECK (place IN ('night', 'stick')),
    name      TEXT    NOT NULL,
    good_at   TEXT,
    failures  INTEGER NOT NULL,
    problem   TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- The files of one taking-in carry the number of its first; when it was taken back.
ALTER TABLE import ADD COLUMN batch INTEGER;
ALTER TABLE import ADD COLUMN undone_at TEXT;
CREATE INDEX history_import ON history (import_id) WHERE import_id IS NOT NULL;

-- How another system names its files and columns, as JSON.
CREATE TABLE import_profile (
    name      TEXT PRIMARY KEY,
    content   TEXT NOT NULL,
    saved_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The vehicle register (RDW): what it said of each vehicle, when, and what it said nothing of. Instants
-- are those of the shop's day: a pretended day has pretended instants.
ALTER TABLE register_record ADD COLUMN make TEXT;
ALTER TABLE register_record ADD COLUMN model TEXT;
ALTER TABLE register_record ADD COLUMN first_registered_on TEXT;
-- The last answers that held the value: an answer without it does not erase it.
ALTER TABLE register_record ADD COLUMN inspection_expires_at TEXT;
ALTER TABLE register_record ADD COLUMN registered_at TEXT;
-- Whether it says that a recall is open, and what it thinks of the odometer.
ALTER TABLE register_record ADD COLUMN recall_open INTEGER CHECK (recall_open IN (0, 1));
ALTER TABLE register_record ADD COLUMN odometer_verdict TEXT;

-- When the register was asked about a vehicle. A NULL asks as soon as possible.
CREATE TABLE register_state (
    vehicle_id     INTEGER PRIMARY KEY REFERENCES vehicle (id),
    -- The last try, answered or not: what always fails does not stand in the way of what does not.
    tried_at       TEXT,
    vehicle_at     TEXT,
    inspection_at  TEXT,
    recall_at      TEXT,
    -- Since when it has answered with nothing.
    silent_since   TEXT,
    -- A new date of registration that was seen once, and when: it counts when it is seen again a day later.
    seen_registered_on  TEXT,
    seen_at             TEXT
) STRICT;

-- What the register told of an inspection, beside what the shop's own files say of the same one.
ALTER TABLE inspection ADD COLUMN register_advice TEXT;
ALTER TABLE inspection ADD COLUMN register_expires_on TEXT;
ALTER TABLE inspection ADD COLUMN register_at TEXT;

-- A recall of one vehicle (NEW-08).
CREATE TABLE recall (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    vehicle_id   INTEGER NOT NULL REFERENCES vehicle (id),
    reference    TEXT    NOT NULL,
    open         INTEGER NOT NULL CHECK (open IN (0, 1)),
    -- The shop's day on which the register first told that it is open.
    detected_on  TEXT    NOT NULL,
    closed_on    TEXT,
    fetched_at   TEXT    NOT NULL,
    UNIQUE (vehicle_id, reference)
) STRICT;
CREATE INDEX recall_detected ON recall (detected_on) WHERE open = 1;
-- What a recall is about; one for many vehicles.
CREATE TABLE recall_action (
    reference     TEXT PRIMARY KEY,
    published_on  TEXT,
    defect        TEXT,
    consequence   TEXT,
    remedy        TEXT,
    fetched_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How many requests left for the register on each day.
CREATE TABLE register_day (
    day       TEXT PRIMARY KEY,
    requests  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the register did that it should not: a column that is gone, a record that cannot be read.
CREATE TABLE register_trouble (
    data_set  TEXT NOT NULL,
    words     TEXT NOT NULL,
    first_at  TEXT NOT NULL,
    last_at   TEXT NOT NULL,
    times     INTEGER NOT NULL,
    PRIMARY KEY (data_set, words)
) STRICT, WITHOUT ROWID;

-- The outbox: what is in the way of a message, when it was first tried and when it may be tried again.
ALTER TABLE message ADD COLUMN trouble TEXT;
ALTER TABLE message ADD COLUMN first_tried_at TEXT;
ALTER TABLE message ADD COLUMN try_at TEXT;
CREATE INDEX message_waiting ON message (channel, legal_class, id) WHERE state = 'queued';

-- The shop's calendar: the name of an appointment there, for ever, and how often it has changed; a calendar
-- tells a newer version from an older one by that.
ALTER TABLE appointment ADD COLUMN uid TEXT;
UPDATE appointment SET uid = lower(hex(randomblob(16))) || '@balie';
CREATE UNIQUE INDEX appointment_uid ON appointment (uid);
ALTER TABLE appointment ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER appointment_named AFTER INSERT ON appointment WHEN new.uid IS NULL BEGIN
    UPDATE appointment SET uid = lower(hex(randomblob(16))) || '@balie' WHERE id = new.id;
END;
-- Whoever changes one (the desk, an import, an erasure): what the calendar shows has a new version.
CREATE TRIGGER appointment_changed
AFTER UPDATE OF kind, vehicle_id, customer_id, starts_at, ends_at, status, notes ON appointment
WHEN new.kind IS NOT old.kind OR new.vehicle_id IS NOT old.vehicle_id OR new.customer_id IS NOT old.customer_id
  OR new.starts_at IS NOT old.starts_at OR new.ends_at IS NOT old.ends_at OR new.status IS NOT old.status
  OR new.notes IS NOT old.notes
BEGIN
    UPDATE appointment SET sequence = sequence + 1 WHERE id = new.id;
END;
CREATE TRIGGER appointment_customer_renamed AFTER UPDATE OF first_name, name, company ON customer
WHEN new.first_name IS NOT old.first_name OR new.name IS NOT old.name OR new.company IS NOT old.company
BEGIN
    UPDATE appointment SET sequence = sequence + 1 WHERE customer_id = new.id;
END;
CREATE TRIGGER appointment_plate_changed AFTER UPDATE OF plate ON vehicle WHEN new.plate IS NOT old.plate
BEGIN
    UPDATE appointment SET sequence = sequence + 1 WHERE vehicle_id = new.id;
END;
-- It was made in the calendar, not here.
ALTER TABLE appointment ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0 CHECK (elsewhere IN (0, 1));
-- What the calendar server holds, by where it lies there. Without an appointment it is one that is no longer here,
-- and goes from there too.
CREATE TABLE calendar_entry (
    href                TEXT PRIMARY KEY,
    appointment_id      INTEGER UNIQUE REFERENCES appointment (id) ON DELETE SET NULL,
    -- The server's mark of the version that Balie knows; a NULL: none lies there.
    etag                TEXT,
    -- Which version of the appointment stands there; a NULL: another one than Balie's.
    sequence            INTEGER,
    -- The time that was last read or written there, noted before it leaves.
    time                TEXT NOT NULL,
    -- Both were changed: the calendar's version, until a person chooses. 'gone' was deleted there.
    conflict            TEXT CHECK (conflict = 'changed' OR conflict = 'cancelled' OR conflict = 'gone'),
    conflict_etag       TEXT,
    conflict_starts_at  TEXT,
    conflict_ends_at    TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX calendar_conflict ON calendar_entry (appointment_id) WHERE conflict IS NOT NULL;
-- How the keeping of the calendar goes: when it was in step the last time, and what is in the way since when.
CREATE TABLE calendar_kept (
    place    TEXT PRIMARY KEY CHECK (place = 'file' OR place = 'server'),
    good_at  TEXT,
    trouble  TEXT,
    since    TEXT
) STRICT, WITHOUT ROWID;
-- Reports: what was done about tasks on each day, and the calls of each day.
CREATE INDEX history_done ON history (noun, at, noun_id, action) WHERE noun = 'task'
    AND (action = 'made' OR action = 'handled' OR action = 'noted' OR action = 'queued' OR action = 'appointment');
CREATE INDEX call_note_noted ON call_note (noted_at);

-- The oldest version of these tables whose programs can work with them as they are: a machine that went back to
-- the program of before opens them all the same. A migration that takes something away, or makes a column
-- mean something else, sets it to its own number.
CREATE TABLE compatible (oldest INTEGER NOT NULL) STRICT;
INSERT INTO compatible (oldest) VALUES (2);
