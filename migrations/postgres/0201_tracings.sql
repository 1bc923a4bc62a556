-- What people drew on pages: a seal that was missed, one whose box was moved, and those that are none. Only added to: what was
-- taken back is marked so.

create table tracing (
    number      bigint  generated always as identity primary key,
    document    text    not null,              -- its name in the store
    page        bigint not null,              -- counted from 1
    kind        text    not null,              -- missed, moved, false
    impression  bigint,                        -- which one of the report was moved or is false
    box         text    not null,              -- JSON: x, y, width, height in page pixels
    note        text    not null,
    report      text,                          -- JSON, antin.report/1: what the part of the page came to
    traced_by   text    not null,
    traced_at   text    not null,              -- UTC
    withdrawn_by text,
    withdrawn_at text
);

create index tracing_by_document on tracing (document, number);
