//! Whole labelled sets: a register with specimens, documents in many conditions, and the truth.

mod copies;
mod families;
mod fillings;
mod findings;
mod folder;
mod framed;
mod hardships;
mod lives;
mod plan;
mod straddles;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use kurbo::Affine;
use kurbo::Point;
use rayon::prelude::*;

use crate::synthesis::catalogue;
use crate::synthesis::catalogue::Seal;
use crate::synthesis::chance::Chance;
use crate::synthesis::document;
use crate::synthesis::document::Document;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::forgery::Strength;
use crate::synthesis::ink::Care;
use crate::synthesis::scan::Mode;
use crate::synthesis::scan::Scanner;
use crate::synthesis::scan::specimen_png;
use crate::synthesis::sheet::Overlay;
use crate::synthesis::sheet::Sheet;
use crate::synthesis::stamp;
use crate::synthesis::stamp::Make;
use crate::synthesis::stamp::World;
use crate::synthesis::truth::Truth;

pub use plan::plan;

/// The register of a set.
const REGISTER: &str = "register.csv";
/// What is known of its documents.
const TRUTH: &str = "truth.jsonl";

/// What a set is to hold.
#[derive(Clone, Debug)]
pub struct Options {
    /// Registered seals.
    pub seals: usize,
    /// Documents that bear, or pretend to bear, each of them.
    pub documents_per_seal: usize,
    /// Impressions of each seal in the register, 1 to 5.
    pub specimens: usize,
    /// Names of conditions to draw from; when empty, all of them but those with a bad feed.
    pub conditions: Vec<String>,
    /// How far false dies stray from the registered ones.
    pub strength: Strength,
    /// What the documents are.
    pub content: Content,
    /// The same seed gives the same bytes.
    pub seed: u64,
}

/// What the documents of a set are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// Genuine, forged, deformed, copied and unregistered seals, and pages without one.
    #[default]
    Mixed,
    /// The same of oval and of square or rectangular seals alone.
    Shapes,
    /// Genuine impressions, copies of them pasted and printed, and their sheets scanned once more.
    Copies,
    /// Several impressions of each of a few dies that are in no register: forged ones and strangers'.
    Families,
    /// Of registered seals only, sound and damaged in turn, by every kind of damage.
    Damage,
    /// Seals of every shape on bad days: at the page's edge, under another seal, smeared, photographed.
    Hardships,
    /// Genuine impressions on pages of every filling, some of them bare but for a letterhead.
    Pages,
    /// Genuine impressions on letters to be read, printed ones and such as are filled in by hand.
    Letters,
    /// Letters of several sheets with a seal across their edges, half of them with a sheet missing, replaced, swapped
    /// or foreign.
    Straddling,
    /// Letters with a stamp of secrecy or urgency, or with a frame that is none.
    Marks,
    /// Sealed forms, blank, half-filled and filled, and letters.
    Forms,
    /// Letters of which findings are due that the other sets give no cause for, and such of which none is.
    Findings,
    /// Dated impressions of registered seals over years, some of whose dies wear or break.
    Wear,
}

impl Content {
    /// Whether it is about where seals stand and what pages say, which rules of their countries ask for.
    const fn is_under_law(self) -> bool {
        match self {
            Self::Pages
            | Self::Letters
            | Self::Straddling
            | Self::Marks
            | Self::Forms
            | Self::Findings => true,
            Self::Mixed
            | Self::Shapes
            | Self::Copies
            | Self::Families
            | Self::Damage
            | Self::Hardships
            | Self::Wear => false,
        }
    }
}

/// Why a set could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A condition is not known.
    #[error("there is no condition {name}; known are {}", document::condition_names().join(", "))]
    UnknownCondition {
        /// As it was asked for.
        name: String,
    },
    /// The folder holds what is not of the set.
    #[error(
        "{} holds {}, which is not of this set: give an empty folder, or remove what is there",
        directory.display(), found.display()
    )]
    Occupied {
        /// The folder.
        directory: PathBuf,
        /// The first such file.
        found: PathBuf,
    },
    /// A number that the set cannot have.
    #[error("{name} must be {range}, not {found}")]
    OutOfRange {
        /// Whose number.
        name: &'static str,
        /// What it may be.
        range: &'static str,
        /// What it was.
        found: usize,
    },
}

