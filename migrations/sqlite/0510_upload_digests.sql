-- Which bytes an upload is: known before they are handed in, so that what must not be kept is forgotten by it.
alter table upload add column sha256 text;
create index upload_by_digest on upload (sha256);

-- Of these it is not known. Whoever sent one that was not handed in yet begins it anew.
delete from upload where arrived = length;
