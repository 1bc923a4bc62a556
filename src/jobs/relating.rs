//! Impressions whose dies are in no register are brought together by the dies that made them, one after the other as they come, and
//! those that are copies of one another are linked.

use std::time::Duration;

use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::jobs::worker::Workshop;
use crate::links::Twins;
use crate::links::placing;
use crate::links::placing::FUSED_MAX;
use crate::links::placing::Family;
use crate::links::placing::Joined;
use crate::links::placing::Stamped;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::dies::Membership;
use crate::storage::dies::Placement;
use crate::storage::dies::StoredDie;
use crate::verdict::Policy;

/// Impressions of one design that an impression is looked for among, the latest. Chosen: their codes take some milliseconds.
const BESIDE_MAX: u32 = 4_000;
/// How long is waited before it is asked for impressions that nobody told of.
const POLL: Duration = Duration::from_secs(5);

/// Does it as impressions come, until it is told to stop.
pub async fn run(workshop: Workshop, stop: CancellationToken) {
    loop {
        let woken = workshop.wake.notified();
        match next(&workshop.store).await {
            Ok(true) if stop.is_cancelled() => return,
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "impressions were not brought together"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = woken => {}
            () = time::sleep(POLL) => {}
        }
    }
}

/// Looks for the family of the next impression; `false` if there is none whose family is to be looked for.
///
/// # Errors
/// If the database fails.
pub async fn next(store: &Store) -> Result<bool, Error> {
    let Some((own, placed)) = store.next_unplaced().await? else {
        return Ok(false);
    };
    let placement = placement(store, &own).await?;
    // Where another was placed meanwhile, it comes again.
    store.place_die(own.position, &placement, placed).await?;
    Ok(true)
}

async fn placement(store: &Store, own: &StoredDie) -> Result<Placement, Error> {
    let Some(stamped) = stamped(store, own).await? else {
        return Ok(Placement::default());
    };
    let beside = store.placed_beside(own, BESIDE_MAX).await?;
    let Some((stamped, near)) = resembling(stamped, beside).await else {
        return Ok(Placement::default());
    };
    let mut families = asked(store, &near).await?;
    let mut asked = Vec::with_capacity(families.len());
    for members in &mut families {
        asked.push(family(store, members).await?);
    }
    let compare = move || {
        let joined = placing::join(&stamped, &asked, &Policy::default());
        (stamped, joined)
    };
    let Some((stamped, Some(joined))) = done(compare).await else {
        return Ok(Placement::default());
    };
    let members = &families[joined.family];
    let (sheet, copies) = within(store, (own, stamped), members, &near).await?;
    Ok(decided(own, (&joined, sheet, copies), members, &near))
}

/// A family as it is compared; of a small one, members whose ink is not kept are left out.
async fn family(store: &Store, members: &mut Vec<StoredDie>) -> Result<Family, Error> {
    let mut first = Vec::with_capacity(FUSED_MAX);
    let mut without = Vec::new();
    for member in members.iter() {
        if first.len() == FUSED_MAX {
            break;
        }
        match stamped(store, member).await? {
            Some(stamped) => first.push(stamped),
            None => without.push(member.position),
        }
    }
    members.retain(|member| !without.contains(&member.position));
    Ok(Family {
        first,
        count: members.len(),
    })
}

/// The ink of an impression and its sheet.
async fn stamped(store: &Store, own: &StoredDie) -> Result<Option<Stamped>, Error> {
    let impression = store.die_ink(own).await?;
    Ok(impression.map(|impression| Stamped {
        impression,
        sheet: own.die.sheet.clone(),
    }))
}

/// What an impression resembles by its code, the most similar first.
async fn resembling(own: Stamped, beside: Vec<StoredDie>) -> Option<(Stamped, Vec<StoredDie>)> {
    let look = move || {
        let codes = beside.iter().map(|other| &other.die.code);
        let near = placing::near(codes, &own.impression);
        let near = near.into_iter().map(|place| beside[place].clone());
        (near.collect(), own)
    };
    done(look).await.map(|(near, own)| (own, near))
}

/// The families that what an impression resembles is of, the most similar first; what has none yet is one by itself.
async fn asked(store: &Store, near: &[StoredDie]) -> Result<Vec<Vec<StoredDie>>, Error> {
    let mut families: Vec<Vec<StoredDie>> = Vec::new();
    for other in near {
        let is_known = |family: &Vec<StoredDie>| {
            let mut members = family.iter();
            members.any(|member| member.position == other.position)
        };
        if families.iter().any(is_known) {
            continue;
        }
        families.push(match other.family {
            Some(family) => store.family_members(family).await?,
            None => vec![other.clone()],
        });
    }
    Ok(families)
}

