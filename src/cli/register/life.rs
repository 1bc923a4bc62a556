//! What the register tells of one seal or body on a day, in lines for people.

use std::fmt::Write;

use crate::registry::Event;
use crate::registry::EventKind;
use crate::registry::Life;
use crate::registry::Recorded;
use crate::registry::body::Body;
use crate::registry::certificate;
use crate::registry::event::EVENT;
use crate::report::findings;
use crate::report::words;
use crate::rules::RuleSet;
use crate::storage::StoredSeal;
use crate::view::Doubt;
use crate::view::View;
use crate::words::Language;

/// A code as words.
fn plain(code: &impl serde::Serialize) -> String {
    words::code(code).replace('_', " ")
}

impl View<'_> {
    /// The state in words, and whether the seal may be used in it.
    pub(super) fn state(&self, seal: &StoredSeal) -> String {
        let life = seal.life(self.records);
        let account = life.on(Some(self.on));
        let state = plain(&account.state);
        if account.status.is_ended() {
            format!("{state} (not to be used)")
        } else {
            state
        }
    }

    /// The state with what made it so, and who owns and keeps the seal.
    pub(super) fn explained(&self, text: &mut String, seal: &StoredSeal) {
        let life = seal.life(self.records);
        let account = life.on(Some(self.on));
        let since = account.since.map(|day| format!(", since {day}"));
        let since = since.unwrap_or_default();
        let _ = writeln!(text, "  state on {}: {}{since}", self.on, self.state(seal));
        for period in &account.because {
            let until = period.to.map(|day| format!(", until {day}"));
            let until = until.unwrap_or_default();
            let from = period.from;
            let told = told(&period.cause);
            let _ = writeln!(
                text,
                "    because it {} on {from}{until} ({told})",
                period.what
            );
        }
        for (number, state) in
            certificate::on(&certificate::events(self.records, &seal.id), self.on)
        {
            let _ = writeln!(text, "  certificate {number}: {}", state.name());
        }
        self.owned(text, &life);
        self.kept(text, &seal.id);
        for other in self.seals {
            let takes = |event: &Event| {
                event.kind == EventKind::ReplacedBy && event.successor.as_deref() == Some(&seal.id)
            };
            if other.events.iter().any(takes) {
                let _ = writeln!(text, "  replaces: seal {}", other.id);
            }
        }
    }

    fn owned(&self, text: &mut String, life: &Life) {
        let Some(body) = &life.owner else {
            return;
        };
        let name = body.called_on(self.on);
        let _ = write!(text, "  body on {}: {} ({name})", self.on, body.id);
        if let Some(head) = body.head_on(self.on) {
            let _ = write!(text, ", headed by {}", head.value.name);
        }
        for relation in body.relations_on(self.on) {
            let kind = relation.value.kind.name().replace('_', " ");
            let _ = write!(text, ", {kind} {}", relation.value.other);
        }
        if let Some(end) = body.end().filter(|end| end.value.on <= self.on) {
            let _ = write!(text, "; it {} on {}", end.value.kind.said(), end.value.on);
        }
        text.push('\n');
    }

    fn kept(&self, text: &mut String, id: &str) {
        for stated in self.custodians(id) {
            let custody = &stated.value;
            let _ = write!(
                text,
                "  custodian: {}, from {}",
                custody.custodian, custody.from
            );
            if let Some(to) = custody.to {
                let _ = write!(text, " to {to}");
            }
            if let Some(place) = &custody.place {
                let _ = write!(text, ", kept at {place}");
            }
            text.push('\n');
        }
        for stated in self.open_permits(id) {
            let permit = &stated.value;
            let _ = write!(
                text,
                "  out under permit {}: {}",
                permit.number, permit.holder
            );
            if let Some(out) = permit.out_at {
                let _ = write!(text, ", since {out}");
            }
            if let Some(due) = permit.due_back_on {
                let _ = write!(text, ", due back on {due}");
            }
            text.push('\n');
        }
    }

    /// Every entry about `key`, by day, the corrected ones as such; events of seals are entries too.
    pub(super) fn entries(&self, text: &mut String, key: &str) {
        let about = |recorded: &&Recorded| recorded.entry.key == key;
        let mut entries: Vec<&Recorded> = self.records.standing().filter(about).collect();
        entries.extend(self.records.superseded().filter(about));
        entries.sort_by_key(|recorded| (recorded.entry.happened_on, &recorded.name));
        for recorded in entries {
            let _ = writeln!(text, "  {}", self.line(recorded));
        }
    }

    fn line(&self, recorded: &Recorded) -> String {
        let entry = &recorded.entry;
        let day = entry.happened_on.map(|day| day.to_string());
        let day = day.unwrap_or_else(|| "no day".to_owned());
        let what = if entry.kind == EVENT {
            entry.text("event").unwrap_or(EVENT).to_owned()
        } else {
            let hidden = |column: &str| column == "seal" && entry.text(column) == Some(&entry.key);
            let columns = entry.content.iter().filter(|(column, _)| !hidden(column));
            let columns: Vec<String> = columns.map(|(c, value)| format!("{c} {value}")).collect();
            format!("{}: {}", entry.kind, columns.join(", "))
        };
        let mut line = format!("{day} {what}");
        if entry.kind == EVENT {
            for column in ["by", "note", "successor"] {
                if let Some(value) = entry.text(column) {
                    let _ = write!(line, ", {value}");
                }
            }
        }
        let _ = write!(line, "; {}", told(recorded));
        if let Some(replaced) = &entry.corrects {
            let _ = write!(line, "; corrects {replaced}");
        }
        if !self.records.stands(&recorded.name) {
            line.push_str("; CORRECTED OR WITHDRAWN, does not count");
        }
        line
    }

    /// The findings about the records, a line each, with the clause that one rests on.
    pub(super) fn doubtful(text: &mut String, found: &[Doubt]) {
        for Doubt { found, basis } in found {
            let entries = found.entries.join(", ");
            let entries = match entries.as_str() {
                "" => entries,
                _ => format!(" ({entries})"),
            };
            let (code, about, message) = (found.code, &found.about, &found.message);
            let _ = write!(text, "  {code}: {about}: {message}{entries}");
            if let Some(basis) = basis {
                let _ = write!(text, " [{}]", findings::law(basis, Language::English));
            }
            text.push('\n');
        }
    }

    /// Everything about a body.
    pub(super) fn body(&self, body: &Body, rules: &RuleSet) -> String {
        let name = body.called_on(self.on);
        let mut text = format!("body {}, {name}\n", body.id);
        let _ = writeln!(text, "  level: {}", body.basics.value.level);
        let state = match body.end().filter(|end| end.value.on <= self.on) {
            Some(end) => format!("it {} on {}", end.value.kind.said(), end.value.on),
            None => "exists".to_owned(),
        };
        let _ = writeln!(text, "  state on {}: {state}", self.on);
        if let Some(head) = body.head_on(self.on) {
            let _ = writeln!(text, "  head: {}", head.value.name);
        }
        for seal in self.owned_by(body) {
            let _ = writeln!(text, "  seal {}: {}", seal.id, self.state(seal));
        }
        self.entries(&mut text, &body.id);
        Self::doubtful(&mut text, &self.doubts_of_body(body, rules));
        text
    }

    fn owned_by(&self, body: &Body) -> impl Iterator<Item = &StoredSeal> {
        self.seals.iter().filter(|seal| {
            let owner = seal.life(self.records).owner;
            owner.is_some_and(|owner| owner.id == body.id)
        })
    }
}

/// When and by whom an entry was recorded, and what it rests on.
fn told(recorded: &Recorded) -> String {
    let entry = &recorded.entry;
    let mut text = format!("entry {}", recorded.name);
    if let Some(at) = &recorded.recorded_at {
        let _ = write!(text, ", recorded {at}");
    }
    if let Some(by) = &entry.recorded_by {
        let _ = write!(text, " by {by}");
    }
    if let Some(instrument) = &entry.instrument {
        let _ = write!(text, ", under {instrument}");
    }
    text
}
