-- What results are compared anew from without their scans: pages as they were read, packed (verify::crops).

create table crops (
    result     integer primary key references result (position),
    content    blob    not null,
    has_strips integer not null                -- 1 where a page's edge bears what may be part of a seal
) strict;

-- Results that were kept under an older revision of the register than the latest: they are judged with the next that are,
-- whatever changed, and then leave this table.
create table behind (
    result integer primary key references result (position)
) strict;
