use super::*;

/// Words in a row, at so many pixels from the left and the top, each letter 20 wide and 30 high.
fn row(words: &[(&str, f64)], (mut x, y): (u32, u32)) -> Vec<Word> {
    let mut row = Vec::new();
    for (text, confidence) in words {
        let width = 20 * u32::try_from(text.chars().count()).unwrap();
        row.push(Word {
            text: (*text).to_owned(),
            bbox: PixelRect {
                x,
                y,
                width,
                height: 30,
            },
            confidence: Some(*confidence),
        });
        x += width + 12;
    }
    row
}

fn sure(text: &str, at: (u32, u32)) -> Vec<Word> {
    let words: Vec<(&str, f64)> = text.split(' ').map(|word| (word, 0.95)).collect();
    row(&words, at)
}

fn passage(place: Place, words: &[Vec<Word>]) -> Passage {
    Passage {
        place,
        page: 1,
        bbox: PixelRect {
            x: 0,
            y: 0,
            width: 2480,
            height: 1000,
        },
        words: words.concat(),
    }
}

fn head(words: &[Vec<Word>]) -> Fields {
    read(&[passage(Place::Head, words)])
}

fn value(read: &Read) -> Option<&str> {
    read.as_ref().ok().map(|field| field.value.as_str())
}

fn dated(text: &str) -> Fields {
    head(&[sure(text, (1500, 300))])
}

