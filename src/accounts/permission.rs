//! Who may do what: one table of actions and roles, and whose documents somebody sees.
//!
//! Two actions of one matter may be allowed to one role: that the same person does not do both is the
//! [two-person rule](crate::accounts::two_person).

use serde::Serialize;

use crate::accounts::Role;
use crate::accounts::Role::Administrator;
use crate::accounts::Role::Auditor;
use crate::accounts::Role::Inspector;
use crate::accounts::Role::Registrar;

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Brings documents.
    UploadDocument,
    /// Reads what was found on a document, with its pictures.
    ReadDocument,
    /// Has documents examined anew, and stops, resumes and repeats jobs.
    ControlJob,
    /// Keeps a document from being deleted, and ends that.
    HoldDocument,
    /// Deletes a document whose time is over.
    DeleteDocument,
    /// Proposes that a finding is set aside.
    ProposeDecision,
    /// Approves or rejects what another proposed about a finding.
    ApproveDecision,
    /// Reads the register, the registers of use, what is due and what is proposed.
    ReadRegister,
    /// Sees a specimen; every time is recorded.
    ReadSpecimen,
    /// Proposes a change of the register.
    ProposeChange,
    /// Approves or rejects a change of the register that another proposed.
    ApproveChange,
    /// Sees who works here.
    ReadPeople,
    /// Adds people, changes their roles, disables them, and makes links for them.
    ChangePeople,
    /// Makes and revokes tokens that act for oneself.
    OwnTokens,
    /// Chooses another password for oneself.
    OwnPassword,
    /// Revokes tokens of others.
    RevokeTokens,
    /// Reads who saw and who decided what, and checks the chain.
    ReadAudit,
}

/// The table.
const TABLE: [(Action, &[Role]); 17] = [
    (
        Action::UploadDocument,
        &[Inspector, Registrar, Administrator],
    ),
    (
        Action::ReadDocument,
        &[Inspector, Registrar, Auditor, Administrator],
    ),
    (Action::ControlJob, &[Inspector, Registrar, Administrator]),
    (Action::HoldDocument, &[Administrator]),
    (Action::DeleteDocument, &[Administrator]),
    (Action::ProposeDecision, &[Inspector, Administrator]),
    (Action::ApproveDecision, &[Inspector, Administrator]),
    (
        Action::ReadRegister,
        &[Inspector, Registrar, Auditor, Administrator],
    ),
    (
        Action::ReadSpecimen,
        &[Inspector, Registrar, Auditor, Administrator],
    ),
    (Action::ProposeChange, &[Registrar, Administrator]),
    (Action::ApproveChange, &[Registrar, Administrator]),
    (Action::ReadPeople, &[Auditor, Administrator]),
    (Action::ChangePeople, &[Administrator]),
    (
        Action::OwnTokens,
        &[Inspector, Registrar, Auditor, Administrator],
    ),
    (
        Action::OwnPassword,
        &[Inspector, Registrar, Auditor, Administrator],
    ),
    (Action::RevokeTokens, &[Administrator]),
    (Action::ReadAudit, &[Auditor, Administrator]),
];

impl Action {
    /// All of them, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(action, _)| *action)
    }

    /// Its name to programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UploadDocument => "document.upload",
            Self::ReadDocument => "document.read",
            Self::ControlJob => "job.control",
            Self::HoldDocument => "document.hold",
            Self::DeleteDocument => "document.delete",
            Self::ProposeDecision => "decision.propose",
            Self::ApproveDecision => "decision.approve",
            Self::ReadRegister => "register.read",
            Self::ReadSpecimen => "specimen.read",
            Self::ProposeChange => "register.propose",
            Self::ApproveChange => "register.approve",
            Self::ReadPeople => "people.read",
            Self::ChangePeople => "people.change",
            Self::OwnTokens => "token.own",
            Self::OwnPassword => "password.own",
            Self::RevokeTokens => "token.revoke",
            Self::ReadAudit => "audit.read",
        }
    }

    /// The roles that may do it.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        let row = TABLE.iter().find(|(action, _)| *action == self);
        // An action that was forgotten in the table is nobody's.
        row.map_or(&[], |(_, roles)| *roles)
    }

    /// Whether `role` may do it.
    #[must_use]
    pub fn is_allowed(self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// Whether a person must have signed in for it: a token alone neither makes others nor approves anything.
    #[must_use]
    pub const fn needs_presence(self) -> bool {
        match self {
            Self::ApproveDecision
            | Self::ApproveChange
            | Self::ChangePeople
            | Self::OwnTokens
            | Self::OwnPassword
            | Self::RevokeTokens
            | Self::HoldDocument
            | Self::DeleteDocument => true,
            Self::UploadDocument
            | Self::ReadDocument
            | Self::ControlJob
            | Self::ProposeDecision
            | Self::ReadRegister
            | Self::ReadSpecimen
            | Self::ProposeChange
            | Self::ReadPeople
            | Self::ReadAudit => false,
        }
    }
}

