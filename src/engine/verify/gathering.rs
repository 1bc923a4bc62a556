//! A document's own words, gathered page by page: the head of page 1 at once, since most letters bear their date
//! there, and the places of signatures of the last page that bears a seal.

use jiff::civil::Date;

use crate::geometry::PixelRect;
use crate::imaging::Gray;
use crate::reading::Failure;
use crate::reading::TextLayer;
use crate::reading::Word;
use crate::reading::excerpt::Excerpt;
use crate::reading::excerpt::Headings;
use crate::reading::excerpt::Place;
use crate::reading::fields;
use crate::reading::fields::Fields;
use crate::reading::fields::Passage;
use crate::reading::fields::Read;
use crate::reading::fields::closer;
use crate::reading::fields::closer::Look;
use crate::reading::fields::plain;
use crate::reading::sheet::Sheet;
use crate::rules;
use crate::rules::Finding;
use crate::rules::Why;
use crate::sandbox::recognition::Language;
use crate::sandbox::recognition::Layout;
use crate::sandbox::recognition::Recogniser;
use crate::sandbox::recognition::Recognition;
use crate::verify::fields as report;
use crate::verify::fields::Given;

/// Mean confidence of a head's words from which on they are Vietnamese: measured, 0.85 and more on Vietnamese heads, 0.45 and less on
/// Chinese ones.
const LATIN_SURE: f64 = 0.65;
/// Confidence from which on a Chinese character is counted, and how many make a page Chinese (chosen).
const HANZI_SURE: f64 = 0.8;
const HANZI_MIN: usize = 8;

/// Height of a row over that of its tallest word from which on it is several lines.
const LINES_HEIGHT_MIN: f64 = 1.7;

/// What has been gathered of a document.
pub(super) struct Gathering<'a> {
    recognition: &'a Recognition,
    given: (Option<&'a Given>, Option<Date>),
    passages: Vec<Passage>,
    /// The words that the file itself gives for the same places.
    layer: Vec<Passage>,
    /// Second looks at rows.
    looks: Vec<Look>,
    language: Option<Language>,
    /// The last page with places of signatures that were not read yet.
    last: Option<(u32, Vec<Excerpt>, TextLayer)>,
    failure: Option<Failure>,
}

