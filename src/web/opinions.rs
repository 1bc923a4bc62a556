//! What the reader thinks of impressions before they see what the program says, and how that fares.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::response::Html;
use axum::response::Response;

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::report::rows;
use crate::storage::documents::StoredDocument;
use crate::storage::opinions::Opinion as Given;
use crate::storage::opinions::Saying;
use crate::verify::Report;
use crate::verify::report::Impression;
use crate::web::entrance;
use crate::web::entrance::Back;
use crate::web::shell::OPINION_COOKIE;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

/// The reader's opinion of one impression.
pub(super) struct Opinion {
    /// Whether they want to be asked.
    is_wanted: bool,
    /// What they said, and what the program says.
    pub(super) given: Option<(&'static str, &'static str)>,
}

impl Opinion {
    /// Whether they are to say it before they see more.
    pub(super) const fn is_asked(&self) -> bool {
        self.is_wanted && self.given.is_none()
    }
}

/// The reader's opinion of an impression of a report.
pub(super) async fn of(
    service: &Shared,
    caller: &Caller,
    (shell, document, report): (&Shell, &StoredDocument, &Report),
    index: usize,
) -> Answer<Opinion> {
    let given = service.store.opinions_on(document, caller.login()).await?;
    let own = given.iter().find(|own| own.impression == index);
    let record = report.impressions.get(index);
    Ok(Opinion {
        is_wanted: shell.opinion_first && record.is_some_and(is_compared),
        given: own.zip(record).map(|(own, record)| {
            let program = rows::conclusion(shell.language, record);
            (shell.t(said(own.said)), program)
        }),
    })
}

/// Which impressions of a report the reader is to look at before they see what the program says.
pub(super) async fn asked(
    service: &Shared,
    caller: &Caller,
    (shell, document, report): (&Shell, &StoredDocument, &Report),
) -> Answer<Vec<usize>> {
    if !shell.opinion_first {
        return Ok(Vec::new());
    }
    let given = service.store.opinions_on(document, caller.login()).await?;
    let open = |(index, record): &(usize, &Impression)| {
        is_compared(record) && !given.iter().any(|own| own.impression == *index)
    };
    let open = report.impressions.iter().enumerate().filter(open);
    Ok(open.map(|(index, _)| index).collect())
}

const fn is_compared(record: &Impression) -> bool {
    record.comparison.is_some()
}

pub(super) const fn said(saying: Saying) -> &'static str {
    match saying {
        Saying::Same => "web.opinion.same",
        Saying::Different => "web.opinion.different",
        Saying::Unsure => "web.opinion.unsure",
    }
}

/// Turns being asked first on or off.
pub(super) async fn choose(
    State(service): State<Shared>,
    Path(choice): Path<String>,
    Query(back): Query<Back>,
) -> Answer<Response> {
    let value = match choice.as_str() {
        "first" => OPINION_COOKIE.1,
        "off" => "off",
        _ => return Err(Problem::not_found("choice")),
    };
    entrance::kept(&service, (OPINION_COOKIE.0, value), &back)
}

/// How a person's opinions fare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    given: usize,
    unsure: usize,
    /// Those that lean the way that the program does.
    with_program: usize,
    against_program: usize,
    /// Control cases by truth and by what was said: right, wrong.
    genuine: [usize; 2],
    counterfeit: [usize; 2],
}

impl Tally {
    fn of(opinions: &[Given]) -> Self {
        let mut tally = Self {
            given: opinions.len(),
            ..Self::default()
        };
        for own in opinions {
            tally.unsure += usize::from(own.said == Saying::Unsure);
            match leaning(&own.program) {
                Some(program) if own.said == program => tally.with_program += 1,
                Some(_) if own.said != Saying::Unsure => tally.against_program += 1,
                Some(_) | None => {}
            }
            let is_right = usize::from(own.truth != Some(own.said));
            match own.truth.filter(|_| own.said != Saying::Unsure) {
                Some(Saying::Same) => tally.genuine[is_right] += 1,
                Some(Saying::Different) => tally.counterfeit[is_right] += 1,
                Some(Saying::Unsure) | None => {}
            }
        }
        tally
    }

    /// What the reader may keep in mind.
    const fn advice(&self) -> &'static str {
        if self.genuine[0] + self.genuine[1] + self.counterfeit[0] + self.counterfeit[1] < 10 {
            "web.opinion.advice_few"
        } else if self.counterfeit[1] > self.genuine[1] {
            "web.opinion.advice_lenient"
        } else if self.genuine[1] > self.counterfeit[1] {
            "web.opinion.advice_strict"
        } else {
            "web.opinion.advice_even"
        }
    }
}

/// Whether a conclusion is for the registered die, surely or rather, by its name.
pub(super) fn is_for(conclusion: &str) -> bool {
    leaning(conclusion) == Some(Saying::Same)
}

/// Which way a conclusion leans, by its name.
fn leaning(program: &str) -> Option<Saying> {
    match program {
        "consistent" | "leans_consistent" => Some(Saying::Same),
        "different" | "leans_different" => Some(Saying::Different),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "opinions.html")]
struct OpinionsPage {
    shell: Shell,
    tally: Tally,
}

/// The reader's own opinions, in figures that nobody else is shown.
pub(super) async fn page(
    State(service): State<Shared>,
    caller: Caller,
    shell: Shell,
) -> Answer<Html<String>> {
    let opinions = service.store.opinions_by(caller.login()).await?;
    let tally = Tally::of(&opinions);
    drawn(&OpinionsPage { shell, tally })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(said: Saying, program: &str, truth: Option<Saying>) -> Given {
        Given {
            document: "d".into(),
            impression: 0,
            said,
            program: program.into(),
            by: "lan".into(),
            at: String::new(),
            truth,
        }
    }

    #[test]
    fn opinions_are_counted_against_the_program_and_against_what_is_known() {
        let opinions = [
            given(Saying::Same, "consistent", Some(Saying::Different)),
            given(Saying::Different, "leans_consistent", Some(Saying::Same)),
            given(Saying::Different, "different", Some(Saying::Different)),
            given(Saying::Unsure, "different", Some(Saying::Different)),
            given(Saying::Same, "undecided", None),
        ];
        let expected = Tally {
            given: 5,
            unsure: 1,
            with_program: 2,
            against_program: 1,
            genuine: [0, 1],
            counterfeit: [1, 1],
        };
        assert_eq!(Tally::of(&opinions), expected);
    }

    #[test]
    fn advice_is_given_on_enough_cases_alone() {
        let missed = given(Saying::Same, "undecided", Some(Saying::Different));
        assert_eq!(
            Tally::of(std::slice::from_ref(&missed)).advice(),
            "web.opinion.advice_few"
        );
        let many = vec![missed; 10];
        assert_eq!(Tally::of(&many).advice(), "web.opinion.advice_lenient");
    }
}
