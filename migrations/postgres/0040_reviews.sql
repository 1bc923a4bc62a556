-- What people came to about documents, having seen them. Only added to: the latest counts.

create table review (
    number      bigint  generated always as identity primary key,
    document    text    not null,              -- its name in the store: an office and a digest
    kind        text    not null,              -- accepted, referred, better_scan, reopened
    note        text    not null,              -- why, or to whom; may be empty
    reviewed_by text    not null,
    reviewed_at text    not null               -- UTC
);

create index review_by_document on review (document, number);