impl Error {
    /// Whether something was asked for that cannot be.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        match self {
            Self::UnknownCondition { .. } | Self::Occupied { .. } | Self::OutOfRange { .. } => true,
            Self::Write { .. } => false,
        }
    }
}

impl Options {
    /// Sees that such a set can be.
    ///
    /// # Errors
    /// [`Error`] says what was asked for in vain.
    pub fn check(&self) -> Result<(), Error> {
        let within = |name, found, max, range| {
            if (1..=max).contains(&found) {
                Ok(())
            } else {
                Err(Error::OutOfRange { name, range, found })
            }
        };
        within("specimens", self.specimens, 5, "1 to 5")?;
        within("seals", self.seals, 999, "1 to 999")?;
        plan::chosen(&self.conditions).map(drop)
    }
}

/// How many documents and lines of truth were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Registered seals.
    pub seals: usize,
    /// Documents.
    pub documents: usize,
    /// Lines of truth: impressions, and pages without one.
    pub truths: usize,
}

/// Writes a set into `directory`: `register.csv`, `specimens/`, `docs/` and `truth.jsonl`.
///
/// `progress` is told of the planned number of documents and of each one written. Drawing runs on
/// rayon's current pool; the bytes do not depend on its size.
///
/// # Errors
/// [`Error`] says what could not be written or was asked for in vain.
pub fn write(
    directory: &Path,
    options: &Options,
    fonts: &Fonts,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Written, Error> {
    options.check()?;
    let documents = plan(options)?;
    let world = World {
        fonts,
        seed: options.seed,
        strength: options.strength,
    };
    let seals = match options.content {
        Content::Mixed
        | Content::Copies
        | Content::Families
        | Content::Damage
        | Content::Pages
        | Content::Letters
        | Content::Straddling
        | Content::Marks
        | Content::Forms
        | Content::Findings
        | Content::Wear => catalogue::seals(options.seals, options.seed, fonts),
        Content::Shapes => catalogue::ovals_and_squares(options.seals, options.seed, fonts),
        Content::Hardships => catalogue::seals_of_every_shape(options.seals, options.seed, fonts),
    };
    write_all(
        directory,
        (&seals, &documents),
        (
            Specimens {
                count: options.specimens,
                compact: false,
                under_law: options.content.is_under_law(),
            },
            lives::dates(&documents, &seals, options.seed)
                .into_iter()
                .collect(),
        ),
        world,
        progress,
    )
}

/// The specimens of each seal in the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Specimens {
    /// How many, 1 to 5.
    pub count: usize,
    /// Clean white paper at 300 dpi only, which makes small files.
    pub compact: bool,
    /// Whether the register says which country's law a seal is under, so that rules on its use apply.
    pub under_law: bool,
}

/// A line of truth with the seed of its set, so that seals for calibration and for reports are told apart.
#[derive(serde::Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    truth: &'a Truth,
    seed: u64,
}

/// A file of a set that is not drawn from a plan.
#[derive(Clone, Debug)]
pub struct Extra {
    /// Its path in the set's folder.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// What is known of it.
    pub truths: Vec<Truth>,
}

