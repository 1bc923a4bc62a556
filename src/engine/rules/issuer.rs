//! The issuer that a document names, beside the names that the body of its seal has borne.
//!
//! Another unit may issue a document, or somebody on behalf of the body; and who reads print loses accents, letters, and rows of a
//! name. So what is like a name in any way is left alone, and what is like none is an open question and no fault.

use jiff::civil::Date;

use crate::reading::fields::plain::is_hanzi;
use crate::reading::fields::plain::squeezed;
use crate::registry::Life;
use crate::registry::body::Body;
use crate::registry::body::Name;
use crate::registry::body::name;
use crate::rules::Finding;

/// The codes of these findings.
pub const CODES: &[&str] = &["document.issuer_of_other_time", "document.issuer_unlike"];

/// Letters by which two writings of one name may differ, at most; Chinese ones, of which each is a word (chosen).
const LETTERS_OFF_MAX: usize = 2;
const HANZI_OFF_MAX: usize = 1;
/// Letters of a name for each that may be another (chosen): a short name with two others is another name.
const LETTERS_A_FAULT: usize = 5;
/// Letters of a word from which on some may be others, and how many at most (chosen).
const WORD_LETTERS_MIN: usize = 4;
const WORD_LETTERS_OFF_MAX: usize = 1;
/// Longest name that is compared, in bytes: the time grows with the square.
const BYTES_MAX: usize = 600;

/// Short forms in names of Vietnamese bodies, without accents.
const SHORT: [(&str, &str); 13] = [
    ("cp", "co phan"),
    ("hdnd", "hoi dong nhan dan"),
    ("mttq", "mat tran to quoc"),
    ("tand", "toa an nhan dan"),
    ("thcs", "trung hoc co so"),
    ("thpt", "trung hoc pho thong"),
    ("tnhh", "trach nhiem huu han"),
    ("tp", "thanh pho"),
    ("tt", "thi tran"),
    ("tx", "thi xa"),
    ("ub", "uy ban"),
    ("ubnd", "uy ban nhan dan"),
    ("vksnd", "vien kiem sat nhan dan"),
];

/// What many bodies of a sort have in their names, longer ones first: it tells none from another.
const KINDS: [&str; 20] = [
    "uy ban nhan dan",
    "hoi dong nhan dan",
    "trach nhiem huu han",
    "thanh pho",
    "trung tam",
    "thi tran",
    "cong ty",
    "co phan",
    "thi xa",
    "phuong",
    "truong",
    "huyen",
    "phong",
    "quan",
    "tinh",
    "ban",
    "cua",
    "so",
    "va",
    "xa",
];
const HANZI_KINDS: [&str; 8] = [
    "股份有限公司",
    "有限责任公司",
    "村民委员会",
    "居民委员会",
    "有限公司",
    "人民政府",
    "委员会",
    "公司",
];

/// How a printed issuer stands to the names of a seal's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearing<'a> {
    /// It may be the body's name of that day, or one of its superiors'.
    Like,
    /// It is a name that the body bore at another time.
    OfOtherTime {
        /// That name.
        other: &'a Name,
        /// Its last day; none where it is borne still.
        until: Option<Date>,
        /// What the body was called on the day.
        now: &'a str,
    },
    /// It is like no name that the body, or one above it, ever bore.
    Unlike {
        /// What the body was called on the day.
        now: &'a str,
    },
}

/// How a printed issuer stands to the names of the body that owns a seal of this life, on a document of `date`; `None` where no name of
/// that day is registered.
///
/// Cost: the registered names times the product of two names' lengths.
#[must_use]
pub fn bearing<'a>(printed: &str, life: &'a Life, date: Date) -> Option<Bearing<'a>> {
    let owner = life.owner.as_ref()?;
    let current = &owner.name_on(date)?.value;
    let (printed, now) = (Plain::of(printed), Plain::of(&current.name));
    if printed.letters.is_empty() {
        return None;
    }
    // A part of the name of that day may be a part of an older one too, or all of it: rows of a name are lost.
    if printed.is_near(&now) || printed.is_short_for(&now) {
        return Some(Bearing::Like);
    }
    let names: Vec<&Name> = owner.names.iter().map(|stated| &stated.value).collect();
    let mut others = names.iter().copied();
    if let Some(other) = others.find(|other| printed.is_near(&Plain::of(&other.name))) {
        return Some(Bearing::OfOtherTime {
            other,
            until: until(owner, other),
            now: &current.name,
        });
    }
    let own = names.iter().map(|own| own.name.as_str());
    let mut all = own.chain(life.above.iter().map(String::as_str));
    if all.any(|known| printed.is_like(&Plain::of(known))) {
        return Some(Bearing::Like);
    }
    Some(Bearing::Unlike { now: &current.name })
}

