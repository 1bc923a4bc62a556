//! Names of bodies and of those who sign.

use crate::geometry::PixelRect;
use crate::reading::Word;
use crate::reading::fields::BETWEEN;
use crate::reading::fields::Doubt;
use crate::reading::fields::Field;
use crate::reading::fields::Glimpse;
use crate::reading::fields::NAME_SURE;
use crate::reading::fields::NAME_WORD_SURE;
use crate::reading::fields::Passage;
use crate::reading::fields::Read;
use crate::reading::fields::Seen;
use crate::reading::fields::all_sure;
use crate::reading::fields::plain::is_hanzi;
use crate::reading::fields::plain::squeezed;
use crate::reading::fields::rows::Row;
use crate::reading::fields::rows::around;
use crate::reading::fields::rows::joined;
use crate::reading::fields::rows::least;
use crate::reading::fields::rows::mean;

/// The first words of the national motto, which stands beside the issuer, without accents.
const MOTTO: [&str; 2] = ["conghoaxa", "doclap"];
/// What names of Vietnamese bodies begin with, without accents and spaces: a row that does is a name by itself, and
/// the row above it that of the body above.
const KINDS: [&str; 44] = [
    "uybannhan",
    "uyban",
    "ubnd",
    "hoidong",
    "hdnd",
    "so",
    "bo",
    "phong",
    "truong",
    "dai",
    "cong",
    "tong",
    "ban",
    "van",
    "trung",
    "benh",
    "chi",
    "cuc",
    "vu",
    "hoi",
    "lien",
    "vien",
    "nha",
    "dang",
    "doan",
    "toa",
    "kho",
    "quy",
    "hop",
    "hiep",
    "xi",
    "bao",
    "thanhtra",
    "vksnd",
    "tand",
    "to",
    "nganhang",
    "mat",
    "tap",
    "doi",
    "khoa",
    "hat",
    "tram",
    "chinhanh",
];
/// Rows of an issuer's name and the body's above it, at most.
const ROWS_MAX: usize = 4;
/// Widest space between words of a name, over their height: spaces of print are half of it (chosen).
const SPACE_MAX: f64 = 0.9;
/// Share of capitals among the letters of a body's name in a letter's head.
const CAPITALS_MIN: f64 = 0.8;
/// Family names: nineteen of twenty Vietnamese bear one of them.
const FAMILIES: [&str; 50] = [
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ",
    "hồ", "ngô", "dương", "lý", "đinh", "mai", "trương", "lương", "trịnh", "đào", "lâm", "phùng",
    "đoàn", "hà", "cao", "lưu", "tạ", "thái", "chu", "tôn", "quách", "vương", "tô", "la", "triệu",
    "kiều", "nông", "hứa", "tống", "quang", "châu", "lò", "vi", "bạch", "diệp", "giang", "khuất",
    "mạc",
];
/// Degrees and ranks before a name, without accents and dots.
const RANKS: [&str; 12] = [
    "ths", "ts", "pgs", "gs", "pgsts", "gsts", "bs", "bscki", "bsckii", "luatsu", "daita",
    "thuongta",
];
/// Endings of the names of Chinese bodies.
const ENDINGS: [&str; 22] = [
    "公司",
    "委员会",
    "局",
    "厅",
    "政府",
    "办公室",
    "社",
    "院",
    "校",
    "学",
    "会",
    "部",
    "处",
    "中心",
    "厂",
    "所",
    "法院",
    "村委会",
    "居委会",
    "银行",
    "馆",
    "站",
];

/// A name from some words, if they are sure enough.
fn named(passage: &Passage, words: &[&Word], value: String) -> Seen {
    // Each Chinese character is a word of its own, and another one another name.
    let (confidence, each) = match value.chars().all(is_hanzi) {
        true => (least(words), NAME_SURE),
        false => (mean(words), NAME_WORD_SURE),
    };
    if confidence < NAME_SURE || least(words) < each || lacks_a_word(words) {
        return Seen::Unsure(Glimpse {
            value: Some(value),
            written: joined(words),
            page: passage.page,
            row: around(words),
            confidence,
        });
    }
    Seen::Sure(Field {
        value,
        written: joined(words),
        page: passage.page,
        bbox: around(words),
        row: around(words),
        confidence,
    })
}

