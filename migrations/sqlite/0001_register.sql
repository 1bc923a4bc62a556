-- Seals, their versions, specimens and events. Nothing is ever updated or deleted: a change is a
-- new row under a new revision, so that any earlier revision can be read again.

create table revision (
    number      integer primary key,
    recorded_at text    not null,              -- UTC
    source      text    not null               -- name of the imported file
) strict;

create table seal (
    position integer primary key,              -- order of first registration
    id       text    not null unique
) strict;

create table seal_version (
    seal        text    not null references seal (id),
    version     integer not null,
    revision    integer not null references revision (number),
    particulars text    not null,              -- JSON, the columns as stated
    primary key (seal, version)
) strict, without rowid;

create table specimen (
    position   integer primary key,
    seal       text    not null references seal (id),
    sha256     text    not null,               -- names the file under specimens/
    stated_dpi real,
    revision   integer not null references revision (number),
    unique (seal, sha256, revision)
) strict;

create table event (
    position    integer primary key,
    seal        text    not null references seal (id),
    kind        text    not null,
    happened_on text    not null,              -- civil date, ISO 8601
    details     text    not null,              -- JSON: by, instrument, note, successor
    revision    integer not null references revision (number),
    unique (seal, kind, happened_on, details)
) strict;
