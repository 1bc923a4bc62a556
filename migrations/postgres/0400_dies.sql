-- Impressions whose dies are in no register, kept beside results, and the families that one die made (links::placing). Their ink
-- is in the results' crops.

create table die_impression (
    position   bigint generated always as identity primary key,
    result     bigint  not null references result (position),
    impression bigint  not null,               -- index among the report's impressions
    poses_as   text    not null,               -- the registered seal whose design it has; '' where none
    content    bytea   not null,               -- links::KeptDie
    placed     bigint,                         -- when its family was looked for, by die_placed; null while it is to be
    family     bigint,                         -- number of its family; null while it has none
    sheet      bigint,                         -- number of its sheet within the family, from 1
    strength   double precision,               -- log10: one die against two of one design
    unique (result, impression)
);

create index die_impression_by_design on die_impression (poses_as, position);
create index die_impression_by_family on die_impression (family, position);
create index die_impression_to_place on die_impression (position) where placed is null;

-- How many times a family was looked for: whoever looks for the next one finds out by it that another did so meanwhile.
create table die_placed (
    number     bigint not null
);

insert into die_placed (number) values (0);
