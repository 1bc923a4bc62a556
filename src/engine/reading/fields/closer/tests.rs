use super::*;

const ROW: PixelRect = PixelRect {
    x: 10,
    y: 20,
    width: 300,
    height: 30,
};

fn unsure(value: Option<&str>, confidence: f64) -> Read {
    Err(Doubt::Unsure(Glimpse {
        value: value.map(str::to_owned),
        written: String::new(),
        page: 1,
        row: ROW,
        confidence,
    }))
}

fn sure(value: &str) -> Read {
    Ok(Field {
        value: value.to_owned(),
        written: String::new(),
        page: 1,
        bbox: ROW,
        row: ROW,
        confidence: 0.95,
    })
}

fn voted(first: &Read, others: &[Read]) -> Option<String> {
    of_kind(first, others, Kind::Figures)
}

fn of_kind(first: &Read, others: &[Read], kind: Kind) -> Option<String> {
    let others: Vec<&Read> = others.iter().collect();
    let read = vote(first.clone(), &others, kind);
    read.ok().map(|field| field.value)
}

#[test]
fn most_readings_settle_it_if_one_of_them_is_sure() {
    let first = unsure(Some("6"), 0.73);
    let eight = || unsure(Some("8"), 0.75);
    assert_eq!(
        voted(&first, &[sure("8"), eight(), eight()]).as_deref(),
        Some("8")
    );
    // Two readings are not enough, nor are several that are unsure, nor are more where too many differ.
    assert_eq!(voted(&first, &[sure("8"), eight()]), None);
    assert_eq!(voted(&first, &[eight(), eight(), eight()]), None);
    let others = [sure("8"), sure("8"), sure("8"), unsure(Some("6"), 0.8)];
    assert_eq!(voted(&first, &others), None);
    assert_eq!(voted(&unsure(None, 0.2), &[unsure(None, 0.9)]), None);
}

#[test]
fn what_is_sure_stays_where_it_is_borne_out() {
    assert_eq!(voted(&sure("6"), &[]), None, "nothing bears it out");
    let others = [sure("6"), sure("6"), sure("6")];
    assert_eq!(voted(&sure("6"), &others).as_deref(), Some("6"));
    assert_eq!(voted(&sure("8"), &others).as_deref(), Some("6"));
    assert_eq!(voted(&sure("8"), &others[..2]), None);
}

#[test]
fn what_was_not_seen_at_first_may_be_seen_later() {
    let absent = Err(Doubt::Absent);
    let eights = [sure("8"), sure("8"), sure("8")];
    assert_eq!(voted(&absent, &eights[..2]), None);
    assert_eq!(voted(&absent, &eights).as_deref(), Some("8"));
    let several = Err(Doubt::Several(vec!["7".into(), "8".into()]));
    assert_eq!(voted(&several, &eights), None);
}

#[test]
fn each_word_of_a_name_is_voted_on() {
    let name = |values: &[&str]| {
        let others: Vec<Read> = values[1..].iter().map(|own| sure(own)).collect();
        of_kind(&sure(values[0]), &others, Kind::Body)
    };
    let (right, first, second) = ("SỞ NỘI VỤ", "SO NỘI VỤ", "SỞ NỘI VU");
    assert_eq!(name(&[right, right]), None);
    let values = [first, right, right, right, second];
    assert_eq!(name(&values).as_deref(), Some(right));
    assert_eq!(
        name(&values[..4]).as_deref(),
        Some(right),
        "one lost its mark"
    );
    let other = "SỠ NỘI VỤ";
    assert_eq!(name(&[other, right, right, right]), None);
    assert_eq!(
        name(&[right, first, first, first, first, first]),
        None,
        "marks are lost"
    );
    assert_eq!(name(&["HIẸP HỘI"; 7]), None, "no word is spelt so");
    assert_eq!(
        name(&["NỘI VỤ", "NỘI VỤ", right, right, right]).as_deref(),
        Some(right)
    );
    // A grave accent beside a circumflex is read for a hook.
    assert_eq!(name(&["BẢO TÀNG QUẾ TUYỂN"; 7]), None);
    assert!(name(&["CÔNG TY CỔ PHẦN"; 7]).is_some());
}

#[test]
fn a_fixed_phrase_of_a_bodys_name_is_not_read_with_other_marks() {
    let all = |value: &str, kind: Kind| {
        let reads = vec![sure(value); 6];
        of_kind(&sure(value), &reads, kind)
    };
    let (right, wrong) = ("UBND THÀNH PHỐ HUẾ", "UBND THÀNH PHÓ HUẾ");
    assert_eq!(all(right, Kind::Body).as_deref(), Some(right));
    assert_eq!(all(wrong, Kind::Body), None, "each word is a good one");
    let person = "Lê Công Án";
    assert_eq!(all(person, Kind::Person).as_deref(), Some(person));
    assert_eq!(all("LÊ CÔNG ÁN", Kind::Body), None);
}

#[test]
fn more_marks_over_a_small_i_are_believed_of_nearly_all_readings_alone() {
    let person = |(own, often): (&str, usize), (other, seldom): (&str, usize)| {
        let mut reads = vec![sure(own); often];
        reads.extend(vec![sure(other); seldom]);
        of_kind(&reads[0], &reads[1..], Kind::Person)
    };
    let (dot, hook) = ("Lê Trung Chinh", "Lê Trung Chỉnh");
    assert_eq!(person((hook, 5), (dot, 2)), None, "the dot of a bold i");
    assert_eq!(person((hook, 6), (dot, 1)).as_deref(), Some(hook));
    assert_eq!(person((dot, 6), (hook, 1)), None);
    // No dot stands over other letters.
    let lan = person(("Lê Trung Lân", 5), ("Lê Trung Lan", 2));
    assert_eq!(lan.as_deref(), Some("Lê Trung Lân"));
}

