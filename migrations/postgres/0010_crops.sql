-- What results are compared anew from without their scans: pages as they were read, packed (verify::crops).

create table crops (
    result     bigint primary key references result (position),
    content    bytea  not null,
    has_strips bigint not null                 -- 1 where a page's edge bears what may be part of a seal
);

-- Results that were kept under an older revision of the register than the latest: they are judged with the next that are,
-- whatever changed, and then leave this table.
create table behind (
    result bigint primary key references result (position)
);
