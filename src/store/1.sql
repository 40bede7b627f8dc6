-- Form 1 of the store. Times are whole seconds since 1970 (UTC). A `packed` column is text as `pack.rs` writes it.

-- Text that many rows share: an agency's particulars, what was read of a website, why a job was done.
CREATE TABLE text (
    id   INTEGER PRIMARY KEY,
    hash INTEGER NOT NULL,          -- the first 48 bits of the text's SHA-256
    base INTEGER REFERENCES text,   -- the text it is written against, which has no base; or null
    body BLOB NOT NULL              -- packed
);
CREATE INDEX text_hash ON text (hash);

-- Each item as the rules of one digest first judged it anywhere: what all versions by these rules are written against.
CREATE TABLE model (
    id    INTEGER PRIMARY KEY,
    rules INTEGER NOT NULL REFERENCES text,
    item  TEXT NOT NULL,
    body  BLOB NOT NULL             -- packed
);
CREATE UNIQUE INDEX model_item ON model (rules, item);

CREATE TABLE agency (
    id       INTEGER PRIMARY KEY,
    key      TEXT NOT NULL UNIQUE,  -- its id in the list of agencies
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL,         -- AgencyKind's word; '' when unknown
    province TEXT NOT NULL,         -- '' when unknown
    home     TEXT NOT NULL,
    latest   INTEGER REFERENCES audit -- its newest audit
);

-- The audits of one agency by one year's criteria.
CREATE TABLE series (
    id       INTEGER PRIMARY KEY,
    agency   INTEGER NOT NULL REFERENCES agency,
    year     INTEGER NOT NULL       -- Buddhist era
);
CREATE UNIQUE INDEX series_year ON series (agency, year);

-- What the subjects of a series count as after its newest look.
CREATE TABLE standing (
    series INTEGER PRIMARY KEY REFERENCES series,
    body   BLOB NOT NULL            -- packed JSON
);

CREATE TABLE audit (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    series   INTEGER NOT NULL REFERENCES series,
    at       INTEGER NOT NULL,      -- the look began
    lasted   INTEGER NOT NULL,      -- seconds
    taken    INTEGER NOT NULL,      -- the capture's day: 20220515
    kind     INTEGER NOT NULL,      -- 0 visit, 1 second look, 2 kept capture judged again
    capture  BLOB,                  -- SHA-256 of the capture
    rules    INTEGER NOT NULL REFERENCES text,
    head     INTEGER NOT NULL REFERENCES text, -- JSON: agency as recognised, home, decisions
    shape    INTEGER NOT NULL REFERENCES text, -- JSON of the coverage without its numbers
    figures  BLOB NOT NULL,         -- and its numbers
    scores   INTEGER NOT NULL REFERENCES text, -- JSON of the scores without their numbers
    points   INTEGER NOT NULL REFERENCES text, -- and their numbers
    grade    INTEGER REFERENCES text, -- JSON of the grade's range; null without a total
    low      INTEGER NOT NULL,      -- OIT score, hundredths of a point
    high     INTEGER NOT NULL,
    total_low  INTEGER,             -- total of IIT, EIT and OIT, hundredths; null when a survey is missing
    total_high INTEGER,
    passed   INTEGER NOT NULL,
    failed   INTEGER NOT NULL,
    unsure   INTEGER NOT NULL,
    complete INTEGER NOT NULL,      -- nothing ended the crawl early
    requests INTEGER NOT NULL,
    fresh    INTEGER NOT NULL,      -- answers that were not "unchanged"
    received INTEGER NOT NULL,      -- bytes over the wire
    items    INTEGER NOT NULL REFERENCES text -- JSON: the items in order
);
CREATE INDEX audit_series ON audit (series, id, at);

