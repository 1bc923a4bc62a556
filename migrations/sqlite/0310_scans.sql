-- Whether a scan is wanted, and by what, is asked by its digest.
create index item_by_digest on item (sha256);
