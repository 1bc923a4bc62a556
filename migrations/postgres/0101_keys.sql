-- What copies of an impression are found by (verify::key), kept beside results: three kilobytes an impression.

create table impression_key (
    result     bigint  not null references result (position),
    impression bigint  not null,               -- index among the report's impressions
    seal       text    not null,
    content    bytea   not null,
    primary key (result, impression)
);

create index impression_key_by_seal on impression_key (seal, result);
