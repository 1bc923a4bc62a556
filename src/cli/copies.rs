//! Links as lines for programs and as families for people.

use std::collections::BTreeMap;

use crate::cli::Exit;
use crate::links::Entry;
use crate::links::Kind;
use crate::links::Link;
use crate::links::Member;
use crate::production::ResidualKey;
use crate::report::copies;
use crate::report::copies::Family;
use crate::report::copies::Shown;

/// Members that are named in a sentence; of more, their number.
const NAMED_MAX: usize = 6;

/// A link for people, with pictures of where the inks agree.
pub(super) fn family(link: &Link, entries: &[Entry]) -> Family {
    let keys: BTreeMap<(&str, usize), &ResidualKey> = entries
        .iter()
        .map(|entry| ((&*entry.sha256, entry.key.impression), &entry.key.residual))
        .collect();
    let key = |member: &Member| keys.get(&(&*member.sha256, member.impression)).copied();
    let first = link.members.first().and_then(key);
    let shown = |(index, member): (usize, &Member)| {
        let pair = first.zip(key(member)).filter(|_| index > 0);
        let agreement = pair.map(|(own, other)| {
            let levels = own.levels().into_iter().zip(other.levels());
            let levels: Vec<_> = levels.map(|(own, other)| own.zip(other)).collect();
            copies::agreement(ResidualKey::SIDE, &levels)
        });
        Shown {
            sha256: member.sha256.clone(),
            impression: member.impression,
            caption: place(member),
            agreement,
        }
    };
    Family {
        severity: severity(link),
        sentence: sentence(link),
        code: link.finding.clone(),
        members: link.members.iter().enumerate().map(shown).collect(),
    }
}

/// A link as a line beside the findings.
pub(super) fn line(link: &Link) -> String {
    format!("{}: {}", severity(link), sentence(link))
}

/// What a link asks of whoever ran the program.
pub(super) fn exit(link: &Link) -> Exit {
    match link.finding {
        Some(_) => Exit::Attention,
        None => Exit::Passed,
    }
}

fn severity(link: &Link) -> &'static str {
    match (link.kind, &link.finding) {
        (_, Some(_)) => "violation",
        (Kind::SameCounterfeitDie, None) => "warning",
        (Kind::SameImpression | Kind::SameUnregisteredDie, None) => "remark",
    }
}

fn sentence(link: &Link) -> String {
    let named = link.members.iter().take(NAMED_MAX).map(place);
    let is_copy = link.kind == Kind::SameImpression;
    let mut places = named
        .collect::<Vec<_>>()
        .join(if is_copy { " = " } else { "; " });
    if link.members.len() > NAMED_MAX {
        places += &format!(" and {} more", link.members.len() - NAMED_MAX);
    }
    let strength = link.strength;
    match (link.kind, &link.finding, link.correlation) {
        (Kind::SameImpression, Some(_), correlation) => format!(
            "{places}: one impression; all but one are copies of it, and the picture alone does not say which \
             (correlation of the inks {:.2}, log10 LR {strength:+.1}).",
            correlation.unwrap_or_default()
        ),
        (Kind::SameImpression, None, correlation) => format!(
            "{places}: scans of one sheet (correlation of the inks {:.2}).",
            correlation.unwrap_or_default()
        ),
        (Kind::SameUnregisteredDie, ..) => format!(
            "{places}: one die made them, and it is in no register (log10 LR {strength:+.1} or more each)."
        ),
        (Kind::SameCounterfeitDie, ..) => format!(
            "{places}: they agree with one another and not with {}: one other die may have made them all \
             (log10 LR {strength:+.1} or more each).",
            link.seal.as_deref().unwrap_or("the seal")
        ),
    }
}

fn place(member: &Member) -> String {
    // A name may hold ends of lines, which would look like findings of another document.
    let path = member.path.replace('\n', "\\n").replace('\r', "\\r");
    format!(
        "{path}, page {}, impression {}",
        member.page,
        member.impression + 1
    )
}
