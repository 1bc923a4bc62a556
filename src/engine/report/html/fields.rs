//! What a document says of itself.

use std::fmt::Write;

use crate::report::findings::unknown;
use crate::report::html::escaped;
use crate::verify::fields::Field;
use crate::verify::fields::FieldSource;
use crate::verify::fields::Fields;
use crate::words::Language;
use crate::words::text;

/// Writes number, date and names, and where they come from.
pub(super) fn write(html: &mut String, language: Language, fields: &Fields) {
    html.push_str("<details class=\"fields\"><summary>");
    let named = fields
        .each()
        .map(|(name, field)| (named(language, name), field));
    let known: Vec<String> = named
        .iter()
        .filter_map(|(name, field)| Some(format!("{name} {}", escaped(field.value.as_deref()?))))
        .collect();
    if known.is_empty() {
        html.push_str(language.word("field.unknown"));
    } else {
        html.push_str(&known.join(", "));
    }
    html.push_str("</summary>\n<ul>\n");
    for (name, field) in named {
        let _ = writeln!(html, "<li>{name}: {}</li>", told(language, field));
    }
    let claim = language.word("field.claim");
    let _ = writeln!(html, "</ul>\n<p class=\"small\">{claim}</p></details>");
}

/// A field's name; `name` is the report's own.
fn named(language: Language, name: &str) -> &'static str {
    language.word(match name {
        "number" => "field.number",
        "symbol" => "field.symbol",
        "date" => "field.date",
        "issuer" => "field.issuer",
        _ => "field.signer",
    })
}

/// A field's value and source, or why it has none.
fn told(language: Language, field: &Field) -> String {
    let written = field.written.as_deref().map(escaped);
    let Some(value) = field.value.as_deref().map(escaped) else {
        let reason = field.reason.as_deref();
        let reason = reason.map(|reason| unknown(reason, field.cause.as_ref(), language));
        let not_known = match reason.as_deref().map(escaped) {
            Some(reason) => text(language, "field.not_known", &[("reason", &reason)]),
            None => language.word("field.not_known_bare").to_owned(),
        };
        return match written {
            Some(written) => {
                let seen = text(language, "field.seen", &[("written", &written)]);
                format!("{not_known} {seen}")
            }
            None => not_known,
        };
    };
    let source = language.word(match field.source {
        FieldSource::Given => "field.as_given",
        FieldSource::Ocr | FieldSource::Unknown => "field.as_read",
    });
    let mut told = format!("<strong>{value}</strong>, {source}");
    if let Some(page) = field.page {
        let place = text(language, "field.on_page", &[("page", &page)]);
        let _ = write!(told, " {place}");
    }
    if let Some(written) = written {
        let _ = write!(told, ": “{written}”");
    }
    if let Some(confidence) = field.confidence {
        let percent = format!("{:.0}", 100.0 * confidence);
        let sure = text(language, "field.sure", &[("percent", &percent)]);
        let _ = write!(told, ", {sure}");
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Failure;
    use crate::rules::Why;
    use crate::verify::fields::Given;

    #[test]
    fn what_is_read_is_escaped_and_what_is_not_known_has_a_reason() {
        let given = Given {
            issuer: Some("<b>A & B</b>".to_owned()),
            ..Given::default()
        };
        let named = "<program>".to_owned();
        let why = Why::of_recognition(&Failure::NoProgram { named });
        let fields = Fields::unread(&why, (Some(&given), None));
        let mut html = String::new();
        write(&mut html, Language::English, &fields);
        assert!(
            html.contains("<strong>&lt;b&gt;A &amp; B&lt;/b&gt;</strong>, as given"),
            "{html}"
        );
        assert!(
            html.contains("<li>date: not known: there is no program &lt;program&gt;; install"),
            "{html}"
        );
        assert!(!html.contains("<b>"), "{html}");
        let mut html = String::new();
        write(&mut html, Language::Chinese, &fields);
        assert!(html.contains("发文机关"), "{html}");
        assert!(html.contains("&lt;program&gt;"), "{html}");
        assert!(!html.contains("there is no program"), "{html}");
    }
}
