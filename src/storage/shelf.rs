//! Where several machines find the files of specimens: in the object store, beside the scans.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::TryStreamExt;
use object_store::ObjectStore;
use object_store::ObjectStoreExt;
use object_store::path::Path as Key;

use crate::storage::Error;

/// The folder of an object store that holds specimens' files as they stand on disk, encrypted where a key is given.
#[derive(Clone, Debug)]
pub struct Shelf {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
}

impl Shelf {
    /// The shelf beside the scans that are kept below `prefix`.
    pub(super) fn beside(store: Arc<dyn ObjectStore>, prefix: &Key) -> Self {
        let prefix = prefix.clone().join("specimens");
        Self { store, prefix }
    }

    /// The names of all files there.
    pub(super) async fn all(&self) -> Result<HashSet<String>, Error> {
        let listed = self.store.list(Some(&self.prefix));
        let names = listed.map_ok(|found| found.location.filename().map(str::to_owned));
        let names: Vec<Option<String>> = names.try_collect().await.map_err(Error::Shelf)?;
        Ok(names.into_iter().flatten().collect())
    }

    pub(super) async fn get(&self, name: &str) -> Result<Vec<u8>, Error> {
        let found = self.store.get(&self.prefix.clone().join(name)).await;
        let bytes = found.map_err(Error::Shelf)?.bytes().await;
        Ok(bytes.map_err(Error::Shelf)?.to_vec())
    }

    /// Puts a file there, whole or not at all, in the place of what there was.
    pub(super) async fn put(&self, name: &str, file: Vec<u8>) -> Result<(), Error> {
        let key = self.prefix.clone().join(name);
        let put = self.store.put(&key, file.into()).await;
        put.map(drop).map_err(Error::Shelf)
    }
}