/// The last day of a name: as stated, or the one before the next name begins.
fn until(owner: &Body, borne: &Name) -> Option<Date> {
    let begun = owner.names.iter().map(|stated| stated.value.from);
    let next = begun.filter(|from| *from > borne.from).min();
    let before = next.and_then(|next| next.yesterday().ok());
    match (borne.to, before) {
        (Some(to), Some(before)) => Some(to.min(before)),
        (to, before) => to.or(before),
    }
}

impl Bearing<'_> {
    /// What is to be said of the issuer on a document of `date` with this seal.
    #[must_use]
    pub fn finding(&self, (seal, printed): (&str, &str), date: Date) -> Option<Finding> {
        let (finding, now) = match self {
            Self::Like => return None,
            Self::OfOtherTime { other, until, now } => {
                let from = other.from;
                let period = match until {
                    Some(until) => format!("from {from} to {until}"),
                    None => format!("from {from} on"),
                };
                let message = format!(
                    "The document names \"{printed}\" as its issuer, which is the name of the body of seal {seal} {period}; on {date}, the \
                     document's date, it was called \"{now}\". Why it bears that name is an open question."
                );
                let finding = Finding::remark("document.issuer_of_other_time", message)
                    .value("name_from_on", from.to_string())
                    .value("name_until_on", until.map(|until| until.to_string()));
                (finding, now)
            }
            Self::Unlike { now } => {
                let message = format!(
                    "The document names \"{printed}\" as its issuer, which is like no name of the body of seal {seal}, called \"{now}\" on \
                     {date}, the document's date, nor of one above it. Whether another unit issued it, or somebody on behalf of the body, is \
                     an open question."
                );
                (Finding::remark("document.issuer_unlike", message), now)
            }
        };
        let finding = finding
            .value("issuer", printed)
            .value("name_on_that_day", *now)
            .value("document_dated_on", date.to_string());
        Some(finding)
    }
}

/// A name without accents, capitals and signs, its short forms written out.
struct Plain {
    /// Its words, with spaces between.
    words: String,
    /// Its letters alone.
    letters: String,
}

impl Plain {
    fn of(name: &str) -> Self {
        let name = name::plain(name);
        let words = name.split(|letter: char| !letter.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty()).map(squeezed);
        let words: Vec<String> = words.map(|word| whole(&word).to_owned()).collect();
        let words = words.join(" ");
        Self {
            letters: squeezed(&words),
            words,
        }
    }

    fn is_hanzi(&self) -> bool {
        self.letters.chars().any(is_hanzi)
    }

    fn is_comparable(&self, other: &Self) -> bool {
        self.letters.len().max(other.letters.len()) <= BYTES_MAX
    }

    /// Whether both may be one name, read with a letter or two others.
    fn is_near(&self, other: &Self) -> bool {
        let count = |name: &Self| name.letters.chars().count();
        let shorter = count(self).min(count(other));
        let most = if self.is_hanzi() {
            HANZI_OFF_MAX
        } else {
            LETTERS_OFF_MAX
        };
        self.is_comparable(other)
            && strsim::levenshtein(&self.letters, &other.letters)
                <= most.min(shorter / LETTERS_A_FAULT)
    }

    /// Whether all its letters stand in the other name, in order: it is a part of it, or made of its first letters.
    fn is_short_for(&self, other: &Self) -> bool {
        let mut letters = other.letters.chars();
        self.letters
            .chars()
            .all(|own| letters.any(|letter| letter == own))
    }

