//! Where the revisions of a PDF end.
//!
//! Every time that a file is saved by adding to it, the addition ends with the place of its list of
//! objects and an end marker (ISO 32000-1, 7.5.6). An end counts where there is such a list at that
//! place: a PDF within the PDF has ends of its own, which point to other places, and a file that is
//! laid out for the web has one that points nowhere.

/// The end marker.
const END: &[u8] = b"%%EOF";

/// How far before an end marker the place of the list may stand.
const PLACE_WITHIN: usize = 64;

/// How far behind its place a list of objects may begin: spaces.
const SLACK: usize = 16;

/// How far from its start a file may say that it is laid out for the web.
const HEAD: usize = 1024;

/// Ends that are looked at: a file of nothing else is no document.
const ENDS_MAX: usize = 1_000;

/// The first byte behind each revision, the oldest first.
pub(super) fn ends(bytes: &[u8]) -> Vec<u64> {
    let start = find(&bytes[..bytes.len().min(HEAD)], b"%PDF-").unwrap_or(0);
    let web_end = web_end(&bytes[..bytes.len().min(HEAD)]).map_or(0, |end| end + start);
    let mut ends = Vec::new();
    let mut from = 0;
    let mut looked_at = 0;
    while let Some(found) = find(&bytes[from..], END) {
        let marker = from + found;
        from = marker + END.len();
        looked_at += 1;
        if looked_at > ENDS_MAX {
            break;
        }
        if is_end(bytes, start, marker) {
            ends.push(from);
        }
    }
    // The first part of a file that is laid out for the web is no revision of its own.
    if ends.iter().any(|end| end.abs_diff(web_end) <= SLACK) {
        ends.retain(|end| end + SLACK >= web_end);
    }
    ends.into_iter().map(|end| end as u64).collect()
}

/// Whether the place stated before an end marker is one of a list of objects.
fn is_end(bytes: &[u8], start: usize, marker: usize) -> bool {
    let before = &bytes[marker.saturating_sub(PLACE_WITHIN)..marker];
    let Some(word) = before.windows(9).rposition(|window| window == b"startxref") else {
        return false;
    };
    let Some(place) = number(&before[word + 9..]) else {
        return false;
    };
    // Places count from the header, and some programs count from the first byte.
    [place.saturating_add(start), place]
        .into_iter()
        .any(|place| place > 0 && place < marker && is_list(&bytes[place..marker]))
}

/// Whether a list of objects begins here: the word `xref`, or an object `12 0 obj`.
fn is_list(bytes: &[u8]) -> bool {
    let bytes = &bytes[..bytes.len().min(SLACK + 32)];
    let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace());
    let bytes = &bytes[blank.count().min(SLACK)..];
    if bytes.starts_with(b"xref") {
        return true;
    }
    let mut words = bytes
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let is_number = |word: Option<&[u8]>| word.is_some_and(|word| number(word).is_some());
    is_number(words.next())
        && is_number(words.next())
        && words.next().is_some_and(|word| word.starts_with(b"obj"))
}

/// The length that a file laid out for the web had when it was.
fn web_end(head: &[u8]) -> Option<usize> {
    let linearized = find(head, b"/Linearized")?;
    let object = &head[linearized..];
    let object = &object[..find(object, b">>").unwrap_or(object.len())];
    let length = find(object, b"/L ")?;
    number(&object[length + 3..])
}

/// A number after blanks.
fn number(bytes: &[u8]) -> Option<usize> {
    let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace());
    let bytes = &bytes[blank.count()..];
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    let digits = &bytes[..digits.count().min(19)];
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    // A search for one byte is many times as fast as one for the whole.
    while let Some(found) = bytes
        .get(from..)?
        .iter()
        .position(|byte| *byte == wanted[0])
    {
        let place = from + found;
        if bytes[place..].starts_with(wanted) {
            return Some(place);
        }
        from = place + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of 9 bytes, a list of objects, and its end.
    const PLAIN: &str = "%PDF-1.7\nxref\n0 0\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n";

    fn count(text: &str) -> usize {
        ends(text.as_bytes()).len()
    }

    #[test]
    fn each_addition_with_a_list_of_its_own_is_a_revision() {
        assert_eq!(count(PLAIN), 1);
        let list = PLAIN.len() + 9;
        let added = format!(
            "{PLAIN}1 0 obj\n 7 0 obj << /Type /XRef >> stream endstream endobj startxref\n{list}\n%%EOF"
        );
        let ends = ends(added.as_bytes());
        assert_eq!(ends, [PLAIN.len() as u64 - 1, added.len() as u64]);
    }

    #[test]
    fn an_end_that_points_nowhere_is_none() {
        let within = PLAIN.replace("trailer", &format!("stream {}", &PLAIN[9..]));
        assert_eq!(
            count(&within.replace("\n9\n%%EOF\n\n", "\n7\n%%EOF\n\n")),
            1
        );
        assert_eq!(count("%PDF-1.7 startxref 0 %%EOF"), 0);
        assert_eq!(count("%%EOF startxref 99999999999999999999999 %%EOF"), 0);
    }

    #[test]
    fn places_count_from_the_header() {
        let shifted = format!("mail header\n{PLAIN}");
        assert_eq!(ends(shifted.as_bytes()), [shifted.len() as u64 - 1]);
    }

    #[test]
    fn the_first_part_of_a_file_for_the_web_is_no_revision() {
        let head = "%PDF-1.7\n1 0 obj << /Linearized 1 /L 000 >> endobj xref trailer startxref\n55\n%%EOF\n";
        let place = head.find("xref").unwrap();
        let head = head.replace("55", &place.to_string());
        let rest = format!(
            "{}xref 0 0 trailer startxref\n{place}\n%%EOF\n",
            " ".repeat(80)
        );
        let web = format!("{head}{rest}");
        let web = web.replace("/L 000", &format!("/L {}", web.len()));
        assert_eq!(count(&web), 1);
        let changed = format!("{web}xref 0 0 trailer startxref\n{}\n%%EOF\n", web.len());
        assert_eq!(count(&changed), 2);
    }
}
