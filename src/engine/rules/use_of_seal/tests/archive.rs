//! Edits of a register whose year was archived.

use super::*;

/// A use of 2023, whose register was archived on 30 June 2024: its entry, and all rows.
fn archived() -> (Recorded, Vec<Recorded>) {
    let entry: Columns<'_> = with(
        &[("seal", "S1"), ("register", "work"), ("entry_no", "7")],
        &with(&without(&WORK, "used_at"), &[("used_at", "2023-06-05")]),
    );
    let archive = vec![
        ("seal", "S1"),
        ("year", "2023"),
        ("archived_on", "2024-06-30"),
    ];
    let mut all = rows("use", &[entry]);
    all.extend(rows("archive", &[archive]));
    let all: Vec<Recorded> = recorded(&all).standing().cloned().collect();
    let used = all.iter().find(|own| own.entry.kind == "use").unwrap();
    (used.clone(), all)
}

fn at(mut own: Recorded, day: &str) -> Recorded {
    own.recorded_at = Some(format!("{day}T08:00:00Z"));
    own
}

fn withdrawal(name: &str) -> Recorded {
    let row = vec![("withdraws", name), ("reason", "mistaken")];
    let records = recorded(&rows("withdrawal", &[row]));
    records.standing().next().unwrap().clone()
}

/// The archived use with another value in a column.
fn correction(column: &str, value: &str) -> Recorded {
    let (mut own, _) = archived();
    own.entry
        .content
        .insert(column.to_owned(), value.to_owned());
    own.entry.happened_on = own.entry.moment("used_at").unwrap().map(|at| at.day);
    own.entry.corrects = Some(own.name.clone());
    own.name = own.entry.name();
    own
}

/// What is said of edits of the archived year, where these were recorded besides.
fn edits(more: &[Recorded]) -> Vec<String> {
    let (_, base) = archived();
    let records = Records::of(base.iter().chain(more).cloned());
    let register = UseRegister::of(&records);
    let stated = particulars(None);
    let scene = Scene::stated(&stated, None, RuleSet::shipped());
    let subject = Subject::of(("S1", &stated), &register, scene).unwrap();
    let standing = subject
        .uses
        .uses
        .iter()
        .flat_map(|own| subject.of_entry(own));
    let gone = subject.of_gone().into_iter().map(|(_, finding)| finding);
    let late = standing.chain(gone).filter(|finding| finding.code == LATE);
    late.map(|finding| finding.message).collect()
}

#[test]
fn taking_an_entry_out_of_an_archived_year_is_told() {
    let (used, _) = archived();
    assert_eq!(edits(&[]), [] as [&str; 0]);
    let gone = withdrawal(&used.name);
    assert_eq!(edits(&[at(gone.clone(), "2024-06-20")]), [] as [&str; 0]);
    let late = edits(&[at(gone.clone(), "2024-07-10")]);
    assert_eq!(
        late,
        [
            "The entry 7 of the work register, 2023-06-05 was withdrawn on 2024-07-10, after the register of 2023 went into the archive on 2024-06-30."
        ]
    );
    // Withdrawn in time and put back too late.
    let back = withdrawal(&gone.name);
    let restored = edits(&[at(gone, "2024-06-20"), at(back, "2024-07-10")]);
    let is_told = |said: &String| said.contains("was changed on 2024-07-10");
    assert!(
        restored.len() == 1 && restored.iter().all(is_told),
        "{restored:?}"
    );
}

#[test]
fn changing_an_entry_of_an_archived_year_and_moving_it_out_are_told() {
    let changed = correction("content", "another");
    assert_eq!(edits(&[at(changed.clone(), "2024-06-20")]), [] as [&str; 0]);
    let late = edits(&[at(changed, "2024-07-10")]);
    let is_told = |said: &String| said.contains("was changed on 2024-07-10");
    assert!(late.len() == 1 && late.iter().all(is_told), "{late:?}");
    let moved = edits(&[at(correction("used_at", "2024-06-05"), "2024-07-10")]);
    let is_told = |said: &String| said.contains("was moved to another year on 2024-07-10");
    assert!(moved.len() == 1 && moved.iter().all(is_told), "{moved:?}");
}
