-- What copies of an impression are found by (verify::key), kept beside results: three kilobytes an impression.

create table impression_key (
    result     integer not null references result (position),
    impression integer not null,               -- index among the report's impressions
    seal       text    not null,
    content    blob    not null,
    primary key (result, impression)
) strict;

create index impression_key_by_seal on impression_key (seal, result);
