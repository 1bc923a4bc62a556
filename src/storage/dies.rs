//! Impressions whose dies are in no register, and the families that one die made.

use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::extraction::Impression;
use crate::links::KeptDie;
use crate::links::Kind;
use crate::links::Twins;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::copies;
use crate::storage::database::placeholders;
use crate::storage::documents::EVERY_OFFICE;
use crate::storage::documents::StoredDocument;
use crate::verify::crops::Crops;

/// An impression of a die that is in no register.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredDie {
    /// Its number.
    pub position: i64,
    /// Digest of its document's bytes.
    pub sha256: String,
    /// What is kept of it.
    pub die: KeptDie,
    /// Its family, if it has one.
    pub family: Option<i64>,
    /// Number of its sheet within the family, from 1.
    pub sheet: Option<i64>,
    result: i64,
}

/// A member of a family as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Membership {
    /// The impression.
    pub position: i64,
    /// Number of its sheet within the family, from 1.
    pub sheet: i64,
    /// Log10 of how much likelier one die is than two of one design.
    pub strength: f64,
}

/// What was found out about an impression's family.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placement {
    /// The family that it joins; `None` where it founds one with another, or has none.
    pub family: Option<i64>,
    /// Members that are added or whose figures are other ones now; none where it has no family.
    pub members: Vec<Membership>,
    /// Members that do not agree with the others any more.
    pub left: Vec<i64>,
    /// Members that are the same impression.
    pub copies: Vec<Twins>,
    /// Others whose families are looked for once more.
    pub again: Vec<i64>,
}

/// A member of a family in a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The document.
    pub document: StoredDocument,
    /// What is kept of the impression.
    pub die: KeptDie,
    /// Number of its sheet within the family, from 1.
    pub sheet: u64,
    /// Log10 of how much likelier one die is than two of one design.
    pub strength: f64,
}

/// Impressions that one die made, as far as the reader's documents bear them.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// Its number.
    pub number: i64,
    /// The registered seal that the die poses as, if any.
    pub poses_as: Option<String>,
    /// How many sheets bear it.
    pub sheets: u64,
    /// How many impressions there are.
    pub count: u64,
    /// The latest of them, the latest document first.
    pub members: Vec<Member>,
}

impl Family {
    /// What joins its impressions.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.poses_as {
            Some(_) => Kind::SameCounterfeitDie,
            None => Kind::SameUnregisteredDie,
        }
    }

    /// Log10 of how much likelier one die is than two of one design, for the member least like the others, to a tenth.
    #[must_use]
    pub fn strength(&self) -> f64 {
        let strengths = self.members.iter().map(|member| member.strength);
        let least = strengths.reduce(f64::min).unwrap_or_default();
        (10.0 * least).round() / 10.0
    }
}

/// The documents that bear impressions of families, of one office or of all.
const BORNE: &str = "die_impression join result on result.position = die_impression.result \
                     join document on document.sha256 = result.document and document.asked = result.asked \
                     where family is not null and document.state = 'kept' and ($1 = '*' or document.office = $1)";
/// A [`StoredDie`].
const DIES: &str = "select die_impression.position, result.document, content, family, sheet, result \
                    from die_impression join result on result.position = die_impression.result";

