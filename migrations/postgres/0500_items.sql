-- What became of an item: how many pages its document has, and why it failed, by a code that pages tell in the reader's language.

alter table item add column pages bigint;      -- null before it was examined, and for archives
alter table item add column code text;         -- of the reason; null where there is none
