-- Uploads that may break off and go on: how much of each is on disk.
create table upload (
    id          text    primary key,
    login       text    not null references person (login),
    how         text    not null,              -- JSON: name, job and terms, as they were given
    length      bigint  not null,              -- bytes that are to come in all
    arrived     bigint  not null,              -- bytes that are on disk
    changed_at  bigint  not null,              -- microseconds since 1970, UTC
    handed      text                           -- JSON: what it was handed in as, once all was there
);

create index upload_by_login on upload (login);