#[test]
fn a_letter_of_decree_30_is_read() {
    let fields = read(&[
        passage(
            Place::Head,
            &[
                sure("UBND TỈNH KHUÊ LĨNH", (300, 100)),
                sure("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (1300, 100)),
                sure("SỞ NỘI VỤ", (400, 160)),
                sure("Độc lập - Tự do - Hạnh phúc", (1450, 160)),
                sure("Số: 12/QĐ-SNV", (400, 300)),
                sure("Khuê Lĩnh, ngày 05 tháng 9 năm 2024", (1400, 300)),
                sure("QUYẾT ĐỊNH", (1100, 500)),
            ],
        ),
        passage(
            Place::Signature,
            &[
                sure("GIÁM ĐỐC", (1700, 100)),
                sure("Trần Văn Khải", (1680, 600)),
            ],
        ),
    ]);
    assert_eq!(value(&fields.number), Some("12"));
    assert_eq!(value(&fields.symbol), Some("QĐ-SNV"));
    assert_eq!(value(&fields.date), Some("2024-09-05"));
    assert_eq!(value(&fields.issuer), Some("SỞ NỘI VỤ"));
    assert_eq!(value(&fields.signer), Some("Trần Văn Khải"));
    let date = fields.date.unwrap();
    assert_eq!(date.written, "ngày 05 tháng 9 năm 2024");
    assert!(date.bbox.x > 1500 && (date.confidence - 0.95).abs() < 1e-12);
}

#[test]
fn a_chinese_letter_is_read() {
    let fields = read(&[
        passage(
            Place::Head,
            &[
                row(
                    &[
                        ("青岚", 0.9),
                        ("纸业", 0.9),
                        ("集团公司", 0.9),
                        ("文件", 0.9),
                    ],
                    (700, 200),
                ),
                row(
                    &[
                        ("青纸发", 0.92),
                        ("〔2024〕", 0.93),
                        ("5", 0.95),
                        ("号", 0.95),
                    ],
                    (900, 320),
                ),
            ],
        ),
        passage(
            Place::Signature,
            &[
                row(
                    &[("青岚", 0.9), ("纸业", 0.9), ("集团公司", 0.9)],
                    (1500, 200),
                ),
                row(
                    &[
                        ("2024", 0.95),
                        ("年", 0.9),
                        ("7", 0.9),
                        ("月", 0.9),
                        ("21", 0.93),
                        ("日", 0.9),
                    ],
                    (1500, 300),
                ),
            ],
        ),
    ]);
    assert_eq!(value(&fields.number), Some("5"));
    assert_eq!(value(&fields.symbol), Some("青纸发〔2024〕"));
    assert_eq!(value(&fields.issuer), Some("青岚纸业集团公司"));
    assert_eq!(value(&fields.date), Some("2024-07-21"));
}

#[test]
fn dates_are_read_as_they_are_written() {
    for (text, expected) in [
        ("Hà Nội, ngày 05 tháng 9 năm 2024", Some("2024-09-05")),
        ("Ha Noi, ngay 26thang 7 nam 2020", Some("2020-07-26")),
        ("Hà Nội, ngảy 5 thắng 12 năm 2o24.", Some("2024-12-05")),
        ("ngày 21/5/2024", Some("2024-05-21")),
        ("ngày 21.05.2024", Some("2024-05-21")),
        ("2024年7月21日", Some("2024-07-21")),
        ("二〇二四年十二月二十一日", Some("2024-12-21")),
        ("二○一五年十月三十日", Some("2015-10-30")),
        // One nought is often read as two.
        ("二O〇一八年八月十九日", Some("2018-08-19")),
        ("二〇〇一年八月九日", Some("2001-08-09")),
        // Or none: the second figure of these years is always one.
        ("二一五年五月二十八日", Some("2015-05-28")),
        ("二〇五年五月二十八日", None),
        ("一九五年五月二十八日", None),
        ("2083年1月24日", None),
        // Blanks, lost figures, days that are none, years that none is of, running text.
        ("Hà Nội, ngày tháng 9 năm 2024", None),
        ("Hà Nội, ngày ..... tháng ..... năm 2024", None),
        ("Hà Nội, ngày 84 tháng 5 năm 2019", None),
        ("Hà Nội, ngày 12 tháng 13 năm 2019", None),
        ("Hà Nội, ngày 12 tháng 5 năm 20", None),
        ("Hà Nội, ngày 12 tháng 5 năm 2ó19", None),
        ("Hà Nội, ngày 12 tháng 5 năm 1019", None),
        ("Hà Nội, ngày 1Z tháng 5 năm 2019", None),
        ("theo quyết định ban hành ngày 17/8/2023", None),
        ("ngày 17/8/2023 về kết luận", None),
        ("自2024年5月1日起施行", None),
        ("于2024年5月1日", None),
    ] {
        assert_eq!(value(&dated(text).date), expected, "{text}");
    }
}

#[test]
fn what_is_unsure_or_contradicted_is_not_known() {
    let written = ["Hà", "Nội,", "ngày", "04", "tháng", "5", "năm", "2019"];
    let words: Vec<(&str, f64)> = written
        .into_iter()
        .map(|word| (word, if word == "04" { 0.56 } else { 0.96 }))
        .collect();
    let fields = head(&[row(&words, (1500, 300))]);
    let doubt = fields.date.unwrap_err();
    let Doubt::Unsure(glimpse) = doubt else {
        panic!("it was seen: {doubt:?}");
    };
    assert_eq!(glimpse.written, "ngày 04 tháng 5 năm 2019");
    assert_eq!(glimpse.value.as_deref(), Some("2019-05-04"));

    let first = sure("Hà Nội, ngày 4 tháng 5 năm 2019", (1500, 300));
    let other = sure("Hà Nội, ngày 5 tháng 5 năm 2019", (1500, 600));
    let fields = head(&[first, other]);
    assert!(matches!(fields.date.unwrap_err(), Doubt::Several(values) if values.len() == 2));
    assert_eq!(head(&[]).date.unwrap_err(), Doubt::Absent);
}

#[test]
fn figures_by_hand_in_a_printed_date_are_none() {
    let mut words = sure("Hà Nội, ngày 20 tháng 07 năm 2017", (1500, 300));
    assert_eq!(value(&head(&[words.clone()]).date), Some("2017-07-20"));
    words[3].bbox.height = 36;
    assert!(matches!(
        head(&[words]).date,
        Err(Doubt::Unsure(Glimpse { value: None, .. }))
    ));
}

#[test]
fn a_name_in_capitals_is_read_without_specks_about_it() {
    let fields = head(&[
        sure("_ 'xÍ NGHIỆP GỐM SỨ ` QUẾ QUỲNH.", (300, 160)),
        sure("Số: 12/QĐ-UBND", (400, 300)),
    ]);
    assert_eq!(value(&fields.issuer), Some("XÍ NGHIỆP GỐM SỨ QUẾ QUỲNH"));
}

#[test]
fn a_date_at_the_left_of_the_head_is_of_another_document() {
    let left = head(&[sure("ngày 19 tháng 6 năm 2015;", (200, 600))]);
    assert_eq!(left.date.unwrap_err(), Doubt::Absent);
}

#[test]
fn numbers_are_read_as_they_are_written() {
    for (text, number, symbol) in [
        ("Số: 12/QĐ-UBND", Some("12"), Some("QĐ-UBND")),
        ("Số: 12/2024/QÐ-UBND", Some("12/2024"), Some("QĐ-UBND")),
        ("Số: 4635 /SGDĐT-CTrTT", Some("4635"), Some("SGDĐT-CTrTT")),
        ("Sô: 05a/TTr - NV", Some("05a"), Some("TTr-NV")),
        ("SỐ: 1O8/BC-KH", Some("108"), Some("BC-KH")),
        ("Số 110/QĐ-STP", Some("110"), Some("QĐ-STP")),
        ("Số: 123", Some("123"), None),
        ("Số: 5", None, None),
        ("Số: 604/TTr-", Some("604"), None),
        ("Số: 84/QĐÐ-TCHC", Some("84"), Some("QĐ-TCHC")),
        ("Số: 9ó3/BC-KH", None, Some("BC-KH")),
        ("Số: é|E/ĐHBK-BCĐ", None, Some("ĐHBK-BCĐ")),
        ("Số: /STTTT-CNTT", None, Some("STTTT-CNTT")),
        ("Số: 12/x?y", Some("12"), None),
        ("Số: 12/TIr-NV", Some("12"), None),
        ("Số: 12//TB-VP", Some("12"), Some("TB-VP")),
        ("Số: 12/QyĐ-BTC", Some("12"), Some("QyĐ-BTC")),
        ("SỞ NỘI VỤ", None, None),
        ("số 496-TB/TU", None, None),
    ] {
        let fields = head(&[sure(text, (300, 300))]);
        assert_eq!(
            (value(&fields.number), value(&fields.symbol)),
            (number, symbol),
            "{text}"
        );
    }
    // Behind figures by hand the symbol stands in a row of its own.
    let cut = head(&[sure("Số: 5", (300, 300)), sure("/QĐ-TCHC", (500, 300))]);
    assert!(matches!(cut.number, Err(Doubt::Unsure(_))));
    // In the right half numbers are those of other papers.
    let right = head(&[sure("Số: 12/QĐ-UBND", (1500, 300))]);
    assert_eq!(right.number.unwrap_err(), Doubt::Absent);
}

#[test]
fn an_issuer_of_two_rows_is_one_body_and_the_motto_none_of_it() {
    let fields = head(&[
        sure(
            "ỦY BAN NHÂN DÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            (300, 100),
        ),
        sure("TỈNH KHUÊ LĨNH _ Độc lập - Tự do", (320, 160)),
        sure("Số: 12/QĐ-UBND", (400, 300)),
    ]);
    assert_eq!(
        value(&fields.issuer),
        Some("ỦY BAN NHÂN DÂN TỈNH KHUÊ LĨNH")
    );
}

#[test]
fn a_signer_is_a_person_and_nothing_else() {
    let signed = |text: &str| {
        let fields = read(&[passage(Place::Signature, &[sure(text, (1500, 600))])]);
        fields.signer.ok().map(|field| field.value)
    };
    assert_eq!(
        signed("Lê Thị Bích Thuận").as_deref(),
        Some("Lê Thị Bích Thuận")
    );
    assert_eq!(signed("ThS. Ngô Hữu Ước").as_deref(), Some("Ngô Hữu Ước"));
    for text in [
        "GIÁM ĐỐC",
        "Sở Giáo dục và Đào tạo",
        "Nơi nhận:",
        "Trần",
        "Hà Nội, ngày 5",
    ] {
        assert_eq!(signed(text), None, "{text}");
    }
}

#[test]
fn words_without_a_recogniser_are_sure() {
    let mut words = sure("Hà Nội, ngày 05 tháng 9 năm 2024", (1500, 300));
    for word in &mut words {
        word.confidence = None;
    }
    assert_eq!(value(&head(&[words]).date), Some("2024-09-05"));
}