/// Whether two words of a line stand so far apart that one between them may be lost.
fn lacks_a_word(words: &[&Word]) -> bool {
    words.windows(2).any(|pair| {
        let (a, b) = (pair[0].bbox, pair[1].bbox);
        let space = f64::from(b.x) - f64::from(a.right());
        b.x > a.x && space > SPACE_MAX * f64::from(a.height.max(b.height))
    })
}

/// The issuer by a letter's head; `number` is the row of its number.
pub(super) fn issuer(passage: &Passage, rows: &[Row<'_>], number: Option<usize>) -> Option<Seen> {
    vietnamese(passage, rows, number).or_else(|| heading(passage, rows))
}

/// The rows of capitals at the left above the number, from the one that names a kind of body on.
fn vietnamese(passage: &Passage, rows: &[Row<'_>], number: Option<usize>) -> Option<Seen> {
    let number = rows[number?].bbox();
    let middle = f64::from(passage.bbox.x) + 0.5 * f64::from(passage.bbox.width);
    let above = rows
        .iter()
        .filter(|row| row.bbox().bottom() <= number.y + number.height / 2);
    let left: Vec<Vec<&Word>> = above
        .map(before_motto)
        .filter(|words| is_in_capitals(words))
        .filter(|words| {
            let bbox = around(words);
            f64::from(bbox.x) + 0.5 * f64::from(bbox.width) < middle
        })
        .collect();
    own_name(passage, &left)
}

/// The issuer's name where hardly anything else stands.
pub(super) fn issuer_alone(passage: &Passage, rows: &[Row<'_>]) -> Option<Seen> {
    let capitals = rows
        .iter()
        .map(before_motto)
        .filter(|words| is_in_capitals(words));
    own_name(passage, &capitals.collect::<Vec<_>>()).or_else(|| heading(passage, rows))
}

/// The name among rows of capitals: from the one that names a kind of body on.
fn own_name(passage: &Passage, rows: &[Vec<&Word>]) -> Option<Seen> {
    let left = &rows[rows.len().saturating_sub(ROWS_MAX)..];
    let begins = |words: &Vec<&Word>| {
        let name = in_capitals(words);
        let first = squeezed(name.split(' ').next().unwrap_or(&name));
        let name = squeezed(&name);
        KINDS
            .iter()
            .any(|kind| first == *kind || kind.len() > 4 && name.starts_with(kind))
    };
    let start = left.iter().rposition(begins);
    // Without a kind of body a single row may still be a name.
    let own = match start {
        Some(start) => &left[start..],
        None if left.len() == 1 => left,
        None => return None,
    };
    let words: Vec<&Word> = own.iter().flatten().copied().collect();
    Some(named(passage, &words, in_capitals(&words)))
}

/// A name in capitals without specks that were read as signs about it; a letter that looks the same in either size is one, too.
fn in_capitals(words: &[&Word]) -> String {
    let is_word = |word: &&&Word| word.text.contains(char::is_alphanumeric);
    let words: Vec<&Word> = words.iter().filter(is_word).copied().collect();
    let name = joined(&words).to_uppercase();
    name.trim_matches(|letter: char| !letter.is_alphanumeric())
        .to_owned()
}

/// A row up to the motto, where both are read as one.
fn before_motto<'a>(row: &Row<'a>) -> Vec<&'a Word> {
    let starts = |at: usize| {
        let rest = squeezed(&joined(&row.words[at..]));
        MOTTO.iter().any(|motto| rest.starts_with(motto))
    };
    let end = (0..row.words.len())
        .find(|&at| starts(at))
        .unwrap_or(row.words.len());
    let mut words = row.words[..end].to_vec();
    while words
        .last()
        .is_some_and(|word| !word.text.contains(char::is_alphanumeric))
    {
        words.pop();
    }
    words
}

fn is_in_capitals(words: &[&Word]) -> bool {
    let letters = || {
        words
            .iter()
            .flat_map(|word| word.text.chars())
            .filter(|own| own.is_alphabetic())
    };
    let capitals = letters().filter(|own| own.is_uppercase()).count() as f64;
    let count = letters().count();
    count >= 4 && capitals >= CAPITALS_MIN * count as f64
}

/// The heading of a Chinese letter: the largest of its first rows.
fn heading(passage: &Passage, rows: &[Row<'_>]) -> Option<Seen> {
    let own = rows.iter().filter(|row| is_chinese(row));
    let first: Vec<&Row<'_>> = own.take(3).collect();
    let height = |row: &Row<'_>| row.bbox().height;
    let largest = first.iter().map(|row| height(row)).max()?;
    // Equal ones differ by their letters: the upper one counts.
    let row = first.iter().find(|row| 5 * height(row) >= 4 * largest)?;
    let text = joined(&row.words);
    let name = text.strip_suffix("文件").unwrap_or(&text);
    Some(named(passage, &row.words, name.to_owned()))
}

/// The body that stands above a date, under the seal, where its name ends as those of bodies do.
pub(super) fn issuer_signing(passage: &Passage, rows: &[Row<'_>]) -> Option<Seen> {
    let ends = |row: &&Row<'_>| is_chinese(row) && is_body(&joined(&row.words));
    let row = rows.iter().rfind(ends)?;
    Some(named(passage, &row.words, joined(&row.words)))
}

/// Whether a Chinese name ends as those of bodies do.
pub(super) fn is_body(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether a row is a name's length of Chinese characters.
fn is_chinese(row: &Row<'_>) -> bool {
    let text = joined(&row.words);
    let letters = text.chars().count();
    (4..=40).contains(&letters) && text.chars().all(is_hanzi)
}

/// The name below a signature.
pub(super) fn signer(passage: &Passage, rows: &[Row<'_>]) -> Option<Seen> {
    rows.iter().rev().find_map(|row| {
        let is_rank = |word: &&Word| {
            let letters: String = squeezed(&word.text)
                .chars()
                .filter(|own| *own != '.')
                .collect();
            RANKS.contains(&letters.as_str())
        };
        let ranks = row.words.iter().take_while(|word| is_rank(word)).count();
        let words = &row.words[ranks..];
        let is_name = |word: &&Word| {
            let mut letters = word.text.chars();
            letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase)
        };
        let family = words.first()?.text.to_lowercase();
        let plain = squeezed(&family);
        let is_person = (2..=5).contains(&words.len())
            && words.iter().all(is_name)
            && FAMILIES.iter().any(|known| squeezed(known) == plain);
        // Without its own accents it is no name, and those of the others are in doubt.
        let is_whole = FAMILIES.contains(&family.as_str());
        is_person.then(|| match named(passage, words, joined(words)) {
            Seen::Sure(field) if !is_whole => Seen::Unsure(Glimpse {
                value: None,
                written: field.written,
                page: field.page,
                row: field.bbox,
                confidence: field.confidence,
            }),
            seen @ (Seen::Sure(_) | Seen::Unsure(_)) => seen,
        })
    })
}

/// All who signed, from left to right; unsure if one of them is.
pub(super) fn together(seen: Vec<Seen>) -> Read {
    let mut fields = all_sure(seen)?;
    fields.sort_by_key(|field| (field.page, field.bbox.x));
    let last = fields
        .iter()
        .map(|field| field.page)
        .max()
        .ok_or(Doubt::Absent)?;
    // Those of the last page signed for the whole.
    fields.retain(|field| field.page == last);
    let all = |part: fn(&Field) -> &str| {
        let texts: Vec<&str> = fields.iter().map(part).collect();
        texts.join(BETWEEN)
    };
    let (value, written) = (all(|field| &field.value), all(|field| &field.written));
    let boxes = fields.iter().map(|field| field.bbox);
    let bbox = boxes.reduce(PixelRect::union).ok_or(Doubt::Absent)?;
    let confidence = fields
        .iter()
        .map(|field| field.confidence)
        .fold(1.0, f64::min);
    Ok(Field {
        value,
        written,
        page: last,
        bbox,
        row: bbox,
        confidence,
    })
}
