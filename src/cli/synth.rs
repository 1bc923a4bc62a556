//! `antin synth DIR`: writes a labelled synthetic set for `antin evaluate`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;

use crate::synthesis::demo;
use crate::synthesis::fonts::FONT_DIRECTORY;
use crate::synthesis::fonts::Fonts;
use crate::synthesis::forgery::Strength;
use crate::synthesis::set;
use crate::synthesis::set::Content;
use crate::synthesis::set::Options;

/// Writes a labelled synthetic set (register.csv, specimens, docs, truth.jsonl) for evaluate.
#[derive(clap::Args, Clone, Debug)]
pub struct Args {
    /// The folder to write to; made if it does not exist
    pub directory: PathBuf,
    /// Writes the demonstration set of the program instead, six seals and seventeen documents
    #[arg(long, conflicts_with_all = ["seals", "documents_per_seal", "specimens", "conditions", "forgeries", "of", "seed"])]
    pub demo: bool,
    /// Registered seals
    #[arg(long, default_value_t = 12, value_name = "N")]
    pub seals: usize,
    /// Documents that bear, or pretend to bear, each seal
    #[arg(long, default_value_t = 24, value_name = "N")]
    pub documents_per_seal: usize,
    /// Specimens of each seal in the register, 1 to 5
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub specimens: usize,
    /// Conditions to draw from, separated by commas (c300, c200, g300, b300, poor300, …); all by default but feed, feedg and
    /// feedb, 300 dpi by a scanner whose feed runs 0.2 to 1 % too slowly or too fast
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub conditions: Vec<String>,
    /// How far false dies stray: graded from hardly visible on, marked (0.3 mm, 2 %, 15 %), or
    /// single-axis: one amount at a time over the range of detection curves (radius 0.05 to 0.5 mm,
    /// spacing 0.3 to 3 %, figure 0.5 to 4 degrees, line width 5 to 20 %, one accent 0.1 to 0.6 mm)
    #[arg(long, value_parser = strengths(), default_value = "graded")]
    pub forgeries: Strength,
    /// What the documents bear: some of everything; the same of oval and square seals alone; originals, copies of them pasted or printed anew, and
    /// their sheets scanned once more; families, several impressions of each of a few dies that are in no
    /// register, forged ones and strangers'; impressions of the seals' own dies alone, half of them
    /// sound and half damaged by every kind of damage in turn; impressions of each seal over two to seven
    /// years, two of five dies wearing by and by and one losing a piece, with the documents' dates in dates.csv;
    /// seals of every shape on bad days: over the page's edge, under another seal, struck twice, smeared, on
    /// coloured or thin paper, photographed, at 90 and 600 dpi; seals on letters, on short ones and on paper that
    /// bears nothing but a letterhead; letters to be read, half of them with number and date filled in by hand (in
    /// Chinese ones: with a number, and the date in characters); letters of several sheets with a seal across their
    /// edges, half of them with a sheet missing, replaced, swapped or foreign; letters with a mark of secrecy or
    /// urgency, or a frame that is none; sealed forms, blank, half-filled and filled; or printed letters of which a finding
    /// is due that the other sets give no cause for: Chinese ones whose seal stands beside issuer and date, files with a
    /// change at their end, an embedded file, a script, a signature, words of their own (the picture's or others) or
    /// the seal in an image of its own, and seals across six and seven sheets
    #[arg(long, value_parser = contents(), default_value = "everything", value_name = "CONTENT")]
    pub of: Content,
    /// The same seed gives the same bytes
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// Threads; as many as the machine has by default
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Where the fonts of Debian's packages are
    #[arg(long, default_value = FONT_DIRECTORY, value_name = "DIR")]
    pub fonts: PathBuf,
}

/// Reads the name of a strength.
fn strengths() -> impl TypedValueParser<Value = Strength> {
    PossibleValuesParser::new(["graded", "marked", "single-axis"]).map(|name| match name.as_str() {
        "marked" => Strength::Marked,
        "single-axis" => Strength::SingleAxis,
        _ => Strength::Graded,
    })
}

/// Reads the name of what a set holds.
fn contents() -> impl TypedValueParser<Value = Content> {
    let names = [
        "everything",
        "shapes",
        "copies",
        "families",
        "damage",
        "wear",
        "hardships",
        "pages",
        "letters",
        "straddling",
        "marks",
        "forms",
        "findings",
    ];
    PossibleValuesParser::new(names).map(|name| match name.as_str() {
        "shapes" => Content::Shapes,
        "copies" => Content::Copies,
        "families" => Content::Families,
        "damage" => Content::Damage,
        "wear" => Content::Wear,
        "hardships" => Content::Hardships,
        "pages" => Content::Pages,
        "letters" => Content::Letters,
        "straddling" => Content::Straddling,
        "marks" => Content::Marks,
        "forms" => Content::Forms,
        "findings" => Content::Findings,
        _ => Content::Mixed,
    })
}

/// Draws and writes the set; gives what was written, for the caller to print.
///
/// # Errors
/// If fonts are missing, an option cannot be met, or a file cannot be written.
pub fn run(args: &Args) -> anyhow::Result<set::Written> {
    let options = options(args);
    // Before the fonts: wrong use is told everywhere alike.
    options.check()?;
    let fonts = Fonts::load(&args.fonts)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.jobs.unwrap_or(0))
        .build()
        .context("cannot start threads")?;
    pool.install(|| write(args, &options, &fonts))
}

fn options(args: &Args) -> Options {
    Options {
        seals: args.seals,
        documents_per_seal: args.documents_per_seal,
        specimens: args.specimens,
        conditions: args.conditions.clone(),
        strength: args.forgeries,
        content: args.of,
        seed: args.seed,
    }
}

fn write(args: &Args, options: &Options, fonts: &Fonts) -> anyhow::Result<set::Written> {
    let directory = args.directory.as_path();
    // Hidden by itself where standard error is no terminal.
    let bar = ProgressBar::no_length().with_message("drawing");
    bar.enable_steady_tick(Duration::from_millis(200));
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}")
        .context("the progress bar's template")?;
    bar.set_style(style);
    let progress = |done: usize, total: usize| {
        bar.set_length(total as u64);
        bar.inc(done as u64);
    };
    let written = if args.demo {
        demo::write(directory, fonts, &progress)?
    } else {
        set::write(directory, options, fonts, &progress)?
    };
    bar.finish_and_clear();
    Ok(written)
}
