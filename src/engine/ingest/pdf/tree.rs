//! The pages that a PDF promises: its tree of pages, walked as hayro walks it, which leaves out in
//! silence what is lost.
//!
//! A document of two pages of which one is lost has two pages, one of them unreadable.

use std::collections::HashSet;

use hayro_syntax::Pdf;
use hayro_syntax::object::Array;
use hayro_syntax::object::Dict;
use hayro_syntax::object::MaybeRef;
use hayro_syntax::object::Name;
use hayro_syntax::object::Object;
use hayro_syntax::object::ObjectIdentifier;
use hayro_syntax::object::array::ArrayIter;
use hayro_syntax::object::dict::keys::COUNT;
use hayro_syntax::object::dict::keys::KIDS;
use hayro_syntax::object::dict::keys::PAGES;
use hayro_syntax::object::dict::keys::TYPE;

/// What the tree holds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tree {
    /// Its leaves in order, whether each is there.
    leaves: Vec<bool>,
    /// Leaves that stand in it again; a viewer shows a page once for each.
    repeated: usize,
    /// How many pages it says that it has.
    stated: Option<usize>,
}

/// The pages in order, each with its place among those that hayro found; `None` for a page that the
/// file names and does not hold. At most `max` pages and one more.
pub(super) fn places(pdf: &Pdf, is_cut_off: bool, max: usize) -> Vec<Option<usize>> {
    let found = pdf.pages().len();
    arrange(
        found,
        walk(pdf, max),
        is_cut_off,
        // What a damaged number says is no number of pages.
        pdf.len().min(max + 1),
    )
}

fn arrange(found: usize, tree: Option<Tree>, is_cut_off: bool, most: usize) -> Vec<Option<usize>> {
    let Some(tree) = tree else {
        // The pages were searched for one by one, and a file that ends early may have had more.
        let lost = usize::from(is_cut_off && found > 0);
        return (0..found)
            .map(Some)
            .chain(std::iter::repeat_n(None, lost))
            .collect();
    };
    let missing = |listed: usize| {
        let stated = tree.stated.unwrap_or(0).min(most);
        std::iter::repeat_n(None, stated.saturating_sub(listed))
    };
    let kept = tree.leaves.iter().filter(|kept| **kept).count();
    if kept != found {
        return (0..found).map(Some).chain(missing(found)).collect();
    }
    let mut numbers = 0..found;
    let leaves = tree.leaves.iter();
    let places = leaves.map(|kept| kept.then(|| numbers.next()).flatten());
    places
        .chain(missing(tree.leaves.len() + tree.repeated))
        .collect()
}

fn kids<'a>(node: &Dict<'a>) -> Option<ArrayIter<'a>> {
    Some(node.get::<Array<'a>>(KIDS)?.raw_iter())
}

/// Walks the tree; `None` if it has no root.
fn walk(pdf: &Pdf, max: usize) -> Option<Tree> {
    let xref = pdf.xref();
    let root = xref
        .get::<Dict<'_>>(xref.root_id())?
        .get::<Dict<'_>>(PAGES)?;
    let stated = root.get::<i64>(COUNT);
    let mut tree = Tree {
        stated: stated.and_then(|count| usize::try_from(count).ok()),
        ..Tree::default()
    };
    let mut seen: HashSet<ObjectIdentifier> = root.obj_id().into_iter().collect();
    let mut open: Vec<ArrayIter<'_>> = vec![kids(&root)?];
    while let Some(row) = open.last_mut() {
        let Some(kid) = row.next() else {
            open.pop();
            continue;
        };
        let node = match kid {
            MaybeRef::Ref(id) if !seen.insert(id.into()) => {
                tree.repeated += 1;
                continue;
            }
            MaybeRef::Ref(id) => xref.get::<Dict<'_>>(id.into()),
            MaybeRef::NotRef(object) => match Object::into_dict(object) {
                Some(node) => Some(node),
                // A number or a name among the kids is what is left of a damaged reference.
                None => continue,
            },
        };
        let is_inner = |node: &Dict<'_>| {
            node.get::<Name<'_>>(TYPE)
                .is_some_and(|kind| &*kind == PAGES)
        };
        match node {
            Some(node) if is_inner(&node) => match kids(&node) {
                Some(row) => open.push(row),
                None => tree.leaves.push(false),
            },
            Some(_) => tree.leaves.push(true),
            None => tree.leaves.push(false),
        }
        if tree.leaves.len() > max {
            break;
        }
    }
    Some(tree)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(leaves: &[bool], repeated: usize, stated: usize) -> Option<Tree> {
        Some(Tree {
            leaves: leaves.to_vec(),
            repeated,
            stated: Some(stated),
        })
    }

    #[test]
    fn a_lost_page_keeps_its_place_among_the_others() {
        let places = arrange(2, tree(&[true, false, true], 0, 3), false, 100);
        assert_eq!(places, [Some(0), None, Some(1)]);
    }

    #[test]
    fn pages_that_are_stated_and_not_listed_are_lost_and_repeated_ones_are_not() {
        let places = |repeated| arrange(1, tree(&[true], repeated, 2), false, 100);
        assert_eq!(places(0), [Some(0), None]);
        assert_eq!(places(1), [Some(0)]);
    }

    #[test]
    fn a_damaged_number_of_pages_makes_no_more_pages_than_the_file_has_objects() {
        let places = arrange(1, tree(&[true], 0, usize::MAX), false, 5);
        assert_eq!(places.len(), 5);
    }

    #[test]
    fn a_file_without_its_tree_has_lost_pages_if_it_is_cut_off() {
        assert_eq!(arrange(1, None, true, 100), [Some(0), None]);
        assert_eq!(arrange(1, None, false, 100), [Some(0)]);
    }
}
