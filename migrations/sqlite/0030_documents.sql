-- Documents that were handed in, and the work on them. A document is an office and a digest: the same bytes twice are one.

create table document (
    position    integer primary key,           -- order of arrival
    id          text    not null unique,       -- from office and digest
    office      text    not null,              -- a body of the register; empty where there is none
    sha256      text    not null,
    name        text    not null,              -- as handed in; empty once only the digest is kept
    bytes       integer not null,
    handed_in_by text,
    handed_in_at text   not null,              -- UTC
    state       text    not null,              -- kept, stopped (digest and fact alone), deleted
    outcome     text,                          -- of the latest result
    asked       text,                          -- what the latest result was examined for
    retain_until text,                         -- civil date
    held_for    text,                          -- why it may not be deleted
    unique (office, sha256)
) strict;

create index document_by_office on document (office, position);
create index document_by_digest on document (sha256);
create index document_by_outcome on document (outcome, position);

-- One job is one archive, or what was handed in together.
create table job (
    position    integer primary key,
    id          text    not null unique,
    office      text    not null,
    name        text    not null,
    created_by  text,
    created_at  text    not null,              -- UTC
    state       text    not null,              -- open, running, paused, cancelled
    terms       text    not null               -- JSON: claim, date, whether a seal is expected
) strict;

create table item (
    position    integer primary key,
    job         text    not null references job (id),
    ordinal     integer not null,              -- within its job: jobs take turns by it
    name        text    not null,              -- as it stands in the archive or was handed in
    kind        text    not null,              -- document, archive
    sha256      text    not null,
    document    text    references document (id),
    state       text    not null,              -- waiting, working, done, failed, cancelled
    attempts    integer not null,
    reason      text,                          -- why it failed, or failed last
    outcome     text,
    lease       text,                          -- whoever works on it
    lease_until integer,                       -- UTC, milliseconds
    not_before  integer not null default 0,    -- UTC, milliseconds: when it may be tried again
    unique (job, name, sha256)
) strict;

create index item_by_state on item (state, ordinal, position);
create index item_by_job on item (job, state);
create index item_by_ordinal on item (job, ordinal);
create index item_by_document on item (document);

-- What an office's key for an upload stood for.
create table idempotency (
    office      text    not null,
    key         text    not null,
    document    text    not null,
    job         text    not null,
    sha256      text    not null,
    recorded_at text    not null,
    primary key (office, key)
) strict, without rowid;
