//! Documents in one go, and the date that they bear: where it is not given and print is read, pages wait until it is known, since
//! what an impression comes to depends on it.

use std::cell::RefCell;
use std::ops::ControlFlow;

use crate::extraction::Impression;
use crate::rules::Finding;
use crate::sandbox;
use crate::sandbox::PageReading;
use crate::sandbox::Reading;
use crate::sandbox::recognition::Recognition;
use crate::verify::Examination;
use crate::verify::Examined;
use crate::verify::Examiner;
use crate::verify::claimed;
use crate::verify::crops::Crops;
use crate::verify::crops::Packed;
use crate::verify::fields::Fields;
use crate::verify::gathering::Gathering;
use crate::verify::report::DateSource;

/// Impressions that wait for the date, at most: 20 MB. A document whose first pages bear more is examined without the
/// date that its last page may bear.
const HELD_IMPRESSIONS_MAX: usize = 32;
/// Pages that wait, at most.
const HELD_PAGES_MAX: usize = 1_000;

/// A document's own fields, and where the file's text differs from the picture.
pub(super) type Said = (Fields, Vec<Finding>);

/// What is wanted of a document beside its report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The impressions, for pictures.
    pub pictures: bool,
    /// What it is examined anew from.
    pub crops: bool,
}

impl Wanted {
    /// The impressions alone.
    pub const PICTURES: Self = Self {
        pictures: true,
        crops: false,
    };
}

/// Reads a document in a child process and examines it; its own words are read once, however often it is.
pub(super) fn examined(
    path: &str,
    source: sandbox::Source<'_>,
    options: &sandbox::Options,
    (examination, wanted, on_page): (&Examination<'_>, Wanted, &dyn Fn(u32)),
) -> Examined {
    let known: RefCell<Option<Said>> = RefCell::new(None);
    claimed::in_turn(options, examination, |options| {
        let before = known.borrow().clone();
        let mut quiet = options.clone();
        if before.is_some() {
            quiet.recognition = Recognition::Off;
        }
        let mut pages = Pages::new(examination, &options.recognition, before, wanted);
        let reading = sandbox::read_each(source, &quiet, &mut |page| {
            on_page(page.number);
            pages.add(page)
        });
        pages.complete();
        *known.borrow_mut() = pages.said();
        pages.finish(path, &reading)
    })
}

/// Pages on their way to the examiner.
struct Pages<'a> {
    /// What was asked, before the document told its date.
    examination: Examination<'a>,
    examiner: Examiner<'a>,
    /// What is still to be read; `None` where it was before.
    gathering: Option<Gathering<'a>>,
    /// Those that wait for the date; `None` once it is known, or not waited for.
    held: Option<Vec<PageReading>>,
    /// Where the file's own text differs from the picture.
    differences: Vec<Finding>,
    impressions: Vec<Impression>,
    /// Whether impressions are kept.
    pictures: bool,
    /// The pages, packed; `None` if that is not wanted, or they are too many.
    crops: Option<Packed>,
}

impl<'a> Pages<'a> {
    fn new(
        examination: &Examination<'a>,
        recognition: &'a Recognition,
        before: Option<Said>,
        wanted: Wanted,
    ) -> Self {
        let mut pages = Self {
            examination: *examination,
            examiner: Examiner::new(examination),
            gathering: None,
            held: None,
            differences: Vec::new(),
            impressions: Vec::new(),
            pictures: wanted.pictures,
            crops: wanted.crops.then(Packed::default),
        };
        match before {
            Some((fields, differences)) => {
                pages.tell(Some(fields));
                pages.differences = differences;
            }
            None => {
                pages.gathering = Some(Gathering::new(
                    recognition,
                    (examination.given, examination.date),
                ));
                let waits = recognition.by().is_some() && examination.date.is_none();
                pages.held = waits.then(Vec::new);
            }
        }
        pages
    }

    /// What is known for the next time.
    fn said(&self) -> Option<Said> {
        let fields = self.examiner.fields.clone()?;
        Some((fields, self.differences.clone()))
    }

    fn tell(&mut self, fields: Option<Fields>) {
        if let Some(date) = fields.as_ref().and_then(Fields::date) {
            self.examiner.read_date(date);
        }
        self.examiner.fields = fields;
    }

    /// Takes a page in; breaks off where no more of the document may be looked at.
    fn add(&mut self, mut page: PageReading) -> ControlFlow<()> {
        if self.examiner.is_stopped(&page) {
            // Nothing of a secret document is read any more, nor kept.
            (self.gathering, self.held, self.crops) = (None, None, None);
            self.impressions.clear();
            return ControlFlow::Break(());
        }
        let number = page.number;
        let excerpts = std::mem::take(&mut page.excerpts);
        if let Some(gathering) = &mut self.gathering {
            let layer = std::mem::take(&mut page.text_layer);
            gathering.add(number, excerpts, layer);
        }
        let Some(held) = &mut self.held else {
            self.examine(page);
            return ControlFlow::Continue(());
        };
        held.push(page);
        let count = |page: &PageReading| {
            page.content
                .as_ref()
                .map_or(0, |found| found.impressions.len())
        };
        let is_full = held.len() > HELD_PAGES_MAX
            || held.iter().map(count).sum::<usize>() > HELD_IMPRESSIONS_MAX;
        let fields = self
            .gathering
            .as_ref()
            .filter(|_| number == 1)
            .and_then(Gathering::fields);
        if is_full || fields.as_ref().and_then(Fields::date).is_some() {
            self.tell(fields);
            self.release();
        }
        ControlFlow::Continue(())
    }

    /// Examines those that waited.
    fn release(&mut self) {
        for page in self.held.take().unwrap_or_default() {
            self.examine(page);
        }
    }

    fn examine(&mut self, page: PageReading) {
        self.crops = self.crops.take().and_then(|crops| crops.with(&page));
        let found = self.examiner.page(page);
        if self.pictures {
            self.impressions.extend(found);
        }
    }

    /// All pages have come.
    fn complete(&mut self) {
        let Some(mut gathering) = self.gathering.take() else {
            return;
        };
        gathering.complete();
        let fields = gathering.fields();
        self.differences = gathering.differences();
        if self.held.is_some() {
            self.tell(fields);
            self.release();
        } else {
            self.examiner.fields = fields;
        }
    }

    /// The document, all pages of which have been examined.
    fn finish(mut self, path: &str, reading: &Reading) -> Examined {
        self.examiner.findings.extend(self.differences.clone());
        let said = self.said();
        let is_dated = self.examiner.dated == DateSource::Ocr;
        let mut examined = self.examiner.finish(path, reading, self.impressions);
        let pages = self.crops.filter(|_| examined.report.has_verdict());
        let said = (said.as_ref(), is_dated);
        examined.crops = pages.map(|pages| Crops::new(reading, pages, said, &self.examination));
        examined
    }
}
