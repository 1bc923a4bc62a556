-- Which impressions of one die that is in no register are one impression (links::Twins): found when the family of the one placed last
-- was, and gone with either. Impressions that were placed before this table was made are not looked through once more.

create table die_copy (
    earlier      bigint  not null references die_impression (position) on delete cascade,
    later        bigint  not null references die_impression (position) on delete cascade,
    correlation  double precision not null,      -- of their inks beside what they share
    strength     double precision not null,      -- log10: one impression against two stampings
    is_one_sheet bigint  not null,               -- 1 where their pages are scans of one sheet, else 0
    primary key (earlier, later)
);

create index die_copy_by_later on die_copy (later);