    /// Whether anything speaks for it that both name one body.
    fn is_like(&self, other: &Self) -> bool {
        if !self.is_comparable(other) || self.is_short_for(other) || other.is_short_for(self) {
            return true;
        }
        let (own, others) = (self.telling(), other.telling());
        let is_same = |own: &String, other: &String| {
            let shorter = own.chars().count().min(other.chars().count());
            own == other
                || shorter >= WORD_LETTERS_MIN
                    && strsim::levenshtein(own, other) <= WORD_LETTERS_OFF_MAX
        };
        let is_shared = |own: &String| others.iter().any(|other| is_same(own, other));
        // Of a name that says what sort of body it is and nothing more, nothing can be told.
        self.is_near(other) || own.is_empty() || others.is_empty() || own.iter().any(is_shared)
    }

    /// What tells it from other names: its words, or each two characters that follow one another, without what says the sort of
    /// body.
    fn telling(&self) -> Vec<String> {
        if self.is_hanzi() {
            let without = |left: String, kind: &&str| left.replace(*kind, " ");
            let left = HANZI_KINDS.iter().fold(self.letters.clone(), without);
            let runs = left
                .split(' ')
                .map(|run| run.chars().collect::<Vec<char>>());
            let pairs = runs.flat_map(|run| {
                let pairs = run.windows(2).map(|pair| pair.iter().collect::<String>());
                pairs.collect::<Vec<String>>()
            });
            return pairs.collect();
        }
        let without = |left: String, kind: &&str| left.replace(&format!(" {kind} "), " ");
        let left = KINDS.iter().fold(format!(" {} ", self.words), without);
        let words = left.split(' ').filter(|word| word.chars().count() > 1);
        words.map(str::to_owned).collect()
    }
}

