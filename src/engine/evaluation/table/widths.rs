//! The table of widths on scans that are not stretched.

use crate::evaluation::figures::Figures;
use crate::evaluation::table::table;
use crate::evaluation::truth::UNSTRETCHED_PERCENT;

/// The table under its heading, a row a group that has such scans; nothing where the lines do not say how far theirs are
/// stretched.
pub(super) fn section(rows: &[(String, &Figures)]) -> String {
    let mut table = table(&["", "n", "median mm, signed", "p95 mm, without sign"]);
    let mut any = false;
    for (name, figures) in rows {
        let Some(error) = figures.width_error_unstretched_mm else {
            continue;
        };
        any = true;
        table.add_row([
            name.clone(),
            error.count.to_string(),
            format!("{:+.2}", error.median),
            format!("{:.2}", error.p95),
        ]);
    }
    if !any {
        return String::new();
    }
    format!(
        "Found less labelled width: genuine, normal ink, scans stretched by at most {UNSTRETCHED_PERCENT} % either way\n\n{table}\n\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::evaluate;
    use crate::evaluation::rate::Departure;
    use crate::evaluation::truth;

    #[test]
    fn there_is_a_table_where_lines_tell_the_stretch_and_the_median_has_its_sign() {
        let lines = truth::parse(r#"{"document":"a","label":"genuine","seal":"S"}"#).unwrap();
        let (mut evaluation, _) = evaluate(&lines, &[], |_| true, &[]);
        assert_eq!(section(&[("all".to_owned(), &evaluation.all)]), "");
        evaluation.all.width_error_unstretched_mm = Departure::of([0.12]);
        let text = section(&[("all".to_owned(), &evaluation.all)]);
        assert!(text.contains("at most 0.05 % either way"), "{text}");
        assert!(text.contains("+0.12"), "{text}");
    }
}
