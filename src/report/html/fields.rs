//! What a document says of itself.

use std::fmt::Write;

use crate::report::html::escaped;
use crate::verify::fields::Field;
use crate::verify::fields::FieldSource;
use crate::verify::fields::Fields;

/// Writes number, date and names, and where they come from.
pub(super) fn write(text: &mut String, fields: &Fields) {
    text.push_str("<details class=\"fields\"><summary>");
    let known: Vec<String> = fields
        .each()
        .into_iter()
        .filter_map(|(name, field)| Some(format!("{name} {}", escaped(field.value.as_deref()?))))
        .collect();
    text.push_str(&if known.is_empty() {
        "Number, date and names are not known".to_owned()
    } else {
        known.join(", ")
    });
    text.push_str("</summary>\n<ul>\n");
    for (name, field) in fields.each() {
        let _ = writeln!(text, "<li>{name}: {}</li>", told(field));
    }
    text.push_str("</ul>\n<p class=\"small\">A date on a document is a claim and proves nothing.</p></details>\n");
}

/// A field's value and source, or why it has none.
fn told(field: &Field) -> String {
    let written = field.written.as_deref().map(escaped);
    let Some(value) = field.value.as_deref().map(escaped) else {
        let reason = escaped(field.reason.as_deref().unwrap_or("not known"));
        return match written {
            Some(written) => format!("not known: {reason} (as read: “{written}”)"),
            None => format!("not known: {reason}"),
        };
    };
    let mut told = match field.source {
        FieldSource::Given => format!("<strong>{value}</strong>, as given"),
        FieldSource::Ocr | FieldSource::Unknown => format!("<strong>{value}</strong>, as read"),
    };
    if let Some(page) = field.page {
        let _ = write!(told, " on page {page}");
    }
    if let Some(written) = written {
        let _ = write!(told, ": “{written}”");
    }
    if let Some(confidence) = field.confidence {
        let _ = write!(told, ", {:.0} % sure", 100.0 * confidence);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::fields::Given;

    #[test]
    fn what_is_read_is_escaped_and_what_is_not_known_has_a_reason() {
        let given = Given {
            issuer: Some("<b>A & B</b>".to_owned()),
            ..Given::default()
        };
        let mut text = String::new();
        write(
            &mut text,
            &Fields::unread("no <program>", (Some(&given), None)),
        );
        assert!(
            text.contains("<strong>&lt;b&gt;A &amp; B&lt;/b&gt;</strong>, as given"),
            "{text}"
        );
        assert!(
            text.contains("<li>date: not known: no &lt;program&gt;</li>"),
            "{text}"
        );
        assert!(!text.contains("<b>"), "{text}");
    }
}
