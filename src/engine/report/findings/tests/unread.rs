//! What keeps documents, pages and fields from being read, told in languages other than its own.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::geometry::PixelRect;
use crate::ingest;
use crate::ingest::Damage;
use crate::ingest::Format;
use crate::ingest::Obstacle;
use crate::ingest::PageError;
use crate::ingest::Reason;
use crate::ingest::Stop;
use crate::reading::Failure;
use crate::reading::fields::Doubt;
use crate::reading::fields::Glimpse;
use crate::report::findings::tests::made::english;
use crate::report::findings::told;
use crate::report::findings::unknown;
use crate::rules::Finding;
use crate::rules::Why;
use crate::rules::document;
use crate::words::Language;

/// What libraries and systems say here.
fn said() -> String {
    "x9".to_owned()
}

fn obstacles() -> [Obstacle; 6] {
    [
        Obstacle::Folder,
        Obstacle::NoRegularFile,
        Obstacle::NoSuchFile,
        Obstacle::NoPermission,
        Obstacle::NotOpened { said: said() },
        Obstacle::NotReadOn { said: said() },
    ]
}

fn stops() -> [Stop; 14] {
    [
        Stop::TookLonger {
            after: Duration::from_millis(2_500),
        },
        Stop::Memory,
        Stop::NestedTooDeeply,
        Stop::CpuTime,
        Stop::Signal { signal: 11 },
        Stop::Ended { said: said() },
        Stop::Panicked { said: said() },
        Stop::OutOfOrder,
        Stop::Garbled,
        Stop::Lost { said: said() },
        Stop::NotStarted {
            reader: "antin".to_owned(),
            said: said(),
        },
        Stop::FileChanged,
        Stop::EarlierPages,
        Stop::NotToTheEnd,
    ]
}

fn reasons() -> [Reason; 18] {
    let format = Format::Png;
    [
        Reason::ImageEndsEarly {
            rows: Some(3),
            of: 9,
        },
        Reason::ImageDamaged { rows: None, of: 9 },
        Reason::ImageNotDecoded,
        Reason::TextNotDrawn,
        Reason::PictureBroken {
            format,
            said: said(),
        },
        Reason::PictureEmpty { format },
        Reason::TiffNotDecoded { said: said() },
        Reason::TiffTooShort,
        Reason::TiffKind { kind: said() },
        Reason::NotParsedAgain,
        Reason::PageGone,
        Reason::ImageWithoutSize,
        Reason::ContentGone,
        Reason::ObjectGone,
        Reason::DrawingNotDecoded,
        Reason::AnnotationGone,
        Reason::ImageHidden,
        Reason::ReaderFailed { said: said() },
    ]
}

/// Why print is not recognised.
pub(super) fn failures() -> [Failure; 11] {
    [
        Failure::NoRecogniser,
        Failure::NoProgram { named: said() },
        Failure::NoData {
            packages: vec!["tesseract-ocr-vie", "tesseract-ocr-chi-sim"],
        },
        Failure::NoVietnamese {
            package: "tesseract-ocr-vie",
        },
        Failure::NothingToRead,
        Failure::NotStored { said: said() },
        Failure::NotStarted { said: said() },
        Failure::TookLonger {
            after: Duration::from_secs(60),
        },
        Failure::TooMuch,
        Failure::Lost { said: said() },
        Failure::Failed { said: said() },
    ]
}

/// Why documents cannot be read.
fn errors() -> Vec<ingest::Error> {
    let format = Format::Pdf;
    let damages = [
        Damage::EncryptionIncomplete,
        Damage::NoPageList,
        Damage::Said(said()),
    ];
    let damaged = damages.map(|detail| ingest::Error::Damaged { format, detail });
    let stopped = stops().into_iter().flat_map(|stop| {
        let pages = [None, Some(2)];
        pages.map(|page| ingest::Error::Stopped {
            page,
            stop: stop.clone(),
        })
    });
    let others = [
        ingest::Error::Empty,
        ingest::Error::NotRecognised {
            begins: "GIF89".to_owned(),
        },
        ingest::Error::Truncated { format, bytes: 9 },
        ingest::Error::Encrypted,
        ingest::Error::WrongPassword,
        ingest::Error::UnsupportedEncryption,
        ingest::Error::NoPages { format },
        ingest::Error::TooManyPages { found: 9, max: 8 },
        ingest::Error::TooLarge { bytes: 9, max: 8 },
    ];
    let opened = obstacles().map(ingest::Error::NotOpened);
    let all = damaged.into_iter().chain(stopped).chain(others);
    all.chain(opened).collect()
}

