-- Balie's database, first version. Migrations only add: the version before must be able to read
-- what a newer one wrote (fault table, row 21).
--
-- Dates are ISO 8601 texts (YYYY-MM-DD), local to the shop and without a zone. Instants end in
-- '_at': RFC 3339 in UTC, except appointment.starts_at/ends_at, which are the shop's wall clock.
-- Money is in cents. A NULL is 'unknown', never 0.
--
-- Checks of more than two values are written with OR: for a longer IN list SQLite fills a table of
-- its own at every insert, which made inserts twice as slow.

CREATE TABLE employee (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    code    TEXT    NOT NULL UNIQUE,
    name    TEXT,
    role    TEXT    NOT NULL DEFAULT 'reception' CHECK (role IN ('reception', 'manager')),
    active  INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    import_id  INTEGER
) STRICT;

-- One taking-in of one file; what it added carries its number, what it changed is in history.
CREATE TABLE import (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    file         TEXT    NOT NULL,
    exported_at  TEXT    NOT NULL,
    imported_at  TEXT    NOT NULL,
    added        INTEGER NOT NULL,
    changed      INTEGER NOT NULL,
    unchanged    INTEGER NOT NULL,
    rejected     INTEGER NOT NULL
) STRICT;

CREATE TABLE customer (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    code             TEXT    NOT NULL UNIQUE,
    kind             TEXT    NOT NULL DEFAULT 'private' CHECK (kind = 'private' OR kind = 'company' OR kind = 'trader' OR kind = 'prospect'),
    salutation       TEXT,
    first_name       TEXT,
    name             TEXT,
    company          TEXT,
    street           TEXT,
    postcode         TEXT,
    city             TEXT,
    country          TEXT,
    phone            TEXT,
    mobile           TEXT,
    email            TEXT,
    language         TEXT,
    tax_id           TEXT,
    coc_id           TEXT,
    contact_allowed  INTEGER CHECK (contact_allowed IN (0, 1)),
    notes            TEXT,
    active           INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    import_id        INTEGER
) STRICT;

