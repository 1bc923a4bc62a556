-- The entries of every register but the seals' own: bodies, names, custody, permits, use and so on.
-- Like all tables, it is only added to. A correction is an entry of its own, which names the entry
-- that it replaces; entries are named by what they say, so that names do not depend on the order in
-- which they were recorded.

create table entry (
    position    integer primary key,           -- order of recording
    name        text    not null unique,       -- digest of what it says
    kind        text    not null,
    key         text    not null,              -- the seal, body or person that it is about
    happened_on text,                          -- civil date, ISO 8601
    content     text    not null,              -- JSON, the columns as stated
    instrument  text,
    recorded_by text,
    revision    integer not null references revision (number), -- tells when it was recorded
    corrects    text                           -- name of the entry that it replaces
) strict;

create index entry_by_key on entry (kind, key);

alter table event add column recorded_by text;
