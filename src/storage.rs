//! The register's store: an embedded database and a folder of files by digest.
