-- Second version: work at the desk. Employees sign in, every step can be undone, what was half typed
-- survives, consent is kept with its words, customers are found while one types.

-- Who may sign in: an argon2id hash in PHC form; without one an employee is only a name in a list.
ALTER TABLE employee ADD COLUMN pin_hash TEXT;
-- The language of the screen while this employee is signed in; unknown is the shop's.
ALTER TABLE employee ADD COLUMN language TEXT;
-- Wrong PINs in a row and the instant of the last: each makes the next try wait longer.
ALTER TABLE employee ADD COLUMN pin_failures INTEGER NOT NULL DEFAULT 0;
ALTER TABLE employee ADD COLUMN pin_failed_at TEXT;

-- Contacted but not booked: a handled task that comes back into the list on this day.
ALTER TABLE task ADD COLUMN back_on TEXT;
-- What the last contact about it came to.
ALTER TABLE task ADD COLUMN outcome TEXT;
-- The boxes beside SMS and e-mail.
ALTER TABLE task ADD COLUMN sms_sent INTEGER NOT NULL DEFAULT 0 CHECK (sms_sent IN (0, 1));
ALTER TABLE task ADD COLUMN email_sent INTEGER NOT NULL DEFAULT 0 CHECK (email_sent IN (0, 1));
CREATE INDEX task_back ON task (back_on) WHERE back_on IS NOT NULL;

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
