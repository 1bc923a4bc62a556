//! What is written down.

/// Something that was done and that others may ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
    /// Somebody was refused for a wrong password, or for having failed too often.
    SignInRefused,
    /// A person was added.
    PersonAdded,
    /// A person's name, role or office was changed.
    PersonChanged,
    /// A person may not sign in any more.
    PersonDisabled,
    /// A person may sign in again.
    PersonEnabled,
    /// A link for choosing a password was made.
    LinkMade,
    /// A password was chosen.
    PasswordChosen,
    /// A token was made.
    TokenMade,
    /// A token was revoked.
    TokenRevoked,
    /// A specimen was seen or given out.
    SpecimenRead,
    /// Specimens were encrypted under another key.
    SpecimensRekeyed,
    /// A change of the register was proposed.
    ChangeProposed,
    /// A change of the register was approved and made.
    ChangeApproved,
    /// A change of the register was rejected.
    ChangeRejected,
    /// A change of the register was taken back before anybody answered.
    ChangeWithdrawn,
    /// The register was changed without a proposal, which can be only while nobody has an account.
    RegisterChanged,
    /// It was proposed to set a finding aside.
    DecisionProposed,
    /// Setting a finding aside was approved.
    DecisionApproved,
    /// Setting a finding aside was rejected.
    DecisionRejected,
    /// Setting a finding aside was taken back before anybody answered.
    DecisionWithdrawn,
    /// A document was brought.
    DocumentUploaded,
    /// What was found on a document, or a picture of it, was seen.
    DocumentRead,
    /// A document is kept from being deleted.
    DocumentHeld,
    /// A document is kept from being deleted no more.
    DocumentReleased,
    /// Somebody said what they came to about a document.
    DocumentReviewed,
    /// Somebody said what they think of an impression, before they saw what the program says.
    OpinionGiven,
    /// A document was made a control case, or is one no more.
    ControlSet,
    /// Somebody drew a seal on a page, or said that one is none, or took that back.
    SealTraced,
    /// Somebody said what a document's fields are, or took that back.
    FieldCorrected,
    /// A document was deleted.
    DocumentDeleted,
    /// A document was shown to nobody because of a marking of secrecy.
    DocumentStopped,
    /// The chain was checked.
    AuditVerified,
    /// The store was copied.
    StoreBackedUp,
    /// The store was put back from a copy.
    StoreRestored,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 36] = [
        Self::SignedIn,
        Self::SignedOut,
        Self::SignInRefused,
        Self::PersonAdded,
        Self::PersonChanged,
        Self::PersonDisabled,
        Self::PersonEnabled,
        Self::LinkMade,
        Self::PasswordChosen,
        Self::TokenMade,
        Self::TokenRevoked,
        Self::SpecimenRead,
        Self::SpecimensRekeyed,
        Self::ChangeProposed,
        Self::ChangeApproved,
        Self::ChangeRejected,
        Self::ChangeWithdrawn,
        Self::RegisterChanged,
        Self::DecisionProposed,
        Self::DecisionApproved,
        Self::DecisionRejected,
        Self::DecisionWithdrawn,
        Self::DocumentUploaded,
        Self::DocumentRead,
        Self::DocumentHeld,
        Self::DocumentReleased,
        Self::DocumentReviewed,
        Self::OpinionGiven,
        Self::ControlSet,
        Self::SealTraced,
        Self::FieldCorrected,
        Self::DocumentDeleted,
        Self::DocumentStopped,
        Self::AuditVerified,
        Self::StoreBackedUp,
        Self::StoreRestored,
    ];

    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "session.begun",
            Self::SignedOut => "session.ended",
            Self::SignInRefused => "session.refused",
            Self::PersonAdded => "person.added",
            Self::PersonChanged => "person.changed",
            Self::PersonDisabled => "person.disabled",
            Self::PersonEnabled => "person.enabled",
            Self::LinkMade => "link.made",
            Self::PasswordChosen => "password.chosen",
            Self::TokenMade => "token.made",
            Self::TokenRevoked => "token.revoked",
            Self::SpecimenRead => "specimen.read",
            Self::SpecimensRekeyed => "specimen.rekeyed",
            Self::ChangeProposed => "change.proposed",
            Self::ChangeApproved => "change.approved",
            Self::ChangeRejected => "change.rejected",
            Self::ChangeWithdrawn => "change.withdrawn",
            Self::RegisterChanged => "register.changed",
            Self::DecisionProposed => "decision.proposed",
            Self::DecisionApproved => "decision.approved",
            Self::DecisionRejected => "decision.rejected",
            Self::DecisionWithdrawn => "decision.withdrawn",
            Self::DocumentUploaded => "document.uploaded",
            Self::DocumentRead => "document.read",
            Self::DocumentHeld => "document.held",
            Self::DocumentReleased => "document.released",
            Self::DocumentReviewed => "document.reviewed",
            Self::OpinionGiven => "opinion.given",
            Self::ControlSet => "control.set",
            Self::SealTraced => "seal.traced",
            Self::FieldCorrected => "field.corrected",
            Self::DocumentDeleted => "document.deleted",
            Self::DocumentStopped => "document.stopped",
            Self::AuditVerified => "audit.verified",
            Self::StoreBackedUp => "store.backed_up",
            Self::StoreRestored => "store.restored",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_deeds_have_one_name() {
        let names: BTreeSet<_> = Deed::ALL.iter().map(|deed| deed.name()).collect();
        assert_eq!(names.len(), Deed::ALL.len());
        // The last of the enumeration: a new one changes this number and asks for its place in the list.
        assert_eq!(Deed::ALL.len(), Deed::StoreRestored as usize + 1);
    }
}
