//! The shape of the source tree: layers, file sizes, names, and what must not be written at all.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the crates have their sources, the lower one first.
const CRATES: [&str; 2] = ["src/engine", "src"];

/// Longest file, tests included.
const FILE_LINES_MAX: usize = 500;

/// File names that say nothing about what the file holds.
const DRAWERS: [&str; 9] = [
    "common", "helper", "helpers", "misc", "mod", "shared", "types", "util", "utils",
];

/// Endings of type names that say nothing about what the type is.
const EMPTY_TITLES: [&str; 4] = ["Handler", "Helper", "Manager", "Processor"];

/// Modules that may hold unsafe code, each with the reason at its top.
const UNSAFE_MODULES: [&str; 1] = ["sandbox"];

#[test]
fn a_module_uses_only_modules_declared_above_it() {
    let layers = layers();
    let mut faults = Vec::new();
    for path in rust_files("src") {
        let module = module_of(&path);
        let Some(own) = layers.iter().position(|layer| *layer == module) else {
            continue; // lib.rs and main.rs stand above every layer.
        };
        for used in paths_from_the_root(&read(&path)) {
            match layers.iter().position(|layer| *layer == used) {
                Some(target) if target <= own => {}
                Some(_) => {
                    faults.push(format!("{}: {module} reaches up to {used}", path.display()));
                }
                None if used.is_empty() => faults.push(format!(
                    "{}: imports are grouped: write one `use` of one module a line",
                    path.display()
                )),
                None => faults.push(format!("{}: {used} is no module of lib.rs", path.display())),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_module_of_the_library_has_a_file_and_every_file_a_module() {
    let layers = layers();
    let mut faults = Vec::new();
    for layer in &layers {
        let file = format!("{layer}.rs");
        if !CRATES
            .iter()
            .any(|root| Path::new(root).join(&file).is_file())
        {
            faults.push(format!("lib.rs declares {layer}, which has no file"));
        }
    }
    for path in rust_files("src") {
        let module = module_of(&path);
        if !["lib", "main"].contains(&module.as_str()) && !layers.contains(&module) {
            faults.push(format!("{} belongs to no module of lib.rs", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    let mut faults = Vec::new();
    for path in all_rust_files() {
        let lines = read(&path).lines().count();
        if lines > FILE_LINES_MAX {
            faults.push(format!(
                "{}: {lines} lines, at most {FILE_LINES_MAX}",
                path.display()
            ));
        }
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        if DRAWERS.contains(&stem) {
            faults.push(format!(
                "{}: name the file for what it holds",
                path.display()
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn types_are_named_for_what_they_are() {
    let mut faults = Vec::new();
    for path in all_rust_files() {
        for line in code_lines(&read(&path)) {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            while let Some(word) = words.next() {
                if ["struct", "enum", "trait", "type"].contains(&word) {
                    let name = words.next().unwrap_or_default();
                    if EMPTY_TITLES.iter().any(|title| name.ends_with(title)) {
                        faults.push(format!("{}: {name}", path.display()));
                    }
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "names that say nothing:\n{}",
        faults.join("\n")
    );
}

#[test]
fn no_path_climbs_two_modules() {
    let climbing = ["super", "super"].join("::");
    let faults: Vec<String> = rust_files("src")
        .iter()
        .filter(|path| read(path).contains(&climbing))
        .map(|path| path.display().to_string())
        .collect();
    assert!(
        faults.is_empty(),
        "write the path from the crate's root:\n{}",
        faults.join("\n")
    );
}

#[test]
fn unsafe_code_stands_only_in_modules_named_for_it() {
    let mut faults = Vec::new();
    for path in all_rust_files() {
        if path.starts_with("src") && UNSAFE_MODULES.contains(&module_of(&path).as_str()) {
            continue;
        }
        let text = read(&path);
        let found = code_lines(&text).any(|line| {
            ["{", "fn", "impl", "extern", "trait"].iter().any(|next| {
                let keyword = ["un", "safe "].concat();
                line.contains(&format!("{keyword}{next}"))
            })
        });
        if found {
            faults.push(path.display().to_string());
        }
    }
    assert!(
        faults.is_empty(),
        "unsafe code outside {UNSAFE_MODULES:?}:\n{}",
        faults.join("\n")
    );
}

#[test]
fn only_storage_knows_sql() {
    let mut faults = Vec::new();
    for path in rust_files("src") {
        if module_of(&path) == "storage" {
            continue;
        }
        for (number, line) in read(&path).lines().enumerate() {
            if line.contains("sqlx") {
                faults.push(format!("{}:{}: {line}", path.display(), number + 1));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "SQL outside storage:\n{}",
        faults.join("\n")
    );
}

#[test]
fn every_exception_from_a_lint_gives_its_reason() {
    let mut faults = Vec::new();
    for path in all_rust_files() {
        let text = code_lines(&read(&path)).collect::<Vec<_>>().join("\n");
        for word in ["allow(", "expect("] {
            for opening in ["#[", "#!["] {
                for attribute in text.split(&format!("{opening}{word}")).skip(1) {
                    let body = attribute.split(")]").next().unwrap_or_default();
                    if !body.contains("reason =") {
                        faults.push(format!("{}: {opening}{word}{body}", path.display()));
                    }
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "exceptions without a reason:\n{}",
        faults.join("\n")
    );
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    let root = fs::canonicalize(".").unwrap();
    let mut names = vec![root.display().to_string()];
    names.extend(["home", "Users", "root"].map(|folder| format!("/{folder}/")));
    let mut faults = Vec::new();
    for path in text_files() {
        let text = read(&path);
        for name in &names {
            if text.contains(name.as_str()) {
                faults.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "absolute paths:\n{}", faults.join("\n"));
}

/// The modules of both `lib.rs`, lowest first: a blank line between them keeps rustfmt from sorting.
fn layers() -> Vec<String> {
    let text = CRATES
        .map(|root| read(&Path::new(root).join("lib.rs")))
        .concat();
    let layers: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    assert!(
        layers.len() > 10,
        "lib.rs declares its layers as `pub mod name;` lines"
    );
    layers
}

/// The first name of every path that starts at the crate's root; empty for a grouped import.
fn paths_from_the_root(text: &str) -> Vec<String> {
    text.split("crate::")
        .skip(1)
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

/// The top-level module that a file under `src` belongs to.
fn module_of(path: &Path) -> String {
    let root = CRATES.iter().find_map(|root| path.strip_prefix(root).ok());
    let inside = root.unwrap_or(path).with_extension("");
    let first = inside.components().next().expect("a file has a name");
    first.as_os_str().to_string_lossy().into_owned()
}

/// Lines of code, without line comments.
fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
}

fn all_rust_files() -> Vec<PathBuf> {
    ["src", "tests", "benches"]
        .iter()
        .flat_map(|folder| rust_files(folder))
        .collect()
}

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let found: Vec<PathBuf> = files(Path::new(folder))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    assert!(!found.is_empty(), "no Rust file in {folder}");
    found
}

/// Every file that a person may have written, this one apart: it holds the forbidden words.
fn text_files() -> Vec<PathBuf> {
    let tops = fs::read_dir(".")
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let tops = tops.filter(|name| ![".git", "target"].iter().any(|skipped| name == skipped));
    let mut found: Vec<PathBuf> = tops.flat_map(|name| files(Path::new(&name))).collect();
    found.retain(|path| path != Path::new("tests/tidy.rs") && fs::read_to_string(path).is_ok());
    found
}

/// Files under a path, in a fixed order; links are not followed.
fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else {
        return vec![path.to_owned()];
    };
    let mut children: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    children.sort();
    children
        .iter()
        .filter(|child| !child.is_symlink())
        .flat_map(|child| files(child))
        .collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