/// The number of an impression's sheet within a family, where a sheet scanned twice has one, and the members that are the same
/// impression. Both are looked for among the members that are most similar to it, which copies and those of its own sheet are: eight
/// at most.
async fn within(
    store: &Store,
    (own, stamped): (&StoredDie, Stamped),
    members: &[StoredDie],
    near: &[StoredDie],
) -> Result<(i64, Vec<Twins>), Error> {
    let last = members.iter().filter_map(|member| member.sheet).max();
    let next = last.unwrap_or(1) + 1;
    let is_same_page = |member: &&StoredDie| {
        let (one, other) = (&own.die, &member.die);
        own.sha256 == member.sha256
            && (one.page == other.page || one.impression == other.impression)
    };
    let same_page = members.iter().find(is_same_page);
    let known = same_page.map(|member| member.sheet.unwrap_or(1));
    let mut likely = Vec::new();
    for member in members {
        if near.iter().any(|other| other.position == member.position)
            && let Some(other) = self::stamped(store, member).await?
        {
            likely.push((member.clone(), other));
        }
    }
    let own = own.clone();
    let find = move || {
        let sheet = known.or_else(|| {
            let mut likely = likely.iter();
            let same = likely.find(|(_, other)| placing::is_one_sheet(&stamped, other));
            same.map(|(member, _)| member.sheet.unwrap_or(1))
        });
        let sheet = sheet.unwrap_or(next);
        let copies = likely.iter();
        let copies = copies.filter_map(|other| twins((&own, &stamped, sheet), other));
        (sheet, copies.collect::<Vec<Twins>>())
    };
    let found = done(find).await;
    Ok(found.unwrap_or_else(|| (known.unwrap_or(next), Vec::new())))
}

/// An impression with its ink and the number of its sheet beside a member of its family; `None` if they are two stampings. A file
/// examined twice is no copy of itself.
fn twins(
    (own, stamped, sheet): (&StoredDie, &Stamped, i64),
    (member, other): &(StoredDie, Stamped),
) -> Option<Twins> {
    let is_itself = own.sha256 == member.sha256 && own.die.impression == member.die.impression;
    if is_itself {
        return None;
    }
    // In one order, whichever of them is looked for: asked once more they come to the same.
    let ((earlier, first), (later, second)) = if own.position < member.position {
        ((own, stamped), (member, other))
    } else {
        ((member, other), (own, stamped))
    };
    let (correlation, strength) = placing::twins(first, second)?;
    Some(Twins {
        numbers: (earlier.position, later.position),
        correlation,
        strength,
        is_one_sheet: member.sheet.unwrap_or(1) == sheet,
    })
}

/// What is written of an impression that joins a family.
fn decided(
    own: &StoredDie,
    (joined, sheet, copies): (&Joined, i64, Vec<Twins>),
    members: &[StoredDie],
    near: &[StoredDie],
) -> Placement {
    let mut placement = Placement {
        family: members.iter().find_map(|member| member.family),
        members: vec![Membership {
            position: own.position,
            sheet,
            strength: joined.strength,
        }],
        copies,
        ..Placement::default()
    };
    let Some(others) = &joined.others else {
        return placement;
    };
    for (member, strength) in members.iter().zip(others) {
        match strength {
            Some(strength) => placement.members.push(Membership {
                position: member.position,
                sheet: member.sheet.unwrap_or(1),
                strength: *strength,
            }),
            None => placement.left.push(member.position),
        }
    }
    if placement.members.len() < 2 {
        // None of the others agrees with it: it has no family, and theirs is as it was.
        return Placement::default();
    }
    // What had none before may be of a family that has grown.
    let alone = near.iter().filter(|other| {
        other.family.is_none() && members.iter().all(|own| own.position != other.position)
    });
    placement.again = alone.map(|other| other.position).collect();
    placement
}

/// What some work comes to beside the others; `None` if the program fails at it, which is no family.
async fn done<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let done = tokio::task::spawn_blocking(work).await;
    if done.is_err() {
        tracing::error!("the program failed on impressions that are to be brought together");
    }
    done.ok()
}
