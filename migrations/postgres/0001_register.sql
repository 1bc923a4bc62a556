-- Seals, their versions, specimens and events. Nothing is ever updated or deleted: a change is a
-- new row under a new revision, so that any earlier revision can be read again.

create table revision (
    number      bigint primary key,
    recorded_at text    not null,              -- UTC
    source      text    not null               -- name of the imported file
);

create table seal (
    position bigint generated always as identity primary key,              -- order of first registration
    id       text    not null unique
);

create table seal_version (
    seal        text    not null references seal (id),
    version     bigint not null,
    revision    bigint not null references revision (number),
    particulars text    not null,              -- JSON, the columns as stated
    primary key (seal, version)
);

create table specimen (
    position   bigint generated always as identity primary key,
    seal       text    not null references seal (id),
    sha256     text    not null,               -- names the file under specimens/
    stated_dpi double precision,
    revision   bigint not null references revision (number),
    unique (seal, sha256, revision)
);

create table event (
    position    bigint generated always as identity primary key,
    seal        text    not null references seal (id),
    kind        text    not null,
    happened_on text    not null,              -- civil date, ISO 8601
    details     text    not null,              -- JSON: by, instrument, note, successor
    revision    bigint not null references revision (number),
    recorded_by text
);

-- A digest, since the columns may be longer than an index takes.
create unique index event_once on event (seal, kind, happened_on, md5(details));
