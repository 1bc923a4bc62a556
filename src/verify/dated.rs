//! Documents in one go, and the date that they bear: where it is not given and print is read, pages wait until it is known, since
//! what an impression comes to depends on it.

use std::cell::RefCell;
use std::ops::ControlFlow;

use crate::extraction::Impression;
use crate::rules::Finding;
use crate::sandbox;
use crate::sandbox::PageReading;
use crate::sandbox::recognition::Recognition;
use crate::verify::Examination;
use crate::verify::Examined;
use crate::verify::Examiner;
use crate::verify::claimed;
use crate::verify::fields::Fields;
use crate::verify::gathering::Gathering;

/// Impressions that wait for the date, at most: 20 MB. A document whose first pages bear more is examined without the
/// date that its last page may bear.
const HELD_IMPRESSIONS_MAX: usize = 32;
/// Pages that wait, at most.
const HELD_PAGES_MAX: usize = 1_000;

/// A document's own fields, and where the file's text differs from the picture.
type Said = (Fields, Vec<Finding>);

/// Whether the pictures of impressions are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pictures {
    Kept,
    Dropped,
}

/// Reads a document in a child process and examines it; its own words are read once, however often it is.
pub(super) fn examined(
    path: &str,
    source: sandbox::Source<'_>,
    options: &sandbox::Options,
    (examination, pictures): (&Examination<'_>, Pictures),
) -> Examined {
    let known: RefCell<Option<Said>> = RefCell::new(None);
    claimed::in_turn(options, examination, |options| {
        let before = known.borrow().clone();
        let mut quiet = options.clone();
        if before.is_some() {
            quiet.recognition = Recognition::Off;
        }
        let mut pages = Pages::new(examination, &options.recognition, before, pictures);
        let reading = sandbox::read_each(source, &quiet, &mut |page| pages.add(page));
        pages.complete();
        *known.borrow_mut() = pages.said();
        pages.examiner.finish(path, &reading, pages.impressions)
    })
}

/// Pages on their way to the examiner.
struct Pages<'a> {
    examiner: Examiner<'a>,
    /// What is still to be read; `None` where it was before.
    gathering: Option<Gathering<'a>>,
    /// Those that wait for the date; `None` once it is known, or not waited for.
    held: Option<Vec<PageReading>>,
    /// Where the file's own text differs from the picture.
    differences: Vec<Finding>,
    impressions: Vec<Impression>,
    pictures: Pictures,
}

impl<'a> Pages<'a> {
    fn new(
        examination: &Examination<'a>,
        recognition: &'a Recognition,
        before: Option<Said>,
        pictures: Pictures,
    ) -> Self {
        let mut pages = Self {
            examiner: Examiner::new(examination),
            gathering: None,
            held: None,
            differences: Vec::new(),
            impressions: Vec::new(),
            pictures,
        };
        match before {
            Some((fields, differences)) => {
                pages.tell(Some(fields));
                pages.differ(differences);
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

    /// Takes in where the file's own text differs from the picture.
    fn differ(&mut self, differences: Vec<Finding>) {
        self.examiner.findings.extend(differences.clone());
        self.differences = differences;
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
            (self.gathering, self.held) = (None, None);
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
        let found = self.examiner.page(page);
        if self.pictures == Pictures::Kept {
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
        self.differ(gathering.differences());
        if self.held.is_some() {
            self.tell(fields);
            self.release();
        } else {
            self.examiner.fields = fields;
        }
    }
}