impl Store {
    /// The first impression whose family is to be looked for, and how many times one was before: what is found holds as long as
    /// that many were.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_unplaced(&self) -> Result<Option<(StoredDie, i64)>, Error> {
        let placed = sqlx::query("select number from die_placed")
            .fetch_one(&self.pool)
            .await?;
        let first = format!("{DIES} where placed is null order by die_impression.position limit 1");
        loop {
            let row = sqlx::query(sqlx::AssertSqlSafe(first.as_str()))
                .fetch_optional(&self.pool)
                .await?;
            let Some(row) = row else { return Ok(None) };
            if let Some(die) = stored(&row) {
                return Ok(Some((die, placed.get(0))));
            }
            // What another version wrote comes again with its result.
            sqlx::query("delete from die_impression where position = $1")
                .bind(row.get::<i64, _>(0))
                .execute(&self.pool)
                .await?;
        }
    }

    /// Impressions of the same design, or of none in the register, that were looked at before: the latest `count`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn placed_beside(
        &self,
        own: &StoredDie,
        count: u32,
    ) -> Result<Vec<StoredDie>, Error> {
        let query = format!(
            "{DIES} where poses_as = $1 and placed is not null and die_impression.position <> $2 \
             order by die_impression.position desc limit $3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(own.die.poses_as.as_deref().unwrap_or_default())
            .bind(own.position)
            .bind(i64::from(count))
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().filter_map(stored).collect())
    }

    /// The members of a family, first kept first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn family_members(&self, family: i64) -> Result<Vec<StoredDie>, Error> {
        let query = format!("{DIES} where family = $1 order by die_impression.position");
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(family)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().filter_map(stored).collect())
    }

    /// The ink of an impression; `None` where it is not kept, or was joined from several sheets.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn die_ink(&self, own: &StoredDie) -> Result<Option<Impression>, Error> {
        let row = sqlx::query("select content from crops where result = $1")
            .bind(own.result)
            .fetch_optional(&self.pool)
            .await?;
        let crops = row.and_then(|row| Crops::from_bytes(&row.get::<Vec<u8>, _>(0)));
        Ok(crops.and_then(|crops| crops.impression(own.die.page, own.die.bbox_px)))
    }

    /// Notes what was found out about an impression's family; `false` if others were placed since `placed` was read, or it is
    /// not there any more: then nothing is noted.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn place_die(
        &self,
        position: i64,
        placement: &Placement,
        placed: i64,
    ) -> Result<bool, Error> {
        let mut transaction = self.begin().await?;
        let number = placed + 1;
        let counted = sqlx::query("update die_placed set number = $1 where number = $2")
            .bind(number)
            .bind(placed)
            .execute(&mut *transaction)
            .await?;
        if counted.rows_affected() == 0 {
            return Ok(false);
        }
        let noted = sqlx::query(
            "update die_impression set placed = $1 where position = $2 and placed is null",
        )
        .bind(number)
        .bind(position)
        .execute(&mut *transaction)
        .await?;
        if noted.rows_affected() == 0 {
            return Ok(false);
        }
        for member in &placement.members {
            sqlx::query(
                "update die_impression set family = $1, sheet = $2, strength = $3 where position = $4",
            )
            .bind(placement.family.unwrap_or(number))
            .bind(member.sheet)
            .bind(member.strength)
            .bind(member.position)
            .execute(&mut *transaction)
            .await?;
        }
        for left in &placement.left {
            sqlx::query(
                "update die_impression set family = null, sheet = null, strength = null where position = $1",
            )
            .bind(left)
            .execute(&mut *transaction)
            .await?;
        }
        copies::put(&mut transaction, &placement.copies).await?;
        if !placement.again.is_empty() {
            let update = format!(
                "update die_impression set placed = null where family is null and position in {}",
                placeholders(1, placement.again.len())
            );
            let mut update = sqlx::query(sqlx::AssertSqlSafe(update));
            for again in &placement.again {
                update = update.bind(again);
            }
            update.execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Families on two sheets or more among the documents of an office, or of all, the latest met first; those met before the
    /// one of a number where that is given. `count` at most, with `members` members each at most.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn families(
        &self,
        office: Option<&str>,
        (only, before): (Option<i64>, Option<i64>),
        (count, members): (u32, u32),
    ) -> Result<Vec<Family>, Error> {
        if only.or(before).is_some_and(|number| number < 1) {
            return Ok(Vec::new());
        }
        let query = format!(
            "select family, min(poses_as), count(distinct sheet), count(*) from {BORNE} \
             and ($2 = 0 or family = $2) group by family having count(distinct sheet) > 1 \
             and ($3 = 0 or (max(document.position), family) < \
             ((select max(document.position) from {BORNE} and family = $3), $3)) \
             order by max(document.position) desc, family desc limit $4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(office.unwrap_or(EVERY_OFFICE))
            .bind(only.unwrap_or(0))
            .bind(before.unwrap_or(0))
            .bind(i64::from(count))
            .fetch_all(&self.pool)
            .await?;
        let mut families = Vec::with_capacity(rows.len());
        for row in rows {
            let number = row.get(0);
            families.push(Family {
                number,
                poses_as: Some(row.get(1)).filter(|seal: &String| !seal.is_empty()),
                sheets: row.get::<i64, _>(2).unsigned_abs(),
                count: row.get::<i64, _>(3).unsigned_abs(),
                members: self.borne(number, office, members).await?,
            });
        }
        Ok(families)
    }

    /// The members of a family in documents, the latest first.
    async fn borne(
        &self,
        family: i64,
        office: Option<&str>,
        count: u32,
    ) -> Result<Vec<Member>, Error> {
        let query = format!(
            "select document.id, content, sheet, strength from {BORNE} and family = $2 \
             order by document.position desc, impression limit $3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(office.unwrap_or(EVERY_OFFICE))
            .bind(family)
            .bind(i64::from(count))
            .fetch_all(&self.pool)
            .await?;
        let mut members = Vec::with_capacity(rows.len());
        for row in rows {
            let document = self.document(&row.get::<String, _>(0)).await?;
            let die = postcard::from_bytes(&row.get::<Vec<u8>, _>(1)).ok();
            if let Some((document, die)) = document.zip(die) {
                members.push(Member {
                    document,
                    die,
                    sheet: row.get::<i64, _>(2).unsigned_abs(),
                    strength: row.get(3),
                });
            }
        }
        Ok(members)
    }
}

/// Keeps a result's impressions of unregistered dies in place of those that were kept of it before; what is the same stays as it is.
pub(super) async fn put(
    connection: &mut AnyConnection,
    result: i64,
    dies: &[KeptDie],
) -> Result<(), Error> {
    let rows = sqlx::query("select position, content from die_impression where result = $1")
        .bind(result)
        .fetch_all(&mut *connection)
        .await?;
    let known: Vec<(i64, Vec<u8>)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let new: Vec<(&KeptDie, Vec<u8>)> = dies
        .iter()
        .filter_map(|die| Some((die, postcard::to_stdvec(die).ok()?)))
        .collect();
    let is_new = |content: &Vec<u8>| known.iter().all(|(_, own)| own != content);
    let is_gone = |content: &Vec<u8>| new.iter().all(|(_, own)| own != content);
    for (position, _) in known.iter().filter(|(_, content)| is_gone(content)) {
        sqlx::query("delete from die_impression where position = $1")
            .bind(position)
            .execute(&mut *connection)
            .await?;
    }
    for (die, content) in new.iter().filter(|(_, content)| is_new(content)) {
        sqlx::query(
            "insert into die_impression (result, impression, poses_as, content) values ($1, $2, $3, $4)",
        )
        .bind(result)
        .bind(i64::try_from(die.impression).unwrap_or(i64::MAX))
        .bind(die.poses_as.as_deref().unwrap_or_default())
        .bind(content.as_slice())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// From a row of [`DIES`]; `None` of what another version wrote.
fn stored(row: &AnyRow) -> Option<StoredDie> {
    Some(StoredDie {
        position: row.get(0),
        sha256: row.get(1),
        die: postcard::from_bytes(&row.get::<Vec<u8>, _>(2)).ok()?,
        family: row.get(3),
        sheet: row.get(4),
        result: row.get(5),
    })
}
