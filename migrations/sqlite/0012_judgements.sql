-- A judgement is a whole report; or, where the lives of seals alone were asked, what they decide of one (verify::rejudged),
-- over the latest whole report before it.
alter table judgement add column is_whole integer not null default 1;

create index judgement_whole on judgement (result, position) where is_whole = 1;
