-- Which impressions of one die that is in no register are one impression (links::Twins): found when the family of the one placed last
-- was, and gone with either. Impressions that were placed before this table was made are not looked through once more.

create table die_copy (
    earlier      integer not null references die_impression (position) on delete cascade,
    later        integer not null references die_impression (position) on delete cascade,
    correlation  real    not null,              -- of their inks beside what they share
    strength     real    not null,              -- log10: one impression against two stampings
    is_one_sheet integer not null,              -- 1 where their pages are scans of one sheet, else 0
    primary key (earlier, later)
) strict;

create index die_copy_by_later on die_copy (later);
