//! Names the engine's sources by a digest, so that what an older engine found in a specimen is
//! never taken for this one's.

use std::path::{Path, PathBuf};

/// The modules from bytes to impressions.
const ENGINE: [&str; 5] = ["units", "geometry", "imaging", "ingest", "extraction"];

fn main() {
    let mut files = Vec::new();
    for module in ENGINE {
        files.push(PathBuf::from(format!("src/engine/{module}.rs")));
        collect(Path::new(&format!("src/engine/{module}")), &mut files);
        println!("cargo::rerun-if-changed=src/engine/{module}.rs");
        // Watching a folder that is not there would build everything anew every time.
        if Path::new(&format!("src/engine/{module}")).is_dir() {
            println!("cargo::rerun-if-changed=src/engine/{module}");
        }
    }
    files.sort();
    // FNV-1a: an accidental collision is all that must be avoided.
    let mut digest: u64 = 0xcbf2_9ce4_8422_2325;
    for file in files {
        for byte in std::fs::read(&file).unwrap_or_default() {
            digest = (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("cargo::rustc-env=ANTIN_ENGINE_SOURCES={digest:016x}");
    println!("cargo::rerun-if-changed=migrations/sqlite");
    println!("cargo::rerun-if-changed=migrations/postgres");
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