/// Writes the given seals, with their specimens, and the given documents.
///
/// # Errors
/// [`Error::Write`] names the file.
///
/// # Panics
/// Never: truth is plain values and memory takes every write.
pub fn write_all(
    directory: &Path,
    (seals, documents): (&[Seal], &[Document]),
    (specimens, extras): (Specimens, Vec<Extra>),
    world: World<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Written, Error> {
    let mut own: BTreeSet<PathBuf> = BTreeSet::from([REGISTER.into(), TRUTH.into()]);
    for seal in seals {
        own.extend((1..=specimens.count).map(|number| specimen_name(seal, number).into()));
    }
    own.extend(
        documents
            .iter()
            .map(|document| PathBuf::from(&document.name)),
    );
    own.extend(extras.iter().map(|extra| PathBuf::from(&extra.name)));
    folder::prepare(directory, &own)?;
    make_folder(&directory.join("docs"))?;
    make_folder(&directory.join("specimens"))?;
    let rows: Vec<String> = seals
        .par_iter()
        .map(|seal| write_specimens(directory, seal, specimens, world))
        .collect::<Result<_, _>>()?;
    let law = if specimens.under_law {
        ",jurisdiction"
    } else {
        ""
    };
    let header = "id,organisation,shape,width_mm,height_mm,registered_on,specimen,specimen_dpi";
    let register = format!("{header}{law}\n{}", rows.concat());
    write_file(&directory.join(REGISTER), register.as_bytes())?;
    progress(0, documents.len());
    let mut truths: Vec<Vec<Truth>> = documents
        .par_iter()
        .enumerate()
        .map(|(index, document)| {
            let drawn = document.draw(index, documents, seals, world);
            write_file(&directory.join(&document.name), &drawn.bytes)?;
            progress(1, documents.len());
            Ok(drawn.truths)
        })
        .collect::<Result<_, Error>>()?;
    // A list beside the documents is none of them.
    let others = extras.iter().filter(|extra| !extra.truths.is_empty());
    let files = documents.len() + others.count();
    for extra in extras {
        write_file(&directory.join(&extra.name), &extra.bytes)?;
        truths.push(extra.truths);
    }
    let mut lines = String::new();
    let seed = world.seed;
    for truth in truths.iter().flatten() {
        let line = serde_json::to_string(&Line { truth, seed }).expect("truth is plain values");
        writeln!(lines, "{line}").expect("memory takes every write");
    }
    write_file(&directory.join(TRUTH), lines.as_bytes())?;
    Ok(Written {
        seals: seals.len(),
        documents: files,
        truths: truths.iter().map(Vec::len).sum(),
    })
}

/// Writes a seal's specimens and gives its rows of the register.
fn write_specimens(
    directory: &Path,
    seal: &Seal,
    specimens: Specimens,
    world: World<'_>,
) -> Result<String, Error> {
    let mut rows = String::new();
    let count = specimens.count;
    for number in 1..=count {
        let mut chance = Chance::new(world.seed, &format!("specimen {}", seal.id), number);
        // The last of several comes from a finer scanner.
        let fine = number == count && count > 2 && !specimens.compact;
        let dpi = if fine { 600 } else { 300 };
        let name = specimen_name(seal, number);
        write_file(
            &directory.join(&name),
            &specimen(seal, (dpi, specimens.compact), world, &mut chance),
        )?;
        let (rx, ry) = seal.die.half_size();
        let law = match (specimens.under_law, seal.body.chinese) {
            (false, _) => "",
            (true, false) => ",VN",
            (true, true) => ",CN",
        };
        writeln!(
            rows,
            "{},{},{},{:.1},{:.1},{},{name},{dpi}{law}",
            seal.id,
            seal.body.name,
            seal.die.shape(),
            2.0 * rx,
            2.0 * ry,
            seal.registered_on,
        )
        .expect("memory takes every write");
    }
    Ok(rows)
}

fn specimen_name(seal: &Seal, number: usize) -> String {
    format!("specimens/{}-{number}.png", seal.id)
}

/// A clean impression on white paper, scanned in colour.
fn specimen(
    seal: &Seal,
    (dpi, clean): (u32, bool),
    world: World<'_>,
    chance: &mut Chance,
) -> Vec<u8> {
    let stamped = stamp::stamp(seal, Make::Genuine, Care::Specimen, world, chance);
    let (rx, ry) = stamped.half_size;
    let size = (2.0 * rx + 10.0, 2.0 * ry + 10.0);
    let mut scanner = Scanner::draw(dpi, Mode::Colour, chance);
    scanner.noise = scanner.noise.min(2.0);
    scanner.skew_deg *= 0.5;
    if clean {
        scanner.levels.1 = 0.97 * scanner.paper.into_iter().fold(1.0, f32::min);
        scanner.noise = scanner.noise.min(0.8);
    }
    let pixels = scanner.pixels(size);
    let mut sheet = Sheet::new(pixels.0, pixels.1, scanner.scan_from_sheet(size));
    let middle = Point::new(
        size.0 / 2.0 + chance.between(-1.0, 1.0),
        size.1 / 2.0 + chance.between(-1.0, 1.0),
    );
    let turn = chance.between(-1.0, 1.0).to_radians();
    let scan_from_die =
        sheet.scan_from_sheet * Affine::translate(middle.to_vec2()) * Affine::rotate(turn);
    sheet.lay(Overlay {
        scan_from_picture: scan_from_die * stamped.picture_from_die.inverse(),
        planes: stamped.planes,
    });
    let planes = scanner.read(&sheet, chance);
    specimen_png(&planes, pixels, dpi)
}

fn make_folder(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}
