//! Lists in pages: so many at a time, and where the next begin.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::problem::Problem;

/// Things on a page where nothing is asked for.
const USUAL: u32 = 50;
/// Things on a page at most.
const MAX: u32 = 500;

const NOT_OURS: &str = "`cursor` is none that this service gave";

/// Which page is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// How many: 1 to 500, 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// How many are asked for.
    #[must_use]
    pub(super) fn limit(&self) -> u32 {
        self.limit.unwrap_or(USUAL).clamp(1, MAX)
    }

    /// The position to go on from.
    ///
    /// # Errors
    /// If it is none of ours.
    pub(super) fn position(&self) -> Result<Option<i64>, Problem> {
        let read = |text: &String| text.parse().map_err(|_| Problem::bad_request(NOT_OURS));
        self.cursor.as_ref().map(read).transpose()
    }

    /// The page of a list that is counted from its beginning.
    ///
    /// # Errors
    /// If the position is none of ours.
    pub(super) fn cut<T>(&self, all: impl Iterator<Item = T>) -> Result<Page<T>, Problem> {
        let from = usize::try_from(self.position()?.unwrap_or(0));
        let from = from.map_err(|_| Problem::bad_request(NOT_OURS))?;
        let count = self.limit() as usize;
        let mut items: Vec<T> = all.skip(from).take(count + 1).collect();
        let has_more = items.len() > count;
        items.truncate(count);
        let next = has_more.then(|| (from + count).to_string());
        Ok(Page { items, next })
    }
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of `items`, of which `limit` were asked for; `position` tells where the next one begins.
    #[must_use]
    pub(super) fn new(items: Vec<T>, limit: u32, position: impl Fn(&T) -> i64) -> Self {
        let is_full = items.len() >= limit as usize;
        let next = items.last().filter(|_| is_full);
        let next = next.map(|last| position(last).to_string());
        Self { items, next }
    }
}
