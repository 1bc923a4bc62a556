//! Text strings and times of a PDF, for people to read.

use hayro_syntax::object::DateTime;

use crate::reading::facts::CHARACTERS_MAX;

/// A text string (ISO 32000-2, 7.9.2.2): UTF-16 or UTF-8 with its mark, else taken for Latin, which
/// is what most of `PDFDocEncoding` is.
pub(super) fn decoded(bytes: &[u8]) -> String {
    // Four bytes are the longest that a character takes.
    let bytes = &bytes[..bytes.len().min(4 * CHARACTERS_MAX)];
    match bytes {
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        },
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().copied().map(unit);
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// One short line: no control characters, none that turn the direction of reading; `None` if
/// nothing is left.
pub(super) fn clean(text: &str) -> Option<String> {
    let is_shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let line: String = text.chars().filter(is_shown).take(CHARACTERS_MAX).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// A time as ISO 8601 writes it. Files that name no zone and those in UTC are not told apart, so
/// that neither bears one.
pub(super) fn time(time: DateTime) -> String {
    let zone = match (time.utc_offset_hour, time.utc_offset_minute) {
        (0, 0) => String::new(),
        (hours, minutes) => format!("{hours:+03}:{minutes:02}"),
    };
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{zone}",
        time.year, time.month, time.day, time.hour, time.minute, time.second
    )
}

/// A time as a PDF writes it, `D:20240521093000+07'00'`, in ISO 8601; what is no such time is left
/// as it is.
pub(super) fn written_time(text: &str) -> String {
    parsed_time(text).unwrap_or_else(|| text.to_owned())
}

fn parsed_time(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.strip_prefix("D:").unwrap_or(text);
    let part = |from: usize, length: usize| {
        let part = digits.get(from..from + length)?;
        part.bytes().all(|b| b.is_ascii_digit()).then_some(part)
    };
    let (year, month, day) = (part(0, 4)?, part(4, 2)?, part(6, 2)?);
    let (hour, minute) = (part(8, 2).unwrap_or("00"), part(10, 2).unwrap_or("00"));
    let second = part(12, 2).unwrap_or("00");
    let zone = digits.get(14..).unwrap_or_default();
    let mut numbers = zone.get(1..).unwrap_or_default().split('\'');
    let two = |text: Option<&str>| {
        let text = text.unwrap_or("00");
        let is_number = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| text.to_owned())
    };
    let zone = match zone.chars().next() {
        Some(sign @ ('+' | '-')) => {
            let hours = two(numbers.next())?;
            let minutes = two(numbers.next().filter(|text| !text.is_empty()))?;
            format!("{sign}{hours}:{minutes}")
        }
        Some('Z') => "Z".to_owned(),
        Some(_) | None => String::new(),
    };
    Some(format!(
        "{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_strings_are_read_in_each_of_their_encodings() {
        assert_eq!(decoded(b"Canon"), "Canon");
        assert_eq!(decoded(b"\xfe\xff\x1e\xa4\x00n"), "Ấn");
        assert_eq!(decoded("\u{feff}Ấn".as_bytes()), "Ấn");
        assert_eq!(decoded(b"\xe9t\xe9"), "été");
    }

    #[test]
    fn what_turns_or_breaks_a_line_is_taken_out() {
        assert_eq!(clean("a\u{202e}fdp.\nexe").as_deref(), Some("afdp.exe"));
        assert_eq!(clean(" \u{0}\n"), None);
        assert_eq!(
            clean(&"x".repeat(9_999)).map(|text| text.len()),
            Some(CHARACTERS_MAX)
        );
    }

    #[test]
    fn times_are_written_as_iso_8601_and_what_is_none_is_left() {
        let written = |text| written_time(text);
        assert_eq!(
            written("D:20240521093000+07'00'"),
            "2024-05-21T09:30:00+07:00"
        );
        assert_eq!(written("D:20240521093000Z"), "2024-05-21T09:30:00Z");
        assert_eq!(written("D:20240521"), "2024-05-21T00:00:00");
        assert_eq!(written("yesterday"), "yesterday");
    }
}