#[test]
fn what_is_written_is_the_value_that_one_reading_has_as_a_whole() {
    let read = |value: &str, confidence: f64| -> Read {
        let own = sure(value).unwrap();
        let written = value.to_owned();
        Ok(Field {
            written,
            confidence,
            ..own
        })
    };
    let right = read("SỞ NỘI VỤ", 0.9);
    let voted = vote(read("SO NỘI VỤ", 0.99), &[&right; 4], Kind::Body).unwrap();
    assert_eq!(
        (voted.value.as_str(), voted.written.as_str()),
        ("SỞ NỘI VỤ", "SỞ NỘI VỤ")
    );
    // Each word is seen three times of five at least, and all of them together never.
    let lost = ["SO NỘI VỤ", "SỞ NOI VỤ", "SỞ NOI VỤ", "SỞ NỘI VU"].map(|own| read(own, 0.9));
    let others: Vec<&Read> = lost.iter().collect();
    assert!(vote(read("SO NỘI VỤ", 0.9), &others, Kind::Body).is_err());
}

#[test]
fn several_who_signed_are_seen_each_and_nobody_else() {
    let both = |others: &[&str]| {
        let others: Vec<Read> = others.iter().map(|own| sure(own)).collect();
        let others: Vec<&Read> = others.iter().collect();
        signers(sure("Hà Lan; Lê Na"), &others).is_ok()
    };
    let each = ["Lê Na", "Hà Lan", "Lê Na", "Hà Lan", "Lê Na", "Hà Lan"];
    assert!(both(&each));
    assert!(!both(&each[..5]) && !both(&[]));
    assert!(!both(&[&each[..], &["Hà Lân"]].concat()));
    assert!(!both(&[&each[..], &["Bùi Vi", "Bùi Vi"]].concat()));
}

#[test]
fn a_chinese_name_is_read_alike_in_heading_and_signature_or_surely_in_one() {
    let nothing = || Err(Doubt::Absent);
    let look = |place: Place, issuer: &str, confidence: f64| Look {
        place,
        fields: Fields {
            number: nothing(),
            symbol: nothing(),
            date: nothing(),
            issuer: unsure(Some(issuer), confidence),
            signer: nothing(),
        },
    };
    let name = |looks: &[Look]| chinese_name(nothing(), looks).ok().map(|own| own.value);
    let mut heading = vec![look(Place::Head, "云岫纸业社", 0.4); 5];
    let signature = vec![look(Place::Signature, "云岫纸业社", 0.4); 3];
    let other = vec![look(Place::Signature, "云山纸业社", 0.9); 5];
    let both = |heading: &[Look]| name(&[heading, &signature].concat());
    assert_eq!(both(&heading), None, "none of them is sure");
    heading[0] = look(Place::Head, "云岫纸业社", 0.85);
    assert_eq!(both(&heading).as_deref(), Some("云岫纸业社"));
    assert_eq!(
        name(&[vec![look(Place::Head, "查收材料设备", 0.95); 6]].concat()),
        None,
        "no body"
    );
    assert_eq!(name(&heading), None);
    assert_eq!(name(&[heading, other.clone()].concat()), None);
    assert_eq!(name(&other).as_deref(), Some("云山纸业社"));
    assert_eq!(name(&other[..4]), None);
}

#[test]
fn what_stands_in_one_row_is_looked_at_once() {
    let nothing = || Err(Doubt::Absent);
    let fields = Fields {
        number: sure("6"),
        symbol: unsure(None, 0.4),
        date: nothing(),
        issuer: nothing(),
        signer: nothing(),
    };
    assert_eq!(rows(&fields, 1), [(ROW, Place::Head)]);
    assert_eq!(rows(&fields, 2), []);
}

#[test]
fn a_date_that_second_looks_saw_and_do_not_settle_is_told_and_not_known() {
    let nothing = || Err(Doubt::Absent);
    let fields = |date: Read| Fields {
        number: nothing(),
        symbol: nothing(),
        date,
        issuer: nothing(),
        signer: nothing(),
    };
    let look = |date: Read| Look {
        place: Place::Signature,
        fields: fields(date),
    };
    let of = |first: Read, looks: &[Look]| settled(fields(first), looks).date;
    let two = [
        look(unsure(Some("2015-01-18"), 0.4)),
        look(unsure(Some("2015-07-18"), 0.7)),
    ];
    let Err(Doubt::Unsure(glimpse)) = of(nothing(), &two) else {
        panic!("it was seen, and is not known");
    };
    assert_eq!(
        (glimpse.value.as_deref(), glimpse.row),
        (Some("2015-07-18"), ROW)
    );
    // What was seen at first stays, what nobody saw is absent, and three that agree settle it.
    let first = unsure(Some("2015-01-16"), 0.3);
    assert_eq!(of(first.clone(), &two), first);
    assert_eq!(of(nothing(), &[look(nothing())]), nothing());
    let three = vec![look(sure("2015-01-18")); 3];
    assert!(of(nothing(), &three).is_ok_and(|date| date.value == "2015-01-18"));
}
