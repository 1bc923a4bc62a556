-- What documents came to, and what they come to since the register changed. Only added to: what was said first is never
-- erased.

create table result (
    position    bigint generated always as identity primary key,
    document    text    not null,              -- digest of its bytes, or its path where they could not be read
    asked       text    not null,              -- JSON: what it was examined for (claim, date, engine)
    report      text    not null,              -- JSON, antin.report/1
    recorded_at text    not null               -- UTC
);

create unique index result_once on result (md5(document), md5(asked));
create index result_by_document on result (document);

-- The registered seals whose life a result depends on.
create table result_seal (
    seal   text    not null,
    result bigint not null references result (position),
    primary key (seal, result)
);

-- Reports that took the place of the first; the latest counts.
create table judgement (
    position    bigint generated always as identity primary key,
    result      bigint not null references result (position),
    report      text    not null,
    recorded_at text    not null
);

create index judgement_by_result on judgement (result, position);

-- Up to which revision of the register all results were judged.
create table judged (
    revision    bigint primary key,
    recorded_at text    not null
);