/// The words that a short form stands for; any other word itself.
fn whole(word: &str) -> &str {
    let known = SHORT.iter().find(|(short, _)| *short == word);
    known.map_or(word, |(_, whole)| *whole)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::registry::Particulars;
    use crate::registry::use_register::records_of;

    /// The life of a seal whose body bore names, each from the first day of a year, below another body.
    fn life(names: &[(&str, &str)], above: Option<&str>) -> Life {
        let own = names.iter().map(|(from, name)| {
            (
                "name",
                vec![("body", "B1"), ("name", *name), ("from", *from)],
            )
        });
        let mut rows: Vec<(&str, Vec<(&str, &str)>)> = own.collect();
        rows.push(("body", vec![("body", "B1"), ("level", "commune")]));
        if let Some(above) = above {
            let name = [("body", "B2"), ("name", above), ("from", "1990-01-01")];
            let relation = [("body", "B1"), ("relation", "parent"), ("other", "B2")];
            rows.push(("body", vec![("body", "B2"), ("level", "district")]));
            rows.push(("name", name.to_vec()));
            rows.push(("relation", relation.to_vec()));
        }
        let rows: Vec<(&str, &[(&str, &str)])> = rows
            .iter()
            .map(|(kind, columns)| (*kind, columns.as_slice()))
            .collect();
        let stated = Particulars {
            organisation: names[0].1.to_owned(),
            body: Some("B1".to_owned()),
            ..Particulars::default()
        };
        Life::of(&records_of(&rows), ("S1", &stated), &[])
    }

    /// The code of what is said of an issuer on a document of 2020; empty for nothing.
    fn said(printed: &str, life: &Life) -> String {
        let on = date(2020, 5, 1);
        let bearing = bearing(printed, life, on).unwrap();
        let finding = bearing.finding(("S1", printed), on);
        finding.map_or_else(String::new, |finding| {
            assert_eq!(finding.severity, crate::rules::Severity::Remark);
            finding.code
        })
    }

    const OTHER_TIME: &str = "document.issuer_of_other_time";
    const UNLIKE: &str = "document.issuer_unlike";

    #[test]
    fn whatever_is_like_a_name_of_that_day_is_left_alone() {
        let names = [
            ("2000-01-01", "Ủy ban nhân dân xã Cũ Kỹ"),
            ("2016-01-01", "UBND xã Vĩnh Mộc, huyện Vĩnh Linh"),
        ];
        let life = life(&names, Some("Ủy ban nhân dân tỉnh Quảng Trị"));
        for printed in [
            "ỦY BAN NHÂN DÂN XÃ VĨNH MỘC, HUYỆN VĨNH LINH",
            "UY BAN NHAN DAN XA VINH MOC",
            "UBND XÃ VINH MÔC",
            "ỦY BAN NHÂN DÂN XÃ VĨNH M0C HUYỆN VĨNH LINH",
            "ỦY BAN NHÂN DÂN",
            // A body's superior, a unit of it, and a name with a place that the register does not have.
            "ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ",
            "TRẠM Y TẾ XÃ VĨNH MỘC",
            "UBND XÃ VĨNH MỘC TỈNH QUẢNG TRỊ",
        ] {
            assert_eq!(said(printed, &life), "", "{printed}");
        }
    }

    #[test]
    fn a_name_of_another_time_is_told_with_its_days() {
        let names = [
            ("2000-01-01", "UBND xã Cũ Kỹ"),
            ("2016-01-01", "UBND xã Mới"),
            ("2024-01-01", "UBND phường Đông Hồ"),
        ];
        let life = life(&names, None);
        for printed in [
            "ỦY BAN NHÂN DÂN XÃ CŨ KỸ",
            "UBND XA CU KY",
            "UBND PHƯỜNG ĐÔNG HỒ",
        ] {
            assert_eq!(said(printed, &life), OTHER_TIME, "{printed}");
        }
        let on = date(2020, 5, 1);
        let of = |printed| {
            let found = bearing(printed, &life, on).unwrap();
            found.finding(("S1", printed), on).unwrap().values
        };
        let former = of("UBND XÃ CŨ KỸ");
        assert_eq!(former["name_from_on"], "2000-01-01");
        assert_eq!(former["name_until_on"], "2015-12-31");
        assert_eq!(former["name_on_that_day"], "UBND xã Mới");
        let later = of("UBND PHƯỜNG ĐÔNG HỒ");
        assert_eq!(later["name_from_on"], "2024-01-01");
        assert!(later["name_until_on"].is_null());
        // Before any name was borne nothing can be said.
        assert_eq!(bearing("UBND XÃ CŨ KỸ", &life, date(1999, 1, 1)), None);
    }

    #[test]
    fn a_former_name_that_may_be_a_row_of_the_present_one_is_left_alone() {
        let names = [
            ("2000-01-01", "Sở Công nghiệp"),
            ("2016-01-01", "Sở Công nghiệp và Thương mại"),
        ];
        assert_eq!(said("SỞ CÔNG NGHIỆP", &life(&names, None)), "");
        let back = [
            ("2000-01-01", "Sở Công nghiệp và Thương mại"),
            ("2016-01-01", "Sở Công nghiệp"),
        ];
        let longer = "SỞ CÔNG NGHIỆP VÀ THƯƠNG MẠI";
        assert_eq!(said(longer, &life(&back, None)), OTHER_TIME);
    }

    #[test]
    fn what_is_like_no_name_of_any_time_nor_of_the_body_above_is_an_open_question() {
        let names = [
            ("2000-01-01", "UBND xã Cũ Kỹ"),
            ("2016-01-01", "UBND xã Vĩnh Mộc"),
        ];
        let life = life(&names, Some("UBND huyện Vĩnh Linh"));
        for printed in ["ỦY BAN NHÂN DÂN XÃ ĐÔNG HỒ", "CÔNG TY TNHH HƯNG THỊNH"] {
            assert_eq!(said(printed, &life), UNLIKE, "{printed}");
        }
    }

    #[test]
    fn short_forms_stand_for_what_they_are_made_of() {
        let names = [("2000-01-01", "Sở Giáo dục và Đào tạo")];
        let life = life(&names, None);
        for printed in ["SỞ GD&ĐT", "SỞ GIÁO DỤC - ĐÀO TẠO", "PHÒNG GIÁO DỤC"] {
            assert_eq!(said(printed, &life), "", "{printed}");
        }
        assert_eq!(said("SỞ NỘI VỤ", &life), UNLIKE);
    }

    #[test]
    fn chinese_names_are_compared_by_their_characters() {
        let names = [
            ("2000-01-01", "东湖乡人民政府"),
            ("2016-01-01", "青岚市白鹭镇人民政府"),
        ];
        let life = life(&names, None);
        for printed in [
            "青岚市白鹭镇人民政府",
            "白鹭镇人民政府",
            "青岚市白鹭镇人民政付",
        ] {
            assert_eq!(said(printed, &life), "", "{printed}");
        }
        assert_eq!(said("东湖乡人民政府", &life), OTHER_TIME);
        assert_eq!(said("锦屏县财政局", &life), UNLIKE);
    }
}
