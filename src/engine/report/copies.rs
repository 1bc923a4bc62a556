//! Impressions that belong together: their pictures side by side, and where the inks of copies agree.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;

use crate::report::html::escaped;
use crate::report::picture::Picture;
use crate::verify::Examined;
use crate::words::Language;
use crate::words::text;

/// Members of a family whose pictures are shown.
const SHOWN_MAX: usize = 8;

/// Impressions that are one, or of one die, for readers.
#[derive(Clone, Debug)]
pub struct Family {
    /// How grave it is: `violation`, or `remark` where nothing is wrong.
    pub severity: &'static str,
    /// What it is, in a sentence or two.
    pub sentence: String,
    /// Its stable code, where it is a finding.
    pub code: Option<String>,
    /// The impressions.
    pub members: Vec<Shown>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Digest of the document.
    pub sha256: String,
    /// The document's path as given.
    pub path: String,
    /// Number of the page.
    pub page: u32,
    /// Index of the impression in the document's report.
    pub impression: usize,
    /// The registered seal that it is taken for, if any.
    pub seal: Option<String>,
    /// Where it stands, for people.
    pub caption: String,
    /// Where its ink agrees with the first one's; none for the first itself.
    pub agreement: Option<Picture>,
}

/// The picture of where two inks agree: cells of a square, row by row, with the levels of both (more
/// ink than the die explains, less, or neither).
///
/// # Panics
/// If the cells are not as many as a square of that side has.
#[must_use]
pub fn agreement(side: usize, levels: &[Option<(i8, i8)>]) -> Picture {
    assert_eq!(levels.len(), side * side, "a square of cells");
    Picture::drawn(|x, y| {
        let place =
            |at: f64| crate::units::floor_index((at + 1.0) / 2.0 * side as f64).min(side - 1);
        match levels[place(y) * side + place(x)] {
            None => [1.0; 3],
            Some((own, other)) if own != 0 && own == other => [0.05, 0.45, 0.2],
            Some((own, other)) if own != 0 && own == -other => [0.85, 0.25, 0.1],
            Some(_) => [0.85, 0.86, 0.87],
        }
    })
}

/// Pictures kept in a temporary file until it is known which of them are asked for.
#[derive(Debug)]
pub(super) struct Album {
    file: std::fs::File,
    places: BTreeMap<(String, usize), (u64, usize)>,
    end: u64,
}

impl Album {
    pub(super) fn begin() -> std::io::Result<Self> {
        Ok(Self {
            file: tempfile::tempfile()?,
            places: BTreeMap::new(),
            end: 0,
        })
    }

    /// Keeps the pictures of a document's impressions that links may name.
    pub(super) fn add(&mut self, examined: &Examined) -> std::io::Result<()> {
        let Some(sha256) = &examined.report.document.sha256 else {
            return Ok(());
        };
        let copied = examined.keys.iter().map(|key| key.impression);
        let dies = examined.dies.iter().map(|key| key.impression);
        for index in copied.chain(dies).collect::<BTreeSet<usize>>() {
            let Some(impression) = examined.impressions.get(index) else {
                continue;
            };
            let picture = Picture::of(impression).to_data_uri();
            self.file.write_all(picture.as_bytes())?;
            let place = (sha256.clone(), index);
            self.places.insert(place, (self.end, picture.len()));
            self.end += picture.len() as u64;
        }
        Ok(())
    }

    fn picture(&mut self, shown: &Shown) -> std::io::Result<Option<String>> {
        let place = (shown.sha256.clone(), shown.impression);
        let Some(&(start, length)) = self.places.get(&place) else {
            return Ok(None);
        };
        self.file.seek(SeekFrom::Start(start))?;
        let mut picture = String::new();
        let length = length as u64;
        let file: &mut dyn Read = &mut self.file;
        file.take(length).read_to_string(&mut picture)?;
        Ok(Some(picture))
    }

    /// Writes the section of all families.
    pub(super) fn section(
        &mut self,
        language: Language,
        families: &[Family],
    ) -> std::io::Result<String> {
        let mut html = format!(
            "<section id=\"copies\">\n<h2>{}</h2>\n<p class=\"small\">{}</p>\n",
            language.word("copies.title"),
            language.word("copies.purpose"),
        );
        for family in families {
            let code = family.code.as_deref().unwrap_or_default();
            let _ = writeln!(
                html,
                "<p><strong class=\"{severity}\">{}</strong> {} <span class=\"small\">{}</span></p>\n\
                 <div class=\"trio\">",
                language.word(severity_key(family.severity)),
                escaped(&family.sentence),
                escaped(code),
                severity = family.severity,
            );
            for shown in family.members.iter().take(SHOWN_MAX) {
                let caption = escaped(&shown.caption);
                if let Some(picture) = self.picture(shown)? {
                    figure(&mut html, &picture, &caption, "");
                }
                if let Some(agreement) = &shown.agreement {
                    figure(
                        &mut html,
                        &agreement.to_data_uri(),
                        language.word("copies.agreement"),
                        &legend(language),
                    );
                }
            }
            html.push_str("</div>\n");
            if family.members.len() > SHOWN_MAX {
                let more = family.members.len() - SHOWN_MAX;
                let more = text(language, "count.more", &[("n", &more)]);
                let _ = writeln!(html, "<p class=\"small\">{more}</p>");
            }
        }
        html.push_str("</section>\n");
        Ok(html)
    }
}

/// The key of a severity by its code; `note` stands for what is none.
pub(super) fn severity_key(severity: &str) -> &'static str {
    match severity {
        "violation" => "severity.violation",
        "warning" => "severity.warning",
        "remark" => "severity.remark",
        _ => "severity.note",
    }
}

/// What the colours of agreement mean.
fn legend(language: Language) -> String {
    let entry = |colour: &str, key: &str| {
        let meaning = language.word(key);
        format!(
            "<span class=\"legend\"><span style=\"background:{colour}\"></span>{meaning}</span>"
        )
    };
    let (both, apart) = (
        entry("#0d7333", "copies.both"),
        entry("#d9401a", "copies.apart"),
    );
    format!("{both} {apart}")
}

fn figure(html: &mut String, picture: &str, caption: &str, legend: &str) {
    let _ = writeln!(
        html,
        "<figure><img src=\"{picture}\" alt=\"{caption}\"><figcaption>{caption}<br><span \
         class=\"small\">{legend}</span></figcaption></figure>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_without_pictures_still_names_its_members_once_and_escapes_them() {
        let shown = |sha256: &str, caption: &str| Shown {
            sha256: sha256.to_owned(),
            path: caption.to_owned(),
            page: 1,
            impression: 0,
            seal: None,
            caption: caption.to_owned(),
            agreement: Some(agreement(1, &[Some((1, 1))])),
        };
        let family = Family {
            severity: "violation",
            sentence: "a.pdf & b.pdf".to_owned(),
            code: Some("seal.pasted_duplicate".to_owned()),
            members: vec![shown("1", "a.pdf"), shown("2", "<b>.pdf")],
        };
        let section = Album::begin()
            .unwrap()
            .section(Language::English, &[family])
            .unwrap();
        assert!(section.contains("a.pdf &amp; b.pdf") && !section.contains("<b>.pdf"));
        assert_eq!(section.matches("<img").count(), 2, "one agreement each");
    }
}
