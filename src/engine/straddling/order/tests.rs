use super::*;

/// A part of a seal of 36 mm.
fn part(from_mm: f64, to_mm: f64) -> Seen {
    Seen::Part(Place {
        from_mm,
        to_mm,
        goes_on: false,
        height_mm: 150.0,
        turn_deg: 2.0,
    })
}

fn place(seen: Seen) -> Place {
    let edge = Sighted { page: 1, seen };
    places(&[edge], &[0])[0]
}

fn read(seen: &[Seen]) -> Vec<Set> {
    let sighted: Vec<Sighted> = (1..)
        .zip(seen)
        .map(|(page, seen)| Sighted { page, seen: *seen })
        .collect();
    sets(&sighted, 18.0)
}

fn faults(seen: &[Seen]) -> Vec<Fault> {
    let sets = read(seen);
    assert_eq!(sets.len(), 1, "{sets:?}");
    sets[0].faults.clone()
}

#[test]
fn parts_that_follow_one_another_are_a_whole_set() {
    let whole = [part(-18.0, -7.0), part(-6.0, 5.0), part(6.0, 19.0)];
    assert_eq!(faults(&whole), []);
}

#[test]
fn a_seal_that_begins_again_is_another_stamp() {
    let one = [part(-18.0, -1.0), part(0.0, 19.0)];
    let sets = read(&[one[0], one[1], one[0], one[1]]);
    let parts: Vec<_> = sets.iter().map(|set| set.parts.clone()).collect();
    assert_eq!(parts, [[0, 1], [2, 3]]);
    assert!(sets.iter().all(|set| set.faults.is_empty()), "{sets:?}");
}

#[test]
fn a_missing_sheet_is_named_by_its_neighbours_and_a_bare_one_by_itself() {
    let (a, b, c) = (part(-18.0, -9.0), part(-8.5, 8.0), part(9.0, 19.0));
    assert_eq!(faults(&[a, c]), [Fault::MissingBetween(1, 2)]);
    assert_eq!(faults(&[a, Seen::Bare, c]), [Fault::Without(2)]);
    assert_eq!(faults(&[b, c]), [Fault::MissingBefore(1)]);
    assert_eq!(faults(&[a, b]), [Fault::MissingAfter(2)]);
    assert_eq!(faults(&[a, b, Seen::Bare]), [Fault::Without(3)]);
    assert_eq!(
        faults(&[a, b, Seen::Bare, Seen::Bare, c]),
        [Fault::Without(3)]
    );
}

#[test]
fn what_stands_on_a_page_that_was_not_read_is_not_missing() {
    let (a, b, c) = (part(-18.0, -9.0), part(-8.5, 8.0), part(9.0, 19.0));
    assert_eq!(faults(&[a, Seen::Unread, c]), []);
    assert_eq!(faults(&[a, b, Seen::Unread]), []);
    assert_eq!(faults(&[Seen::Unread, b, c]), []);
}

#[test]
fn backs_of_sheets_bear_nothing() {
    let (a, b, c) = (part(-18.0, -9.0), part(-8.5, 8.0), part(9.0, 19.0));
    assert_eq!(faults(&[a, Seen::Bare, b, Seen::Bare, c, Seen::Bare]), []);
    assert_eq!(
        faults(&[a, Seen::Bare, Seen::Bare, Seen::Bare, c]),
        [Fault::Without(3)]
    );
}

#[test]
fn neighbours_that_changed_places_are_named() {
    let (a, b, c) = (part(-18.0, -9.0), part(-8.5, 8.0), part(9.0, 19.0));
    assert_eq!(faults(&[b, a, c]), [Fault::Swapped(1, 2)]);
    assert_eq!(faults(&[a, c, b]), [Fault::Swapped(2, 3)]);
}

#[test]
fn ink_that_does_not_fit_is_foreign_where_a_part_should_stand() {
    let (a, c) = (part(-18.0, -9.0), part(9.0, 19.0));
    let strange = Seen::Strange(148.0);
    assert_eq!(faults(&[a, strange, c]), [Fault::Foreign(2)]);
    let elsewhere = Seen::Strange(40.0);
    assert_eq!(faults(&[a, elsewhere, c]), [Fault::Foreign(2)]);
    assert_eq!(faults(&[a, part(-8.5, 8.0), c, elsewhere]), []);
    // Of the same seal, from another stamp.
    let high = Seen::Part(Place {
        height_mm: 140.0,
        from_mm: -8.0,
        to_mm: 4.0,
        goes_on: false,
        turn_deg: 2.0,
    });
    let all = [a, high, c, Seen::Bare];
    assert_eq!(faults(&all), [Fault::Foreign(2)]);
}

#[test]
fn faint_ink_is_a_part_only_where_it_stands_like_one() {
    let (a, b, c) = (part(-18.0, -9.0), part(-8.5, 8.0), part(9.0, 19.0));
    let faint = |height_mm| {
        Seen::Faint(Place {
            height_mm,
            ..place(b)
        })
    };
    assert_eq!(faults(&[a, faint(151.0), c]), []);
    assert_eq!(faults(&[a, faint(120.0), c]), [Fault::Foreign(2)]);
}

#[test]
fn a_sheet_among_those_of_the_next_stamp_is_named() {
    let high = |seen| {
        Seen::Part(Place {
            height_mm: 130.0,
            ..place(seen)
        })
    };
    let (a, b) = (part(-18.0, -1.0), part(0.0, 19.0));
    let sets = read(&[a, high(a), b, high(b)]);
    let parts: Vec<_> = sets.iter().map(|set| set.parts.clone()).collect();
    assert_eq!(parts, [[0, 2], [1, 3]]);
    assert_eq!(sets[0].faults, [Fault::Swapped(2, 3)]);
    assert_eq!(sets[1].faults, []);
}

#[test]
fn a_bare_first_sheet_of_a_later_stamp_is_named() {
    let (a, b) = (part(-18.0, -1.0), part(0.0, 19.0));
    let thirds = [part(-6.0, 5.0), part(6.0, 19.0)];
    let sets = read(&[a, b, Seen::Bare, thirds[0], thirds[1]]);
    assert_eq!(sets[1].faults, [Fault::Without(3)]);
}

#[test]
fn one_part_alone_is_no_stamp() {
    assert_eq!(read(&[part(-18.0, 2.0), Seen::Bare]), []);
}