CREATE TABLE contact_person (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    customer_id  INTEGER NOT NULL REFERENCES customer (id),
    salutation   TEXT,
    first_name   TEXT,
    name         TEXT,
    function     TEXT,
    phone        TEXT,
    mobile       TEXT,
    email        TEXT,
    active       INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT;
CREATE INDEX contact_person_customer ON contact_person (customer_id);

CREATE TABLE vehicle (
    id                     INTEGER PRIMARY KEY AUTOINCREMENT,
    plate                  TEXT    NOT NULL UNIQUE,
    vin                    TEXT,
    make                   TEXT,
    model                  TEXT,
    variant                TEXT,
    first_registered_on    TEXT,
    registered_on          TEXT,
    inspection_expires_on  TEXT,
    warranty_until         TEXT,
    roadside_cover_until   TEXT,
    roadside_provider      TEXT,
    next_service_on        TEXT,
    timing_belt_on         TEXT,
    service_interval_on    TEXT,
    repair_advice_on       TEXT,
    repair_advice          TEXT,
    cost_per_km            INTEGER,
    -- Kept by the triggers on visit: the latest visit, so that 'not seen' needs no scan of visits.
    last_visit_on          TEXT,
    active                 INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    import_id              INTEGER
) STRICT;
-- One narrow index for each date that a rule counts from: a collection reads its window only.
CREATE INDEX vehicle_inspection_expires ON vehicle (inspection_expires_on) WHERE inspection_expires_on IS NOT NULL;
CREATE INDEX vehicle_warranty ON vehicle (warranty_until) WHERE warranty_until IS NOT NULL;
CREATE INDEX vehicle_roadside_cover ON vehicle (roadside_cover_until) WHERE roadside_cover_until IS NOT NULL;
CREATE INDEX vehicle_next_service ON vehicle (next_service_on) WHERE next_service_on IS NOT NULL;
CREATE INDEX vehicle_timing_belt ON vehicle (timing_belt_on) WHERE timing_belt_on IS NOT NULL;
CREATE INDEX vehicle_service_interval ON vehicle (service_interval_on) WHERE service_interval_on IS NOT NULL;
CREATE INDEX vehicle_repair_advice ON vehicle (repair_advice_on) WHERE repair_advice_on IS NOT NULL;
CREATE INDEX vehicle_last_visit ON vehicle (last_visit_on) WHERE last_visit_on IS NOT NULL;

-- What the vehicle register (RDW) says, beside what the shop says; never mixed with it.
CREATE TABLE register_record (
    vehicle_id             INTEGER PRIMARY KEY REFERENCES vehicle (id),
    inspection_expires_on  TEXT,
    registered_on          TEXT,
    -- The day on which the present registered_on was found to be newer than ours and believed.
    newer_registration_on  TEXT,
    fetched_at             TEXT NOT NULL
) STRICT;
CREATE INDEX register_record_newer ON register_record (newer_registration_on) WHERE newer_registration_on IS NOT NULL;

CREATE TABLE ownership (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    vehicle_id   INTEGER NOT NULL REFERENCES vehicle (id),
    customer_id  INTEGER NOT NULL REFERENCES customer (id),
    from_on      TEXT    NOT NULL,
    -- The first day on which it is no longer so.
    until_on     TEXT,
    import_id    INTEGER,
    -- In this order it also finds the present owner without sorting.
    UNIQUE (vehicle_id, from_on, customer_id)
) STRICT;
CREATE INDEX ownership_customer ON ownership (customer_id);

CREATE TABLE visit (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    code         TEXT    NOT NULL UNIQUE,
    vehicle_id   INTEGER REFERENCES vehicle (id),
    customer_id  INTEGER REFERENCES customer (id),
    visited_on   TEXT,
    odometer_km  INTEGER,
    description  TEXT,
    import_id    INTEGER
) STRICT;
CREATE INDEX visit_vehicle ON visit (vehicle_id, visited_on, odometer_km);
CREATE INDEX visit_customer ON visit (customer_id);
CREATE TRIGGER visit_added AFTER INSERT ON visit WHEN new.visited_on IS NOT NULL BEGIN
    UPDATE vehicle SET last_visit_on = new.visited_on
     WHERE id = new.vehicle_id AND (last_visit_on IS NULL OR last_visit_on < new.visited_on);
END;
CREATE TRIGGER visit_changed AFTER UPDATE OF vehicle_id, visited_on ON visit BEGIN
    UPDATE vehicle SET last_visit_on = (SELECT max(visited_on) FROM visit WHERE vehicle_id = vehicle.id)
     WHERE id IN (old.vehicle_id, new.vehicle_id);
END;
CREATE TRIGGER visit_removed AFTER DELETE ON visit BEGIN
    UPDATE vehicle SET last_visit_on = (SELECT max(visited_on) FROM visit WHERE vehicle_id = vehicle.id)
     WHERE id = old.vehicle_id;
END;

-- Readings taken outside a visit: at the desk, or reported by an inspection.
CREATE TABLE odometer (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    vehicle_id   INTEGER NOT NULL REFERENCES vehicle (id),
    read_on      TEXT    NOT NULL,
    km           INTEGER NOT NULL,
    employee_id  INTEGER REFERENCES employee (id)
) STRICT;
CREATE INDEX odometer_vehicle ON odometer (vehicle_id, read_on, km);
CREATE VIEW odometer_reading AS
    SELECT vehicle_id, visited_on AS read_on, odometer_km AS km FROM visit
     WHERE odometer_km IS NOT NULL AND visited_on IS NOT NULL AND vehicle_id IS NOT NULL
    UNION ALL
    SELECT vehicle_id, read_on, km FROM odometer;

CREATE TABLE inspection (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    vehicle_id    INTEGER NOT NULL REFERENCES vehicle (id),
    inspected_on  TEXT    NOT NULL,
    result        TEXT    CHECK (result IN ('pass', 'fail')),
    -- Codes in capitals, separated by one space, in the order given.
    advice        TEXT    NOT NULL DEFAULT '',
    import_id    INTEGER,
    UNIQUE (vehicle_id, inspected_on)
) STRICT;
-- One row for each advice code, with the date beside it: the advice rules read their window only.
CREATE TABLE inspection_advice (
    code           TEXT    NOT NULL,
    inspected_on   TEXT    NOT NULL,
    inspection_id  INTEGER NOT NULL REFERENCES inspection (id),
    PRIMARY KEY (code, inspected_on, inspection_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inspection_advice_inspection ON inspection_advice (inspection_id);

CREATE TABLE invoice (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    number       TEXT    NOT NULL UNIQUE,
    customer_id  INTEGER REFERENCES customer (id),
    vehicle_id   INTEGER REFERENCES vehicle (id),
    invoiced_on  TEXT,
    total_cents  INTEGER,
    import_id    INTEGER
) STRICT;
CREATE INDEX invoice_date ON invoice (invoiced_on, total_cents) WHERE invoiced_on IS NOT NULL;
CREATE INDEX invoice_customer ON invoice (customer_id, invoiced_on, total_cents);
CREATE INDEX invoice_vehicle ON invoice (vehicle_id);

CREATE TABLE sale (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    number       TEXT    NOT NULL UNIQUE,
    customer_id  INTEGER REFERENCES customer (id),
    vehicle_id   INTEGER REFERENCES vehicle (id),
    sold_on      TEXT,
    price_cents  INTEGER,
    import_id    INTEGER
) STRICT;
CREATE INDEX sale_date ON sale (sold_on) WHERE sold_on IS NOT NULL;
CREATE INDEX sale_customer ON sale (customer_id);
CREATE INDEX sale_vehicle ON sale (vehicle_id);

CREATE TABLE quote (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    number       TEXT    NOT NULL UNIQUE,
    kind         TEXT    NOT NULL CHECK (kind = 'workshop' OR kind = 'car' OR kind = 'agreement'),
    customer_id  INTEGER REFERENCES customer (id),
    vehicle_id   INTEGER REFERENCES vehicle (id),
    issued_on    TEXT,
    valid_until  TEXT,
    total_cents  INTEGER,
    status       TEXT    NOT NULL DEFAULT 'open' CHECK (status = 'open' OR status = 'accepted' OR status = 'rejected'),
    import_id    INTEGER
) STRICT;
CREATE INDEX quote_issued ON quote (kind, issued_on) WHERE status = 'open' AND issued_on IS NOT NULL;
CREATE INDEX quote_expiry ON quote (kind, valid_until) WHERE status = 'open' AND valid_until IS NOT NULL;
CREATE INDEX quote_customer ON quote (customer_id);
CREATE INDEX quote_vehicle ON quote (vehicle_id);

CREATE TABLE appointment (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    number       TEXT    NOT NULL UNIQUE,
    kind         TEXT    NOT NULL DEFAULT 'other' CHECK (kind = 'inspection' OR kind = 'service' OR kind = 'repair' OR kind = 'other'),
    vehicle_id   INTEGER REFERENCES vehicle (id),
    customer_id  INTEGER REFERENCES customer (id),
    starts_at    TEXT,
    ends_at      TEXT,
    status       TEXT    NOT NULL DEFAULT 'planned' CHECK (status = 'planned' OR status = 'done' OR status = 'cancelled'),
    import_id    INTEGER
) STRICT;
CREATE INDEX appointment_vehicle ON appointment (vehicle_id, starts_at);
CREATE INDEX appointment_customer ON appointment (customer_id);
CREATE INDEX appointment_start ON appointment (starts_at);

-- Only what differs from the defaults.
CREATE TABLE setting (
    key    TEXT PRIMARY KEY,
    value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Texts the shop changed; what is not here has its default in the program.
CREATE TABLE template (
    purpose   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    language  TEXT NOT NULL,
    text      TEXT NOT NULL,
    PRIMARY KEY (purpose, kind, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE task (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    -- A key of the sixteen rules; other makers of tasks bring keys of their own.
    rule          TEXT    NOT NULL,
    -- What carries the counting date, e.g. 'vehicle' or 'quote', and its row.
    subject_kind  TEXT    NOT NULL,
    subject_id    INTEGER NOT NULL,
    counts_from   TEXT    NOT NULL,
    half          TEXT    NOT NULL DEFAULT 'whole' CHECK (half = 'whole' OR half = 'after' OR half = 'before'),
    execute_on    TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state = 'waiting' OR state = 'open' OR state = 'handled' OR state = 'withdrawn'),
    vehicle_id    INTEGER REFERENCES vehicle (id),
    -- The vehicle's plate, kept by a trigger: the list is read in its order.
    plate         TEXT,
    customer_id   INTEGER REFERENCES customer (id),
    employee_id   INTEGER REFERENCES employee (id),
    -- A person's text. While it is NULL the words come from the template and the facts of the day.
    description   TEXT,
    -- A person has worked on it: the collector leaves it alone.
    touched       INTEGER NOT NULL DEFAULT 0 CHECK (touched IN (0, 1)),
    -- The day it came into the list; counts against that week's capacity.
    released_on   TEXT,
    closed_at     TEXT,
    -- Raised by every change: an edit that began on an older one is not written over a newer one.
    version       INTEGER NOT NULL DEFAULT 1,
    UNIQUE (rule, subject_kind, subject_id, counts_from, half)
) STRICT;
-- The list, its order and its counts, without touching the table.
CREATE INDEX task_list ON task (state, execute_on, plate, rule, employee_id);
-- What a collection looks at again.
CREATE INDEX task_untouched ON task (rule, half) WHERE state IN ('waiting', 'open') AND touched = 0;
CREATE INDEX task_waiting ON task (counts_from) WHERE state = 'waiting';
CREATE INDEX task_released ON task (released_on, state) WHERE released_on IS NOT NULL;
CREATE INDEX task_vehicle ON task (vehicle_id);
CREATE INDEX task_customer ON task (customer_id);
CREATE TRIGGER vehicle_plate_changed AFTER UPDATE OF plate ON vehicle BEGIN
    UPDATE task SET plate = new.plate WHERE vehicle_id = new.id;
END;

CREATE TABLE message (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id      INTEGER REFERENCES task (id),
    customer_id  INTEGER REFERENCES customer (id),
    channel      TEXT    NOT NULL CHECK (channel IN ('sms', 'email')),
    address      TEXT    NOT NULL,
    subject      TEXT,
    body         TEXT    NOT NULL,
    state        TEXT    NOT NULL DEFAULT 'draft' CHECK (state = 'draft' OR state = 'queued' OR state = 'sending' OR state = 'sent' OR state = 'rejected' OR state = 'unknown'),
    reference    TEXT    UNIQUE,
    attempts     INTEGER NOT NULL DEFAULT 0,
    answer       TEXT,
    written_at   TEXT    NOT NULL,
    sent_at      TEXT,
    employee_id  INTEGER REFERENCES employee (id)
) STRICT;
CREATE INDEX message_customer ON message (customer_id, sent_at);
CREATE INDEX message_task ON message (task_id);
CREATE INDEX message_state ON message (state);

CREATE TABLE call_note (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id      INTEGER REFERENCES task (id),
    customer_id  INTEGER REFERENCES customer (id),
    outcome      TEXT,
    text         TEXT    NOT NULL DEFAULT '',
    noted_at     TEXT    NOT NULL,
    employee_id  INTEGER REFERENCES employee (id)
) STRICT;
CREATE INDEX call_note_customer ON call_note (customer_id, noted_at);
CREATE INDEX call_note_task ON call_note (task_id);

-- Who changed what, when, from what to what: of every noun, in the transaction of the change.
CREATE TABLE history (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           TEXT    NOT NULL,
    -- Who did it: a person at the desk or on the command line, or Balie itself.
    origin       TEXT    NOT NULL CHECK (origin = 'desk' OR origin = 'command' OR origin = 'collector' OR origin = 'import' OR origin = 'register'),
    employee_id  INTEGER REFERENCES employee (id),
    import_id    INTEGER REFERENCES import (id),
    noun         TEXT    NOT NULL,
    noun_id      INTEGER NOT NULL,
    action       TEXT    NOT NULL,
    field        TEXT,
    before       TEXT,
    after        TEXT
) STRICT;
CREATE INDEX history_noun ON history (noun, noun_id);

-- The day of each rule's last collection, switched on or not: from it follows how old news may be.
CREATE TABLE rule_collection (
    rule          TEXT PRIMARY KEY,
    collected_on  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every finished collection run.
CREATE TABLE collection (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    finished_at  TEXT    NOT NULL,
    today        TEXT    NOT NULL,
    made         INTEGER NOT NULL,
    withdrawn    INTEGER NOT NULL,
    returned     INTEGER NOT NULL,
    waiting      INTEGER NOT NULL,
    unchanged    INTEGER NOT NULL,
    -- The number of the last request (see collection_request) that it saw.
    request_seen INTEGER NOT NULL
) STRICT;

-- Raised by whoever changed something that a collection depends on; the service then runs.
CREATE TABLE collection_request (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    number   INTEGER NOT NULL
) STRICT;
INSERT INTO collection_request (id, number) VALUES (1, 0);
