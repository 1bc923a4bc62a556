//! A service with the demo's register, whose first administrator signs in by its pages.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::chromium::Browser;

pub(crate) const PASSWORD: &str = "bốn mùa hoa nở 7";

/// A service whose first administrator has not come yet.
pub(crate) struct Site {
    process: Child,
    options: Vec<String>,
    address: String,
    link: String,
    pub(crate) folder: TempDir,
}

/// The program with its data in a folder.
fn antin(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_antin"));
    command
        .args(arguments)
        .env("ANTIN_DATA", folder.join("data"))
        .stderr(Stdio::null());
    command
}

/// Starts the service; what it prints.
fn serve(
    folder: &Path,
    listen: &str,
    options: &[String],
) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut process = antin(folder, &["serve", "--jobs", "1", "--ocr", "off"])
        .args(["--listen", listen])
        .args(options)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    (process, lines.map(Result::unwrap))
}

impl Site {
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::of(&[Path::new("fixtures/demo/register.csv")], options)
    }

    /// One whose register is of these files.
    pub(crate) fn of(registers: &[&Path], options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for register in registers {
            let mut import = antin(folder.path(), &["register", "import"]);
            let imported = import.arg(register).stdout(Stdio::null()).status().unwrap();
            assert!(imported.success(), "{register:?} is not imported");
        }
        let options: Vec<String> = options.iter().map(|own| (*own).to_owned()).collect();
        let (process, mut lines) = serve(folder.path(), "127.0.0.1:0", &options);
        let address = lines.find_map(|line| Some(line.split_once("listens on ")?.1.to_owned()));
        let link = lines.find(|line| line.contains("/welcome#")).unwrap();
        Self {
            process,
            options,
            address: address.unwrap(),
            link: link.trim().to_owned(),
            folder,
        }
    }

    /// The link of the first administrator.
    pub(crate) fn link(&self) -> &str {
        &self.link
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Lets the service stand still: what is sent to it is not read.
    pub(crate) fn halt(&self) {
        let process = self.process.id().to_string();
        let halted = Command::new("kill").args(["-STOP", &process]).status();
        assert!(halted.unwrap().success(), "the service goes on");
    }

    /// Ends the service: its connections break.
    pub(crate) fn end(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts the service again, with its data and under its address.
    pub(crate) fn begin_again(&mut self) {
        let listen = self.address.strip_prefix("http://").unwrap();
        let (process, mut lines) = serve(self.folder.path(), listen, &self.options);
        self.process = process;
        assert!(lines.any(|line| line.contains("listens on ")), "it ended");
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where pictures of pages are kept.
pub(crate) fn album() -> Option<PathBuf> {
    let album = PathBuf::from(std::env::var_os("ANTIN_SCREENSHOTS")?);
    fs::create_dir_all(&album).unwrap();
    Some(album)
}

/// Keeps the page as a picture, wide and narrow, if pictures are wanted; it fits both.
pub(crate) fn pass(browser: &mut Browser, name: &str) {
    for width in [1280, 360] {
        browser.wide(width);
        // Not with the window's own width: a narrow one is zoomed out until the page fits.
        let over = browser.value(&format!("document.documentElement.scrollWidth - {width}"));
        assert!(
            over.as_i64().unwrap() <= 0,
            "{name} is wider than {width}: {over}"
        );
        if let Some(album) = album() {
            browser.picture(&album.join(format!("{name}-{width}.jpg")));
        }
    }
    browser.wide(1280);
}

pub(crate) fn first_administrator(browser: &mut Browser, site: &Site) {
    browser.visit(&site.link);
    browser.until("!document.querySelector('[data-for=first_administrator]').hidden");
    pass(browser, "welcome");
    for (field, text) in [
        ("name", "Trần Thị An"),
        ("login", "an"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ] {
        browser.fill(&format!("#welcome [name={field}]"), text);
    }
    browser.press("#welcome button");
    browser.until("location.pathname === '/sign-in' && document.querySelector('#sign-in')");
    pass(browser, "sign-in");
    // A wrong password is said, and the page stays.
    browser.fill("#sign-in [name=login]", "an");
    browser.fill("#sign-in [name=password]", "something else 12");
    browser.press("#sign-in button");
    browser.until("!document.querySelector('#sign-in .error').hidden");
    browser.value("document.querySelector('#sign-in [name=password]').value = ''");
    browser.fill("#sign-in [name=password]", PASSWORD);
    browser.press("#sign-in button");
    browser.until("location.pathname === '/' && document.querySelector('.counts')");
}

/// Reads a page in a language.
pub(crate) fn read_in(browser: &mut Browser, site: &Site, (language, path): (&str, &str)) {
    browser.follow(&site.at(&format!("/language/{language}?back={path}")));
    browser.until(&format!("document.documentElement.lang.startsWith('{language}') && location.pathname === '{path}' && document.readyState === 'complete'"));
}

/// A scan of the demo.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new("fixtures/demo/docs").join(name)
}

/// Hands in scans of the demo by the page, and waits until they are examined.
pub(crate) fn hand_in_samples(browser: &mut Browser, site: &Site, names: &[&str]) {
    let files: Vec<PathBuf> = names.iter().map(|name| sample(name)).collect();
    hand_in(browser, site, &files);
}

/// Nothing of what is shown in these places is English, in Vietnamese and in Chinese, whatever the register holds.
pub(crate) fn speaks(browser: &mut Browser, site: &Site, paths: &[&str]) {
    for language in ["vi", "zh"] {
        for path in paths {
            read_in(browser, site, (language, path));
            is_not_english(browser, "main");
        }
    }
}

/// Nothing in what the selector finds is English.
pub(crate) fn is_not_english(browser: &mut Browser, selector: &str) {
    let english = browser.value(&format!(
        "(() => {{ const place = document.querySelector('{selector}'); return [place.querySelectorAll('[lang=en]').length, place.innerText.match(/\\b(the|of|and|is|are|was|were|with|cannot|days?)\\b/gi)]; }})()"
    ));
    let text = browser.value(&format!("document.querySelector('{selector}').innerText"));
    assert_eq!(english, serde_json::json!([0, null]), "{text}");
}

/// Hands in a scan of the demo as one of a day, and waits until it is examined.
pub(crate) fn hand_in_dated(browser: &mut Browser, site: &Site, (name, day): (&str, &str)) {
    browser.visit(&site.at("/intake"));
    browser.value(&format!(
        "document.querySelector('#dated').value = '{day}', 0"
    ));
    hand_in_here(browser, &[sample(name)]);
}

/// Hands in scans by the page, and waits until they are examined.
pub(crate) fn hand_in(browser: &mut Browser, site: &Site, files: &[PathBuf]) {
    browser.visit(&site.at("/intake"));
    hand_in_here(browser, files);
}

fn hand_in_here(browser: &mut Browser, files: &[PathBuf]) {
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    browser.choose("#files", &files);
    let count = files.len();
    browser.until(&format!(
        "Number(document.querySelector('#current [data-done]')?.textContent) >= {count}"
    ));
}
