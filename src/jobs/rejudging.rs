//! What a change of the register makes of the results that are kept: no scan is opened.

use jiff::Timestamp;

use crate::jobs::Registers;
use crate::registry::Lives;
use crate::rules::RuleSet;
use crate::storage::Error;
use crate::storage::judging::Judged;
use crate::storage::judging::Standing;
use crate::storage::judging::Touched;
use crate::verdict::Policy;
use crate::verify::rejudged::Change;
use crate::verify::rematched::Concern;

/// What came of judging again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaughtUp {
    /// Results whose impressions were compared anew, where any were touched.
    pub compared: Option<Judged>,
    /// Results that were judged anew, where any were touched.
    pub judged: Option<Judged>,
    /// Specimens that cannot be used.
    pub problems: Vec<String>,
}

/// Judges the kept results that the register's latest changes touch, and tells of each that comes to something else now. It may
/// be broken off at any moment: what was not judged then is touched still.
///
/// # Errors
/// If the database fails.
pub async fn catch_up(
    registers: &Registers,
    rules: &RuleSet,
    mut on_change: impl FnMut(&Change),
) -> Result<CaughtUp, Error> {
    let store = registers.store();
    let news = store.news().await?;
    let now = Timestamp::now();
    let mut caught_up = CaughtUp::default();
    if store.result_count().await? == 0 {
        // What is kept later was judged under this revision or a later one, or is noted to be behind.
        store.all_judged(&news, now).await?;
        return Ok(caught_up);
    }
    if news.is_none() {
        return Ok(caught_up);
    }
    if news.asks_ink() {
        // Read after the news: it has at least what they tell of.
        let register = registers.latest().await?;
        caught_up.problems = registers.problems().await;
        let concern = Concern::new(&register, &news.specimens, news.is_watch_list);
        let wanted = |own: &Standing| {
            news.behind.contains(&own.result)
                || concern.touches(&own.report, own.has_strips.unwrap_or(false))
        };
        let policy = Policy::default();
        let law = (&*register, &policy, rules);
        let compared = store
            .compare_again((&Touched::All, wanted), law, now, &mut on_change)
            .await?;
        caught_up.compared = Some(compared);
    }
    if !news.lives.is_none() {
        let roll = store.roll().await?;
        let judging: (_, &dyn Lives, _) = (&news.lives, &roll, rules);
        let judged = store.judge_again(judging, now, &mut on_change).await?;
        caught_up.judged = Some(judged);
    }
    store.all_judged(&news, now).await?;
    Ok(caught_up)
}