impl<'a> Gathering<'a> {
    /// Nothing yet; `given` are fields and a date that are known better.
    pub(super) const fn new(
        recognition: &'a Recognition,
        given: (Option<&'a Given>, Option<Date>),
    ) -> Self {
        Self {
            recognition,
            given,
            passages: Vec::new(),
            layer: Vec::new(),
            looks: Vec::new(),
            language: None,
            last: None,
            failure: None,
        }
    }

    /// Takes in a page's places, and the words that the file gives for it.
    pub(super) fn add(&mut self, page: u32, excerpts: Vec<Excerpt>, layer: TextLayer) {
        if excerpts.is_empty() {
            return;
        }
        if page == 1 {
            self.read(page, &excerpts, &layer);
        } else {
            self.last = Some((page, excerpts, layer));
        }
    }

    /// Reads what was left for the end.
    pub(super) fn complete(&mut self) {
        if let Some((page, excerpts, layer)) = self.last.take() {
            self.read(page, &excerpts, &layer);
        }
    }

    /// The fields as far as they are known; `None` where neither reading is wanted nor anything is given.
    pub(super) fn fields(&self) -> Option<report::Fields> {
        match self.recognition {
            // A date alone is told elsewhere.
            Recognition::Off => self
                .given
                .0
                .map(|_| report::Fields::unread(&Why::not_asked(), self.given)),
            Recognition::Missing { reason } => {
                let why = Why::of_recognition(reason);
                Some(report::Fields::unread(&why, self.given))
            }
            Recognition::By(_) => {
                let mut fields = report::Fields::of(&self.settled(), self.given);
                if let Some(failure) = &self.failure {
                    fields.explain(&Why::of_recognition(failure));
                }
                fields.tell_layer(&fields::read(&self.layer));
                Some(fields)
            }
        }
    }

    fn settled(&self) -> Fields {
        closer::settled(fields::read(&self.passages), &self.looks)
    }

    /// Where the file's own words give another number, symbol, date or name than the picture shows.
    pub(super) fn differences(&self) -> Vec<Finding> {
        if self.layer.is_empty() {
            return Vec::new();
        }
        differences(&fields::read(&self.layer), &self.settled())
    }

    fn read(&mut self, page: u32, excerpts: &[Excerpt], layer: &TextLayer) {
        let Some(recogniser) = self.recognition.by() else {
            return;
        };
        if !layer.words.is_empty() {
            let places = excerpts.iter().map(|excerpt| Passage {
                place: excerpt.place,
                page,
                bbox: excerpt.bbox,
                words: layer.within(excerpt.bbox),
            });
            self.layer.extend(places);
        }
        match self.words(recogniser, excerpts) {
            Ok((words, sheet)) => {
                let own = sheet.passages(page, &words);
                let closer = self.look_closer(recogniser, page, (excerpts, &own));
                self.looks.extend(closer);
                if self.language == Some(Language::Chinese) {
                    let under = under_seals(recogniser, page, excerpts);
                    self.looks.extend(under);
                }
                self.passages.extend(own);
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Reads rows of a page once more, at several sizes.
    fn look_closer(
        &self,
        recogniser: &Recogniser,
        page: u32,
        (excerpts, passages): (&[Excerpt], &[Passage]),
    ) -> Vec<Look> {
        let language = self.language.unwrap_or(Language::Vietnamese);
        let (mut lines, mut blocks) = (Vec::new(), Vec::new());
        for (excerpt, passage) in excerpts.iter().zip(passages) {
            for row in closer::rows(&fields::read(std::slice::from_ref(passage)), page) {
                let own = excerpt.close_ups(row, headings(language));
                let own = own.into_iter().map(|close_up| (excerpt, close_up));
                if is_line(passage, row.0) {
                    lines.extend(own);
                } else {
                    blocks.extend(own);
                }
            }
        }
        let of_lines = looks(recogniser, page, &lines, (language, Layout::Line));
        let of_blocks = looks(recogniser, page, &blocks, (language, Layout::Lines));
        [of_lines, of_blocks].concat()
    }

    /// The words of a page's places in the document's language, which is seen on the first of them.
    fn words<'b>(
        &mut self,
        recogniser: &Recogniser,
        excerpts: &'b [Excerpt],
    ) -> Result<(Vec<Word>, Sheet<'b>), Failure> {
        let read = |language: Language| {
            let sheet = Sheet::of(excerpts, headings(language)).ok_or(Failure::NothingToRead)?;
            let how = (language, Layout::Sparse);
            let words = recogniser.words_of(&sheet.raster, sheet.dpi, how)?;
            Ok((words, sheet))
        };
        let known = match recogniser.languages() {
            [only] => Some(*only),
            _ => self.language,
        };
        if let Some(language) = known {
            return read(language);
        }
        let latin = read(Language::Vietnamese)?;
        let has_head = excerpts.iter().any(|excerpt| excerpt.place == Place::Head);
        if sureness(&latin) >= LATIN_SURE {
            self.language = has_head.then_some(Language::Vietnamese);
            return Ok(latin);
        }
        let chinese = read(Language::Chinese)?;
        if sure_hanzi(&chinese.0) >= HANZI_MIN {
            self.language = Some(Language::Chinese);
            return Ok(chinese);
        }
        Ok(latin)
    }
}

/// Findings about what the file's own words give otherwise than the picture shows it, on the same page.
fn differences(given: &Fields, shown: &Fields) -> Vec<Finding> {
    let of_page = |pair: (&Read, &Read)| {
        let (given, shown) = (pair.0.clone().ok()?, pair.1.clone().ok()?);
        (given.page == shown.page).then_some((given, shown))
    };
    let figures = [(&given.number, &shown.number), (&given.date, &shown.date)];
    let figures = figures.into_iter().filter_map(|pair| {
        let (given, shown) = of_page(pair).filter(|(given, shown)| given.value != shown.value)?;
        let word = |field: &fields::Field, confidence| Word {
            text: field.written.clone(),
            bbox: field.bbox,
            confidence,
        };
        let shown_word = word(&shown, Some(shown.confidence));
        rules::file::text_differs(shown.page, &[word(&given, None)], &[shown_word])
    });
    // Marks and spaces are lost by recognisers, and by what writes text layers.
    let names = [
        ("symbol", &given.symbol, &shown.symbol),
        ("issuer", &given.issuer, &shown.issuer),
        ("signer", &given.signer, &shown.signer),
    ];
    let names = names.into_iter().filter_map(|(name, given, shown)| {
        let (given, shown) = of_page((given, shown))?;
        let differs = plain::squeezed(&given.value) != plain::squeezed(&shown.value);
        let values = (given.value.as_str(), shown.value.as_str());
        differs.then(|| rules::file::field_differs(shown.page, name, values))
    });
    figures.chain(names).collect()
}

/// Whether a language's headings are coloured.
const fn headings(language: Language) -> Headings {
    match language {
        Language::Vietnamese => Headings::Black,
        Language::Chinese => Headings::Coloured,
    }
}

/// Whether a row of a place is one line of print.
fn is_line(passage: &Passage, row: PixelRect) -> bool {
    let within = passage
        .words
        .iter()
        .filter(|word| word.bbox.overlap(row) > 0);
    let tallest = within.map(|word| word.bbox.height).max();
    tallest.is_none_or(|tallest| f64::from(row.height) < LINES_HEIGHT_MIN * f64::from(tallest))
}

/// What is read of close-ups of a page, each of an excerpt.
fn looks(
    recogniser: &Recogniser,
    page: u32,
    close_ups: &[(&Excerpt, Excerpt)],
    how: (Language, Layout),
) -> Vec<Look> {
    let Some((first, _)) = close_ups.first() else {
        return Vec::new();
    };
    let pictures: Vec<&Gray> = close_ups.iter().map(|(_, own)| &own.raster).collect();
    // What fails here leaves the rows as unsure as they were.
    let words = recogniser.words_of_each(&pictures, first.dpi, how);
    let each = close_ups.iter().zip(words.unwrap_or_default());
    let looks = each.map(|((excerpt, own), words)| {
        let on_page = |word: Word| Word {
            bbox: own.on_page(word.bbox),
            ..word
        };
        let passage = Passage {
            place: own.place,
            page,
            // Where it lies is judged by the whole place.
            bbox: excerpt.bbox,
            words: words.into_iter().map(on_page).collect(),
        };
        Look {
            place: excerpt.place,
            fields: fields::read(&[passage]),
        }
    });
    looks.collect()
}

/// What stands under the seals of a page, read line by line at several sizes and contrasts.
fn under_seals(recogniser: &Recogniser, page: u32, excerpts: &[Excerpt]) -> Vec<Look> {
    let at_seals = excerpts
        .iter()
        .filter(|excerpt| excerpt.place == Place::Signature);
    let rendered: Vec<(&Excerpt, Excerpt)> = at_seals
        .flat_map(|excerpt| {
            excerpt
                .renderings()
                .into_iter()
                .map(move |own| (excerpt, own))
        })
        .collect();
    looks(
        recogniser,
        page,
        &rendered,
        (Language::Chinese, Layout::Lines),
    )
}

/// How sure the words of a head are on the whole, or all where there is no head.
fn sureness((words, sheet): &(Vec<Word>, Sheet<'_>)) -> f64 {
    let passages = sheet.passages(1, words);
    let head = passages.iter().find(|passage| passage.place == Place::Head);
    let words = head.map_or(words.as_slice(), |head| head.words.as_slice());
    let mut sum = (0.0, 0.0);
    for word in words {
        let letters = word.text.chars().count() as f64;
        sum = (
            sum.0 + letters * word.confidence.unwrap_or(1.0),
            sum.1 + letters,
        );
    }
    if sum.1 > 0.0 { sum.0 / sum.1 } else { 0.0 }
}

/// Chinese characters that are sure.
fn sure_hanzi(words: &[Word]) -> usize {
    let sure = words.iter().filter(|word| {
        word.confidence
            .is_none_or(|confidence| confidence >= HANZI_SURE)
    });
    let is_hanzi = |letter: &char| ('\u{4e00}'..='\u{9fff}').contains(letter);
    sure.map(|word| word.text.chars().filter(is_hanzi).count())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::fields::Doubt;
    use crate::reading::fields::Field;

    fn read(values: [&str; 5]) -> Fields {
        let [number, symbol, date, issuer, signer] = values.map(|value| {
            let bbox = PixelRect {
                x: 100,
                y: 100,
                width: 80,
                height: 20,
            };
            if value.is_empty() {
                return Err(Doubt::Absent);
            }
            Ok(Field {
                value: value.to_owned(),
                written: value.to_owned(),
                page: 1,
                bbox,
                row: bbox,
                confidence: 0.95,
            })
        });
        Fields {
            number,
            symbol,
            date,
            issuer,
            signer,
        }
    }

    #[test]
    fn what_the_files_own_text_gives_otherwise_is_told_field_by_field() {
        let shown = [
            "12",
            "QĐ-UBND",
            "2024-05-21",
            "UBND HUYỆN VĨNH MỘC",
            "Lê Thị Hà",
        ];
        assert_eq!(differences(&read(shown), &read(shown)), []);
        // A recogniser loses marks, and so does what writes layers.
        let unmarked = [
            "12",
            "QĐ-UBND",
            "2024-05-21",
            "UBND HUYEN VINH MOC",
            "Le Thi Ha",
        ];
        assert_eq!(differences(&read(unmarked), &read(shown)), []);
        // What only one of them says differs from nothing.
        assert_eq!(differences(&read(["", "", "", "", ""]), &read(shown)), []);
        for (at, other) in [
            (0, "998"),
            (1, "TB-UBND"),
            (3, "UBND HUYỆN VĨNH HÀ"),
            (4, "Trần Văn Bình"),
        ] {
            let mut given = shown;
            given[at] = other;
            let found = differences(&read(given), &read(shown));
            let codes: Vec<_> = found.iter().map(|own| own.code.as_str()).collect();
            assert_eq!(codes, ["document.text_differs"], "{other}");
            assert!(found[0].message.contains(other), "{}", found[0].message);
            assert_eq!(found[0].page, Some(1));
        }
    }
}
