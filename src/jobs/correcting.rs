//! What documents come to with the fields that people corrected, from what is kept of their pages: no scan is opened.

use std::sync::Arc;

use crate::audit::Act;
use crate::jobs::Registers;
use crate::links;
use crate::registry::Register;
use crate::rules::RuleSet;
use crate::storage::Error;
use crate::storage::documents::StoredDocument;
use crate::storage::fields::Change;
use crate::storage::fields::Correctable;
use crate::storage::fields::Kept;
use crate::storage::results::NewResult;
use crate::verdict::Policy;

/// How often it is begun anew where others correct the same document, or it is examined, meanwhile.
const ATTEMPTS: usize = 5;

/// What came of correcting a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// What was said stands, and the document is judged by it.
    Done,
    /// A second person signed the document off: what stands is not replaced, nor taken back.
    SignedOff,
    /// It was not examined, or what its impressions are compared by is not kept, or by another version.
    NotKept,
    /// Others corrected it too all the time.
    Moved,
    /// The program failed on it.
    Failed,
}

/// Corrects fields of a document in the name of whoever does it, and examines its impressions anew with what is known then; without
/// changes, where its latest result lacks what was corrected before.
///
/// # Errors
/// If something is corrected in nobody's name, or the database fails; then nothing is changed.
pub async fn correct(
    (registers, rules): (&Registers, &Arc<RuleSet>),
    (document, changes): (&StoredDocument, &[Change]),
    act: &Act,
) -> Result<Corrected, Error> {
    let store = registers.store();
    for _ in 0..ATTEMPTS {
        let Some(own) = store.correctable(document).await? else {
            return Ok(Corrected::NotKept);
        };
        let news = own.news(changes);
        if news.is_empty() && !own.is_behind() {
            return Ok(Corrected::Done);
        }
        let register = registers.latest().await?;
        let (rules, name, said) = (Arc::clone(rules), document.sha256.clone(), news.clone());
        let examine = move || {
            let result = examined(&name, (&own, &said), (&register, &rules));
            (own, result)
        };
        let Ok((own, result)) = tokio::task::spawn_blocking(examine).await else {
            return Ok(Corrected::Failed);
        };
        let Some(result) = result else {
            return Ok(Corrected::NotKept);
        };
        match store.keep_corrected(&own, (&result, &news), act).await? {
            Kept::Done => return Ok(Corrected::Done),
            Kept::SignedOff => return Ok(Corrected::SignedOff),
            Kept::Moved => {}
        }
    }
    Ok(Corrected::Moved)
}

/// The document's result with what is known of it; `None` if its crops are of another version.
fn examined(
    name: &str,
    (own, changes): (&Correctable, &[Change]),
    (register, rules): (&Register, &RuleSet),
) -> Option<NewResult> {
    let (given, date) = own.known(changes);
    let crops = own.crops.clone().corrected((&given, date))?;
    let policy = Policy::default();
    let examined = crops.examined(name, (register, &policy, rules))?;
    let dies = links::kept_dies(&examined);
    Some(NewResult {
        dies,
        report: examined.report,
        // The crops tell the claimed seal, and so does what the result is kept under: `Store::keep_corrected`.
        claim: None,
        crops: Some(crops),
        keys: examined.keys,
    })
}
