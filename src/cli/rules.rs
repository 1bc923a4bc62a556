//! `--rules FILE`: the rules that findings cite, where they are not those that are shipped.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use clap::Args;
use thiserror::Error;

use crate::rules::Fault;
use crate::rules::RuleSet;
use crate::storage;

/// Which rules are applied.
#[derive(Clone, Debug, Default, Args)]
#[group(id = "rule_set")]
pub(super) struct Choice {
    /// Applies the rules of this file instead of those that are shipped; docs/formats.md describes it.
    #[arg(long, value_name = "FILE", env = "ANTIN_RULES")]
    rules: Option<PathBuf>,
}

/// Why a file of rules cannot be used.
#[derive(Debug, Error)]
pub(super) enum Error {
    /// It cannot be read.
    #[error("cannot read the rules {path}: {source}; {}", storage::remedy(source))]
    Unread {
        path: PathBuf,
        source: std::io::Error,
    },
    /// It is no sound set of rules.
    #[error("the rules {path} cannot be used: {fault}")]
    Unsound { path: PathBuf, fault: Fault },
}

impl Choice {
    /// The rules, checked.
    pub(super) fn read(&self) -> Result<Cow<'static, RuleSet>, Error> {
        match &self.rules {
            None => Ok(Cow::Borrowed(RuleSet::shipped())),
            Some(path) => from_file(path).map(Cow::Owned),
        }
    }
}

fn from_file(path: &Path) -> Result<RuleSet, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Unread {
        path: path.to_owned(),
        source,
    })?;
    RuleSet::parse(&text).map_err(|fault| Error::Unsound {
        path: path.to_owned(),
        fault,
    })
}
