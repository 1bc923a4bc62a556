//! A document's own words, gathered page by page: the head of page 1 at once, since most letters bear their date
//! there, and the places of signatures of the last page that bears a seal.

use jiff::civil::Date;

use crate::reading::Word;
use crate::reading::excerpt::Excerpt;
use crate::reading::excerpt::Place;
use crate::reading::fields;
use crate::reading::fields::Fields;
use crate::reading::fields::Passage;
use crate::reading::fields::closer;
use crate::reading::sheet::Headings;
use crate::reading::sheet::Sheet;
use crate::sandbox::recognition::Failure;
use crate::sandbox::recognition::Language;
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

/// Why a field is not known that nobody asked for.
const NOT_ASKED: &str = "not looked for: --ocr auto does";

/// What has been gathered of a document.
pub(super) struct Gathering<'a> {
    recognition: &'a Recognition,
    given: (Option<&'a Given>, Option<Date>),
    passages: Vec<Passage>,
    /// Second looks at rows that were unsure.
    looks: Vec<Fields>,
    language: Option<Language>,
    /// The last page with places of signatures that were not read yet.
    last: Option<(u32, Vec<Excerpt>)>,
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
            looks: Vec::new(),
            language: None,
            last: None,
            failure: None,
        }
    }

    /// Takes in a page's places.
    pub(super) fn add(&mut self, page: u32, excerpts: Vec<Excerpt>) {
        if excerpts.is_empty() {
            return;
        }
        if page == 1 {
            self.read(page, &excerpts);
        } else {
            self.last = Some((page, excerpts));
        }
    }

    /// Reads what was left for the end.
    pub(super) fn complete(&mut self) {
        if let Some((page, excerpts)) = self.last.take() {
            self.read(page, &excerpts);
        }
    }

    /// The fields as far as they are known; `None` where neither reading is wanted nor anything is given.
    pub(super) fn fields(&self) -> Option<report::Fields> {
        match self.recognition {
            // A date alone is told elsewhere.
            Recognition::Off => self
                .given
                .0
                .map(|_| report::Fields::unread(NOT_ASKED, self.given)),
            Recognition::Missing { reason } => Some(report::Fields::unread(reason, self.given)),
            Recognition::By(_) => {
                let read = closer::settled(fields::read(&self.passages), &self.looks);
                let mut fields = report::Fields::of(&read, self.given);
                if let Some(failure) = &self.failure {
                    fields.explain(&failure.reason);
                }
                Some(fields)
            }
        }
    }

    fn read(&mut self, page: u32, excerpts: &[Excerpt]) {
        let Some(recogniser) = self.recognition.by() else {
            return;
        };
        match self.words(recogniser, excerpts) {
            Ok((words, sheet)) => {
                let own = sheet.passages(page, &words);
                self.looks
                    .extend(self.look_closer(recogniser, page, (excerpts, &own)));
                self.passages.extend(own);
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Reads rows of a page that are unsure once more, at several sizes.
    fn look_closer(
        &self,
        recogniser: &Recogniser,
        page: u32,
        (excerpts, passages): (&[Excerpt], &[Passage]),
    ) -> Vec<Fields> {
        let mut looks = Vec::new();
        for row in closer::rows(&fields::read(passages), page) {
            let holds = |excerpt: &&Excerpt| excerpt.bbox.overlap(row) > 0;
            let Some(excerpt) = excerpts.iter().find(holds) else {
                continue;
            };
            let close_ups = excerpt.close_ups(row);
            let Some(sheet) = Sheet::of(&close_ups, Headings::Black) else {
                continue;
            };
            let language = self.language.unwrap_or(Language::Vietnamese);
            // What fails here leaves the row as unsure as it was.
            let words = recogniser.words(&sheet.raster, sheet.dpi, language);
            let sized = sheet.passages(page, &words.unwrap_or_default());
            looks.extend(sized.into_iter().map(|passage| {
                // Where it lies is judged by the whole place.
                let bbox = excerpt.bbox;
                fields::read(&[Passage { bbox, ..passage }])
            }));
        }
        looks
    }

    /// The words of a page's places in the document's language, which is seen on the first of them.
    fn words<'b>(
        &mut self,
        recogniser: &Recogniser,
        excerpts: &'b [Excerpt],
    ) -> Result<(Vec<Word>, Sheet<'b>), Failure> {
        let read = |language: Language| {
            let headings = match language {
                Language::Vietnamese => Headings::Black,
                Language::Chinese => Headings::Coloured,
            };
            let sheet = Sheet::of(excerpts, headings).ok_or_else(|| Failure {
                reason: "there is nothing to read".to_owned(),
            })?;
            let words = recogniser.words(&sheet.raster, sheet.dpi, language)?;
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
