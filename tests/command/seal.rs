//! A folder with one seal in its register, and rows imported there.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::run::Run;
use crate::run::antin;

pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/demo")
        .join(name)
}

/// Imports a file of this text; all of its rows must be good.
pub(crate) fn import(folder: &Path, text: &str) {
    let run = imported(folder, text);
    assert_eq!(run.status, 0, "{text}: {}", run.stderr);
}

pub(crate) fn imported(folder: &Path, text: &str) -> Run {
    fs::write(folder.join("rows.csv"), text).unwrap();
    antin(folder, &["register", "import", "rows.csv"])
}

/// A folder with one seal of a body that was renamed.
pub(crate) fn with_seal() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(sample("specimens/D01-1.png"), folder.path().join("D01.png")).unwrap();
    fs::copy(
        sample("docs/01-genuine-colour.pdf"),
        folder.path().join("a.pdf"),
    )
    .unwrap();
    import(
        folder.path(),
        "id,organisation,specimen,specimen_dpi,registered_on,notified_on,jurisdiction,authority,body,kind\n\
         D01,Trung tâm y tế Vĩnh Mộc,D01.png,300,2016-12-24,2017-01-02,VN,PC06,B1,wet\n",
    );
    import(
        folder.path(),
        "body,level,jurisdiction,consent\nB1,commune,VN,written\nB2,district,VN,\n",
    );
    import(
        folder.path(),
        "body,name,from,to\n\
         B1,Trung tâm y tế Vĩnh Mộc,2010-01-01,\n\
         B1,Trung tâm y tế Vĩnh Hà,2022-07-01,\n\
         B2,UBND huyện,2000-01-01,\n",
    );
    folder
}

pub(crate) fn shown(folder: &Path, on: &str) -> String {
    let run = antin(folder, &["register", "show", "D01", "--on", on]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    run.stdout
}
