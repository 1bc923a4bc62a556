//! Which documents a set of findings holds: letters of which a finding is due that no other set gives cause for, and as many of
//! which none is.

use crate::synthesis::chance::Chance;
use crate::synthesis::document::Addition;
use crate::synthesis::document::Condition;
use crate::synthesis::document::Document;
use crate::synthesis::set::Options;
use crate::synthesis::set::fillings;
use crate::synthesis::straddle::Fault;
use crate::synthesis::straddle::SHEETS_MAX;
use crate::synthesis::straddle::Straddle;

/// Share of Chinese letters whose seal stands beside issuer and date.
const ASIDE: f64 = 0.5;

/// What there is to be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    /// Nothing.
    Plain,
    /// What the file holds beside its scan.
    Added(Addition),
    /// One seal across more sheets than the law of Vietnam lets it go, by so many.
    Sheets(usize),
}

/// By turns.
const TURNS: [Turn; 10] = [
    Turn::Plain,
    Turn::Added(Addition::Revision),
    Turn::Added(Addition::SameWords),
    Turn::Added(Addition::File),
    Turn::Sheets(1),
    Turn::Added(Addition::OwnImage),
    Turn::Added(Addition::OtherWords),
    Turn::Added(Addition::Script),
    Turn::Sheets(2),
    Turn::Added(Addition::Signature),
];

/// Plans sealed letters by [`TURNS`]; those of Chinese seals among them with the seal beside issuer and date, half of them.
pub(super) fn plan(options: &Options, conditions: &[Condition]) -> Vec<Document> {
    let mut chance = Chance::new(options.seed, "findings", 0);
    let mut documents = fillings::plan(options, conditions, fillings::PRINTED);
    for (index, document) in documents.iter_mut().enumerate() {
        let (number, seal) = (index / options.seals, index % options.seals);
        document.is_aside = chance.happens(ASIDE);
        match TURNS[(number + seal) % TURNS.len()] {
            Turn::Plain => {}
            Turn::Added(addition) => document.addition = Some(addition),
            Turn::Sheets(more) => {
                let sheets = SHEETS_MAX + more;
                document.straddle = Some(Straddle {
                    sheets,
                    under_one: sheets,
                    fault: Fault::None,
                });
            }
        }
    }
    documents
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::document::CONDITIONS;
    use crate::synthesis::forgery::Strength;
    use crate::synthesis::set::Content;

    #[test]
    fn every_seal_has_a_letter_of_each_turn() {
        let options = Options {
            seals: 3,
            documents_per_seal: 10,
            specimens: 1,
            conditions: Vec::new(),
            strength: Strength::Graded,
            content: Content::Findings,
            seed: 3,
        };
        let documents = plan(&options, &CONDITIONS);
        let of = |is_it: &dyn Fn(&Document) -> bool| {
            documents.iter().filter(|document| is_it(document)).count()
        };
        assert_eq!(documents.len(), 30);
        assert_eq!(of(&|own| own.straddle.is_some()), 6);
        assert_eq!(of(&|own| own.addition.is_none()), 9);
        for turn in TURNS {
            if let Turn::Added(addition) = turn {
                assert_eq!(of(&|own| own.addition == Some(addition)), 3, "{turn:?}");
            }
        }
        let aside = of(&|own| own.is_aside);
        assert!(aside > 5 && aside < 25, "{aside}");
    }
}