-- A judged item, only where it differs from the series' audit before.
CREATE TABLE verdict (
    id       INTEGER PRIMARY KEY,   -- audit * 4096 + its place in the audit
    item     TEXT NOT NULL,
    was      INTEGER NOT NULL,      -- the decision before; 0 for none, 1 pass, 2 fail, 3 unsure
    decision INTEGER NOT NULL,
    model    INTEGER NOT NULL REFERENCES model, -- what the body is written against,
    base     INTEGER REFERENCES verdict, -- and then this earlier version; or null
    depth    INTEGER NOT NULL,      -- bases under it: 0 to 8
    body     BLOB NOT NULL          -- packed JSON of the item
);

-- A change that counts, as `standing` reports it.
CREATE TABLE change (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    series  INTEGER NOT NULL REFERENCES series,
    audit   INTEGER REFERENCES audit, -- null when the website could not be reached
    counted INTEGER NOT NULL,
    subject TEXT NOT NULL,
    body    BLOB NOT NULL           -- packed JSON
);
CREATE INDEX change_series ON change (series, id);
CREATE INDEX change_counted ON change (counted, id);

CREATE TABLE run (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,         -- fleet, schedule …
    settings TEXT NOT NULL,         -- JSON
    began    INTEGER NOT NULL,
    ended    INTEGER,
    void     TEXT                   -- why the whole run does not count
);
CREATE INDEX run_open ON run (id) WHERE ended IS NULL;

-- An agency within a run: the run log.
CREATE TABLE job (
    run    INTEGER NOT NULL REFERENCES run,
    agency INTEGER NOT NULL REFERENCES agency,
    place  INTEGER NOT NULL,        -- its turn in the run
    state  INTEGER NOT NULL,        -- 0 pending, 1 crawling, 2 done, 3 failed, 4 void
    at     INTEGER NOT NULL,        -- since when
    fault  INTEGER REFERENCES text, -- the word of the failure
    why    INTEGER REFERENCES text, -- what was done and why
    audit  INTEGER REFERENCES audit,
    PRIMARY KEY (run, agency)
) WITHOUT ROWID;
CREATE INDEX job_open ON job (run, place) WHERE state < 2;
CREATE INDEX job_missed ON job (agency, at) WHERE state > 2;

-- Who is at an agency's website right now.
CREATE TABLE lease (
    agency INTEGER PRIMARY KEY REFERENCES agency,
    owner  TEXT NOT NULL,
    taken  INTEGER NOT NULL,
    beat   INTEGER NOT NULL
);

-- When an agency is to be looked at next.
CREATE TABLE visit (
    agency INTEGER PRIMARY KEY REFERENCES agency,
    last   INTEGER,
    next   INTEGER,
    why    TEXT NOT NULL
);
CREATE INDEX visit_next ON visit (next) WHERE next IS NOT NULL;

CREATE TABLE outbox (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    owner     TEXT NOT NULL,
    channel   TEXT NOT NULL,
    created   INTEGER NOT NULL,
    body      TEXT NOT NULL,        -- JSON
    attempts  INTEGER NOT NULL DEFAULT 0,
    next_at   INTEGER,              -- null: nothing more to send
    fault     TEXT,                 -- of the newest attempt
    delivered INTEGER,
    seen      INTEGER
);
CREATE INDEX outbox_next ON outbox (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX outbox_owner ON outbox (owner, id);

CREATE TABLE silence (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    agency  INTEGER NOT NULL REFERENCES agency,
    subject TEXT,                   -- null: all of the agency
    until   INTEGER,                -- null: until it is lifted
    who     TEXT NOT NULL,
    reason  TEXT NOT NULL,
    made    INTEGER NOT NULL
);
CREATE INDEX silence_agency ON silence (agency);

-- How far a reader of the changes has come, and the like.
CREATE TABLE mark (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- What will go stale of a series, as its newest look has it.
CREATE TABLE forecast (
    series INTEGER PRIMARY KEY REFERENCES series,
    body   BLOB NOT NULL            -- packed JSON
);
