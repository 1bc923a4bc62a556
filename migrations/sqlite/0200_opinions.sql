-- What inspectors thought of impressions before they saw what the program says. Only added to: of each, a person's first counts.

create table opinion (
    number      integer primary key,
    document    text    not null,              -- its name in the store
    impression  integer not null,              -- counted from 0, as in the report
    said        text    not null,              -- same, different, unsure
    program     text    not null,              -- the program's conclusion then
    given_by    text    not null,
    given_at    text    not null               -- UTC
);

create index opinion_by_document on opinion (document, given_by);
create index opinion_by_person on opinion (given_by, number);

-- Documents of which is known what made their seals: they lie among the others, and show how surely people see. The latest counts.
create table control_case (
    number      integer primary key,
    document    text    not null,
    truth       text,                          -- same, different; null: no control case any more
    set_by      text    not null,
    set_at      text    not null               -- UTC
);

create index control_case_by_document on control_case (document, number);
