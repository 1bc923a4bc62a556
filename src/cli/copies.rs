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
use crate::verify::key::ImpressionKey;
use crate::words::Language;
use crate::words::text;

/// Members that are named in a sentence; of more, their number.
const NAMED_MAX: usize = 6;

/// A link for people, with pictures of where the inks agree.
pub(super) fn family(language: Language, link: &Link, entries: &[Entry]) -> Family {
    let keys: BTreeMap<(&str, usize), &ImpressionKey> = entries
        .iter()
        .map(|entry| ((&*entry.sha256, entry.key.impression), &entry.key))
        .collect();
    let key = |member: &Member| keys.get(&(&*member.sha256, member.impression)).copied();
    let first = link.members.first().and_then(key);
    let shown = |(index, member): (usize, &Member)| {
        let own = key(member);
        let pair = first.zip(own).filter(|_| index > 0);
        let agreement = pair.map(|(one, other)| {
            let levels = one.residual.levels().into_iter();
            let levels = levels.zip(other.residual.levels());
            let levels: Vec<_> = levels.map(|(own, other)| own.zip(other)).collect();
            copies::agreement(ResidualKey::SIDE, &levels)
        });
        Shown {
            sha256: member.sha256.clone(),
            path: member.path.clone(),
            page: member.page,
            impression: member.impression,
            seal: own.map(|key| key.seal.clone()),
            caption: place(language, member),
            agreement,
        }
    };
    Family {
        severity: severity(link),
        sentence: sentence(language, link),
        code: link.finding.clone(),
        members: link.members.iter().enumerate().map(shown).collect(),
    }
}

/// A link as a line beside the findings.
pub(super) fn line(link: &Link) -> String {
    format!("{}: {}", severity(link), sentence(Language::English, link))
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

fn sentence(language: Language, link: &Link) -> String {
    let members = link.members.iter().take(NAMED_MAX);
    let named: Vec<String> = members.map(|member| place(language, member)).collect();
    let is_copy = link.kind == Kind::SameImpression;
    let mut places = named.join(if is_copy { " = " } else { "; " });
    if let Some(more @ 1..) = link.members.len().checked_sub(NAMED_MAX) {
        places = format!("{places} {}", text(language, "count.more", &[("n", &more)]));
    }
    let strength = language.decimal(&format!("{:+.1}", link.strength));
    let correlation = format!("{:.2}", link.correlation.unwrap_or_default());
    let correlation = language.decimal(&correlation);
    let seal = link.seal.as_deref();
    let seal = seal.unwrap_or_else(|| language.word("copies.the_seal"));
    match (link.kind, &link.finding) {
        (Kind::SameImpression, Some(_)) => text(
            language,
            "copies.pasted",
            &[
                ("places", &places),
                ("correlation", &correlation),
                ("strength", &strength),
            ],
        ),
        (Kind::SameImpression, None) => text(
            language,
            "copies.one_sheet",
            &[("places", &places), ("correlation", &correlation)],
        ),
        (Kind::SameUnregisteredDie, _) => text(
            language,
            "copies.one_die",
            &[("places", &places), ("strength", &strength)],
        ),
        (Kind::SameCounterfeitDie, _) => text(
            language,
            "copies.other_die",
            &[
                ("places", &places),
                ("seal", &seal),
                ("strength", &strength),
            ],
        ),
    }
}

fn place(language: Language, member: &Member) -> String {
    // A name may hold ends of lines, which would look like findings of another document.
    let path = member.path.replace('\n', "\\n").replace('\r', "\\r");
    text(
        language,
        "copies.member",
        &[
            ("path", &path),
            ("page", &member.page),
            ("impression", &(member.impression + 1)),
        ],
    )
}
