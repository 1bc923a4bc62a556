-- Impressions whose dies are in no register, kept beside results, and the families that one die made (links::placing). Their ink
-- is in the results' crops.

create table die_impression (
    position   integer primary key autoincrement,
    result     integer not null references result (position),
    impression integer not null,               -- index among the report's impressions
    poses_as   text    not null,               -- the registered seal whose design it has; '' where none
    content    blob    not null,               -- links::KeptDie
    placed     integer,                        -- when its family was looked for, by die_placed; null while it is to be
    family     integer,                        -- number of its family; null while it has none
    sheet      integer,                        -- number of its sheet within the family, from 1
    strength   real,                           -- log10: one die against two of one design
    unique (result, impression)
) strict;

create index die_impression_by_design on die_impression (poses_as, position);
create index die_impression_by_family on die_impression (family, position);
create index die_impression_to_place on die_impression (position) where placed is null;

-- How many times a family was looked for: whoever looks for the next one finds out by it that another did so meanwhile.
create table die_placed (
    number     integer not null
) strict;

insert into die_placed (number) values (0);
