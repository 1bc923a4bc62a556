-- What documents came to, and what they come to since the register changed. Only added to: what was said first is never
-- erased.

create table result (
    position    integer primary key,
    document    text    not null,              -- digest of its bytes, or its path where they could not be read
    asked       text    not null,              -- JSON: what it was examined for (claim, date, engine)
    report      text    not null,              -- JSON, antin.report/1
    recorded_at text    not null,              -- UTC
    unique (document, asked)
) strict;

-- The registered seals whose life a result depends on.
create table result_seal (
    seal   text    not null,
    result integer not null references result (position),
    primary key (seal, result)
) strict, without rowid;

-- Reports that took the place of the first; the latest counts.
create table judgement (
    position    integer primary key,
    result      integer not null references result (position),
    report      text    not null,
    recorded_at text    not null
) strict;

create index judgement_by_result on judgement (result, position);

-- Up to which revision of the register all results were judged.
create table judged (
    revision    integer primary key,
    recorded_at text    not null
) strict;