/// Who looks at documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Viewer<'a> {
    /// Their role.
    pub role: Role,
    /// The body that they work for.
    pub office: Option<&'a str>,
}

/// Whose documents somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Scope<'a> {
    /// Those of every office.
    Everything,
    /// Those of one office, or of none where somebody works for none.
    Office(Option<&'a str>),
}

impl<'a> Viewer<'a> {
    /// Whose documents they see: their office's, unless the role looks over all of them. Auditors do, to read; so do
    /// administrators, who answer for how long documents of all offices are kept.
    #[must_use]
    pub const fn scope(self) -> Scope<'a> {
        match self.role {
            Role::Auditor | Role::Administrator => Scope::Everything,
            Role::Inspector | Role::Registrar => Scope::Office(self.office),
        }
    }

    /// Whether they see the documents of `office`.
    #[must_use]
    pub fn sees(self, office: Option<&str>) -> bool {
        match self.scope() {
            Scope::Everything => true,
            Scope::Office(own) => own == office,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_stands_in_the_table_once_and_somebody_may_do_it() {
        let all: Vec<Action> = Action::all().collect();
        for action in &all {
            let rows = all.iter().filter(|other| *other == action).count();
            assert_eq!(rows, 1, "{action:?}");
            assert!(!action.roles().is_empty(), "{action:?}");
        }
        // The last of the enumeration: a new one changes this number and asks for its row.
        let last = Action::ReadAudit as usize;
        assert_eq!(all.len(), last + 1);
    }

    #[test]
    fn an_auditor_reads_everything_and_changes_nothing() {
        let allowed: Vec<Action> = Action::all()
            .filter(|action| action.is_allowed(Role::Auditor))
            .collect();
        assert_eq!(
            allowed,
            [
                Action::ReadDocument,
                Action::ReadRegister,
                Action::ReadSpecimen,
                Action::ReadPeople,
                Action::OwnTokens,
                Action::OwnPassword,
                Action::ReadAudit,
            ]
        );
        let auditor = Viewer {
            role: Role::Auditor,
            office: Some("B1"),
        };
        assert!(auditor.sees(Some("B2")) && auditor.sees(None));
    }

    #[test]
    fn an_inspector_uploads_and_reviews_and_leaves_the_register_alone() {
        let allowed: Vec<Action> = Action::all()
            .filter(|action| action.is_allowed(Role::Inspector))
            .collect();
        assert_eq!(
            allowed,
            [
                Action::UploadDocument,
                Action::ReadDocument,
                Action::ControlJob,
                Action::ProposeDecision,
                Action::ApproveDecision,
                Action::ReadRegister,
                Action::ReadSpecimen,
                Action::OwnTokens,
                Action::OwnPassword,
            ]
        );
    }

    #[test]
    fn only_administrators_change_people_and_only_registrars_beside_them_the_register() {
        assert_eq!(Action::ChangePeople.roles(), [Role::Administrator]);
        assert_eq!(Action::DeleteDocument.roles(), [Role::Administrator]);
        let register = [Role::Registrar, Role::Administrator];
        assert_eq!(Action::ProposeChange.roles(), register);
        assert_eq!(Action::ApproveChange.roles(), register);
    }

    #[test]
    fn nothing_is_approved_and_no_one_let_in_by_a_token_alone() {
        for action in [
            Action::ApproveChange,
            Action::ApproveDecision,
            Action::ChangePeople,
            Action::OwnTokens,
        ] {
            assert!(action.needs_presence(), "{action:?}");
        }
        assert!(!Action::UploadDocument.needs_presence());
    }

    #[test]
    fn documents_are_seen_by_their_own_office() {
        for role in [Role::Inspector, Role::Registrar] {
            let viewer = Viewer {
                role,
                office: Some("B1"),
            };
            assert!(viewer.sees(Some("B1")));
            assert!(!viewer.sees(Some("B2")) && !viewer.sees(None));
            let nowhere = Viewer { role, office: None };
            assert!(nowhere.sees(None) && !nowhere.sees(Some("B1")));
        }
    }
}
