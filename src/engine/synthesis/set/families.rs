//! Which impressions a set of families holds: of two false dies for each seal, and of strangers.

use crate::synthesis::document::Entry;
use crate::synthesis::document::Route;
use crate::synthesis::document::STRANGERS_OF_ONE_SET;
use crate::synthesis::forgery::Forgery;
use crate::synthesis::set::Options;
use crate::synthesis::stamp::Make;

/// Kinds of the false dies, in turn: all that a scan can tell.
const KINDS: [Forgery; 7] = [
    Forgery::Font,
    Forgery::Spacing,
    Forgery::Radius,
    Forgery::Width,
    Forgery::Size,
    Forgery::Star,
    Forgery::Combination,
];

/// What bears one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Seal,
    FalseDie(usize),
    Stranger,
}

/// Ten turns of a seal's documents.
const TURNS: [Of; 10] = [
    Of::FalseDie(0),
    Of::FalseDie(1),
    Of::Stranger,
    Of::FalseDie(0),
    Of::FalseDie(1),
    Of::Seal,
    Of::Stranger,
    Of::FalseDie(0),
    Of::FalseDie(1),
    Of::Seal,
];

/// Plans, for each seal, its own impressions, those of two false dies of different kinds and those of one
/// stranger by [`TURNS`].
pub(super) fn plan(options: &Options) -> Vec<Vec<Entry>> {
    let of = |seal: usize, number: usize| {
        let forged = |die: usize| Make::ForgedSeries(KINDS[(2 * seal + die) % KINDS.len()], die);
        let (make, registered) = match TURNS[number % TURNS.len()] {
            Of::Seal => (Make::Genuine, true),
            Of::FalseDie(die) => (forged(die), true),
            Of::Stranger => (Make::Genuine, false),
        };
        vec![Entry {
            seal: if registered {
                seal
            } else {
                STRANGERS_OF_ONE_SET + seal
            },
            registered,
            make,
            route: Route::Stamped,
        }]
    };
    (0..options.seals)
        .flat_map(|seal| (0..options.documents_per_seal).map(move |number| (seal, number)))
        .map(|(seal, number)| of(seal, number))
        .collect()
}