/// What can be wrong with documents and pages.
pub(super) fn unread() -> Vec<Finding> {
    let number = 2;
    let pages = reasons().map(|reason| PageError::Unreadable { number, reason });
    let stopped = stops().map(|reason| PageError::NotProcessed { number, reason });
    let others = [
        PageError::TooLarge {
            number,
            width: 9,
            height: 9,
            pixels_max: 8,
        },
        PageError::Missing { number, pages: 1 },
    ];
    let documents = errors()
        .iter()
        .map(|error| document::unreadable(&Why::of(error)))
        .collect::<Vec<_>>();
    let pages = pages.into_iter().chain(stopped).chain(others);
    let pages = pages
        .map(|error| document::page_unreadable(number, &Why::of_page(&error, &error.to_string())));
    let bare = [
        document::unreadable(&Why::not_opened("x9")),
        document::not_processed(&Why::reader_stopped("x9"), &[1, 2]),
    ];
    documents.into_iter().chain(pages).chain(bare).collect()
}

/// Why fields and the facts of files are not known.
fn causes() -> Vec<Why> {
    let glimpse = Glimpse {
        value: None,
        written: said(),
        page: 1,
        row: PixelRect {
            x: 1,
            y: 1,
            width: 9,
            height: 9,
        },
        confidence: 0.5,
    };
    let doubts = [
        Doubt::Absent,
        Doubt::Unsure(glimpse),
        Doubt::Several(vec!["12".to_owned(), "13".to_owned()]),
    ];
    let mut causes: Vec<Why> = doubts.iter().map(Why::of_field).collect();
    causes.extend(failures().iter().map(Why::of_recognition));
    causes.extend(stops().iter().map(Why::of_stop));
    causes.push(Why::not_asked());
    causes
}

#[test]
fn why_a_field_or_a_fact_is_not_known_is_told_in_the_reader_s_language() {
    let causes = causes();
    for language in [Language::Vietnamese, Language::Chinese] {
        let mut lines = BTreeSet::new();
        for why in &causes {
            let line = unknown(&why.sentence, Some(&why.cause()), language);
            assert!(english(&line).is_empty(), "{language:?}: {line}");
            assert!(!line.contains('_'), "{language:?}: {line}");
            if why.sentence != said() {
                assert!(!line.contains(&why.sentence), "{language:?}: {line}");
            }
            lines.insert(line);
        }
        assert_eq!(lines.len(), causes.len(), "{lines:#?}");
    }
    for why in &causes {
        let line = unknown(&why.sentence, Some(&why.cause()), Language::English);
        assert_eq!(line, why.sentence);
    }
}

#[test]
fn what_was_kept_without_a_code_is_a_quotation() {
    let sentence = "not found where it usually stands";
    let mut later = Why::of_field(&Doubt::Absent).cause();
    later.code = "of_later".to_owned();
    for cause in [None, Some(&later)] {
        let line = |language| unknown(sentence, cause, language);
        assert_eq!(line(Language::English), sentence);
        assert_eq!(
            line(Language::Vietnamese),
            format!("nguyên văn tiếng Anh: “{sentence}”")
        );
        assert_eq!(line(Language::Chinese), format!("英文原文：“{sentence}”"));
    }
}

#[test]
fn what_was_not_read_says_why_whatever_version_kept_it() {
    let mut finding = document::page_unreadable(2, &Why::of_stop(&Stop::Memory));
    finding.values.clear();
    let line = told(&finding, Language::Vietnamese).line();
    let said = &finding.message;
    assert!(
        line.ends_with(&format!("(nguyên văn của chương trình: “{said}”)")),
        "{line}"
    );
}

#[test]
fn decoders_are_quoted_and_what_is_known_by_code_is_not_said_twice() {
    let line = |error: &ingest::Error| {
        let finding = document::unreadable(&Why::of(error));
        assert!(finding.values.contains_key("detail"), "{finding:?}");
        told(&finding, Language::Vietnamese).line()
    };
    let format = Format::Pdf;
    let detail = Damage::NoPageList;
    assert_eq!(
        line(&ingest::Error::Damaged { format, detail }),
        "Không đọc được văn bản (lý do: tệp bị hỏng: cần sao chép hoặc quét lại; định dạng: PDF; \
         cụ thể: không tìm thấy danh sách trang trong tệp)"
    );
    let detail = Damage::Said("bad CRC".to_owned());
    assert_eq!(
        line(&ingest::Error::Damaged { format, detail }),
        "Không đọc được văn bản (lý do: tệp bị hỏng: cần sao chép hoặc quét lại; định dạng: PDF; \
         nguyên văn của chương trình: “bad CRC”)"
    );
    let stop = Stop::TookLonger {
        after: Duration::from_millis(2_500),
    };
    let page = Some(3);
    assert_eq!(
        line(&ingest::Error::Stopped { page, stop }),
        "Không đọc được văn bản (lý do: chạm giới hạn hoặc bộ đọc gặp lỗi: có thể thử lại; \
         cụ thể: quá thời gian cho phép, đã dừng; đã chờ: 2,5 s; khi đọc trang: 3)"
    );
}
