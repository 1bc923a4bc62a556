//! Words of pictures, by tesseract in a child process that can be killed.
//!
//! Tesseract is a program of its own and may be missing; then nothing is recognised and nothing fails.
//! It is run by this program's own executable, started with a hidden argument, which first gives up what it does not need:
//! it may read what programs and language data are made of, and neither write nor connect.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::io;
use std::io::Cursor;
use std::io::Read;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::ChildStdin;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use image::ExtendedColorType;
use image::ImageEncoder;
use image::codecs::png::CompressionType;
use image::codecs::png::FilterType;
use image::codecs::png::PngEncoder;
use tiff::encoder::TiffEncoder;
use tiff::encoder::colortype::Gray8;

use crate::imaging::Gray;
use crate::reading::Failure;
use crate::reading::Word;
use crate::sandbox::RECOGNISER_ARGUMENT;
use crate::sandbox::guard::Guard;
use crate::sandbox::tsv;
use crate::units::stored;

/// Bytes of an answer, at most: a page of small print gives 100 kB.
const ANSWER_BYTES_MAX: u64 = 4 << 20;
/// Time on the clock for one sheet: a minute, where half a second is usual, for machines that have other work.
const WALL: Duration = Duration::from_secs(60);
/// How print lies on a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Here and there.
    Sparse,
    /// In lines below one another, as wide as the picture: under a seal they are read whole then, and in pieces otherwise.
    Lines,
    /// In one line.
    Line,
    /// As one word.
    Word,
}

impl Layout {
    /// Tesseract's number of the way to look for it. Sparse text in no particular order keeps columns apart: measured on the heads
    /// of letters, of modes 3, 4, 6, 11 and 12 this one alone never joins the two columns, and none reads their words better.
    const fn segmentation(self) -> &'static str {
        match self {
            Self::Sparse => "11",
            Self::Lines => "6",
            Self::Line => "7",
            Self::Word => "8",
        }
    }
}

/// A language that print is recognised in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Latin letters with accents.
    Vietnamese,
    /// Simplified characters.
    Chinese,
}

impl Language {
    /// Tesseract's name of its data.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vietnamese => "vie",
            Self::Chinese => "chi_sim",
        }
    }

    /// Debian's package of its data.
    #[must_use]
    pub const fn package(self) -> &'static str {
        match self {
            Self::Vietnamese => "tesseract-ocr-vie",
            Self::Chinese => "tesseract-ocr-chi-sim",
        }
    }
}

/// What reads print, if anything does.
#[derive(Clone, Debug)]
pub enum Recognition {
    /// Nothing is wanted.
    Off,
    /// It is wanted, but cannot be.
    Missing {
        /// Why, and what to do.
        reason: Failure,
    },
    /// Tesseract does.
    By(Recogniser),
}

impl Recognition {
    /// Tesseract, where it is wanted and can be used.
    #[must_use]
    pub const fn by(&self) -> Option<&Recogniser> {
        match self {
            Self::By(recogniser) => Some(recogniser),
            Self::Off | Self::Missing { .. } => None,
        }
    }

    /// Looks whether a tesseract can be used: `executable` is this program, `tesseract` that one, and `data` the folder
    /// of its language data where it is not tesseract's own.
    #[must_use]
    pub fn of(executable: &Path, tesseract: &Path, data: Option<&Path>) -> Self {
        let mut recogniser = Recogniser {
            executable: executable.to_owned(),
            tesseract: tesseract.to_owned(),
            data: data.map(Path::to_owned),
            languages: Vec::new(),
            wall: WALL,
        };
        let listed = match recogniser.run(vec!["--list-langs".into()], Vec::new()) {
            Ok(listed) => listed,
            Err(reason) => return Self::Missing { reason },
        };
        let both = [Language::Vietnamese, Language::Chinese];
        let has = |language: &Language| listed.lines().any(|line| line.trim() == language.code());
        recogniser.languages = both.into_iter().filter(has).collect();
        if recogniser.languages.is_empty() {
            let packages = both.map(Language::package).to_vec();
            let reason = Failure::NoData { packages };
            return Self::Missing { reason };
        }
        Self::By(recogniser)
    }
}

/// A tesseract, and how it is run.
#[derive(Clone, Debug)]
pub struct Recogniser {
    executable: PathBuf,
    tesseract: PathBuf,
    data: Option<PathBuf>,
    languages: Vec<Language>,
    /// Time on the clock for one sheet.
    pub wall: Duration,
}

impl Recogniser {
    /// The languages that it has data of.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// The words of a picture of so many pixels an inch, in the picture's own pixels.
    ///
    /// # Errors
    /// [`Failure`] if the child cannot be started, fails, takes too long, or says too much.
    pub fn words(
        &self,
        picture: &Gray,
        dpi: u32,
        language: Language,
    ) -> Result<Vec<Word>, Failure> {
        self.words_of(picture, dpi, (language, Layout::Sparse))
    }

