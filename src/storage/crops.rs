//! What is kept of a document's impressions, for pictures of them.

use sqlx::Row;

use crate::storage::Error;
use crate::storage::Store;
use crate::storage::documents::StoredDocument;
use crate::verify::crops::Crops;

impl Store {
    /// What is kept of the impressions of a document's latest result; `None` if nothing is, or by another version.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn crops_of(&self, document: &StoredDocument) -> Result<Option<Crops>, Error> {
        let row = sqlx::query(
            "select crops.content from crops join result on result.position = crops.result \
             join document on document.sha256 = result.document \
             where document.id = $1 and result.asked = document.asked",
        )
        .bind(&document.id)
        .fetch_optional(&self.pool)
        .await?;
        let content: Option<Vec<u8>> = row.map(|row| row.get(0));
        Ok(content.and_then(|content| Crops::from_bytes(&content)))
    }
}
