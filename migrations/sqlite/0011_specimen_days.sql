-- The days between which a specimen is the registered one, as stated.
alter table specimen add column valid_from text;
alter table specimen add column valid_to text;