    /// The same of a picture that holds one line or word.
    ///
    /// # Errors
    /// As of [`Recogniser::words`].
    pub fn words_of(
        &self,
        picture: &Gray,
        dpi: u32,
        (language, layout): (Language, Layout),
    ) -> Result<Vec<Word>, Failure> {
        let size = (stored(picture.width()), stored(picture.height()));
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::NoFilter)
            .write_image(picture.samples(), size.0, size.1, ExtendedColorType::L8)
            .map_err(|error| Failure::NotStored {
                said: error.to_string(),
            })?;
        let table = self.table(png, dpi, (language, layout))?;
        Ok(tsv::words(&table, size))
    }

    /// The words of several pictures, each in its own pixels; in one start of the program.
    ///
    /// # Errors
    /// As of [`Recogniser::words`].
    pub fn words_of_each(
        &self,
        pictures: &[&Gray],
        dpi: u32,
        how: (Language, Layout),
    ) -> Result<Vec<Vec<Word>>, Failure> {
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let stack = stacked(pictures).map_err(|error| Failure::NotStored {
            said: error.to_string(),
        })?;
        let table = self.table(stack, dpi, how)?;
        let sizes: Vec<(u32, u32)> = pictures
            .iter()
            .map(|picture| (stored(picture.width()), stored(picture.height())))
            .collect();
        Ok(tsv::pages(&table, &sizes))
    }

    /// What tesseract says of a picture in a file's bytes.
    fn table(
        &self,
        input: Vec<u8>,
        dpi: u32,
        (language, layout): (Language, Layout),
    ) -> Result<String, Failure> {
        let dpi = dpi.to_string();
        let arguments = [
            "stdin",
            "stdout",
            "-l",
            language.code(),
            "--psm",
            layout.segmentation(),
            "--dpi",
            &dpi,
            "tsv",
        ];
        self.run(arguments.map(OsString::from).to_vec(), input)
    }

    /// Runs tesseract on what is fed to it, and gives back what it says.
    fn run(&self, arguments: Vec<OsString>, input: Vec<u8>) -> Result<String, Failure> {
        let failed = |error: io::Error| Failure::NotStarted {
            said: error.to_string(),
        };
        let data = self.data.as_deref().map_or(OsStr::new(""), Path::as_os_str);
        let mut child = Command::new(&self.executable)
            .arg(RECOGNISER_ARGUMENT)
            .arg(&self.tesseract)
            .arg(data)
            .args(arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map(Guard)
            .map_err(failed)?;
        let pipes = (child.0.stdin.take(), child.0.stdout.take());
        let (Some(stdin), Some(stdout)) = pipes else {
            return Err(failed(io::ErrorKind::BrokenPipe.into()));
        };
        // Nobody waits for these threads: they end with the pipes, and the child with this function.
        thread::spawn(move || feed(stdin, &input));
        let (sender, receiver) = channel();
        thread::spawn(move || sender.send(read(stdout, ANSWER_BYTES_MAX)));
        let answer = receiver.recv_timeout(self.wall);
        let answer = answer.map_err(|_| Failure::TookLonger { after: self.wall })?;
        if answer.len() as u64 > ANSWER_BYTES_MAX {
            return Err(Failure::TooMuch);
        }
        conclude(&mut child, &answer, self.wall)
    }
}

/// Pictures as the pages of one TIFF.
fn stacked(pictures: &[&Gray]) -> Result<Vec<u8>, tiff::TiffError> {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes)?;
    for picture in pictures {
        let (width, height) = (stored(picture.width()), stored(picture.height()));
        encoder.write_image::<Gray8>(width, height, picture.samples())?;
    }
    Ok(bytes.into_inner())
}

/// Waits for a child that has closed its output, but not for ever.
fn conclude(child: &mut Guard, answer: &[u8], wall: Duration) -> Result<String, Failure> {
    const STEP: Duration = Duration::from_millis(5);
    let mut waited = Duration::ZERO;
    let status = loop {
        match child.0.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if waited >= wall => return Err(Failure::TookLonger { after: wall }),
            Ok(None) => {
                thread::sleep(STEP);
                waited += STEP;
            }
            Err(error) => {
                return Err(Failure::Lost {
                    said: error.to_string(),
                });
            }
        }
    };
    if !status.success() {
        return Err(Failure::Failed {
            said: status.to_string(),
        });
    }
    Ok(String::from_utf8_lossy(answer).into_owned())
}

/// Sends the picture; the pipe is closed at the end.
fn feed(mut stdin: ChildStdin, input: &[u8]) {
    // A child that does not read it says so by its answer.
    let _ = stdin.write_all(input);
}

/// Reads up to one byte more than allowed, which shows that there is more.
fn read(stream: impl Read, bytes_max: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What cannot be read is missing from the answer.
    let _ = stream.take(bytes_max + 1).read_to_end(&mut bytes);
    bytes
}
