-- Fields of documents that people know better than what was read. Only added to: of each field the latest counts, and says who gave
-- it and when, or who took it back.

create table field_correction (
    number      integer primary key,
    document    text    not null,              -- its name in the store
    field       text    not null,              -- number, symbol, date, issuer, signer
    value       text,                          -- null where what was given before is taken back
    corrected_by text   not null,
    corrected_at text   not null               -- UTC
);

create index field_correction_by_document on field_correction (document, number);
