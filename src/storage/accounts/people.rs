//! The people themselves.

use serde_json::json;
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::accounts;
use crate::accounts::Login;
use crate::accounts::PasswordHash;
use crate::accounts::Person;
use crate::accounts::Role;
use crate::audit::Act;
use crate::audit::Deed;
use crate::storage::Error;
use crate::storage::Store;
use crate::storage::accounts::end_holdings;
use crate::storage::accounts::read;
use crate::storage::audit;
use crate::storage::entries::has_body;

pub(super) const COLUMNS: &str =
    "person.login, person.name, role, office, disabled_at, person.created_at";

/// A person to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// The person.
    pub person: Person,
    /// Their password, where one was chosen already.
    pub password: Option<PasswordHash>,
}

/// Whether a change of a person was made, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was.
    Made,
    /// It was so before.
    AsBefore,
    /// There is no such person.
    Unknown,
    /// There is a person of this login.
    Taken,
    /// Without the only administrator nobody could let anyone in.
    LastAdministrator,
}

impl Store {
    /// Everybody, those who are disabled included, in the order in which they were added.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn people(&self) -> Result<Vec<Person>, Error> {
        let text = format!("select {COLUMNS} from person order by position");
        let rows = sqlx::query(sqlx::AssertSqlSafe(text))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(person).collect()
    }

    /// The person with this login.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn person(&self, login: &Login) -> Result<Option<Person>, Error> {
        let mut connection = self.pool.acquire().await?;
        find(&mut connection, login).await
    }

    /// Whether anybody has an account: from then on the register is changed by proposals.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn has_people(&self) -> Result<bool, Error> {
        let row = sqlx::query("select 1 from person limit 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    /// What is kept of a person's password.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn password(&self, login: &Login) -> Result<Option<PasswordHash>, Error> {
        let row = sqlx::query("select password from person where login = $1")
            .bind(login.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let kept = row.and_then(|row| row.get::<Option<String>, _>(0));
        Ok(kept.and_then(PasswordHash::read))
    }

    /// Adds a person.
    ///
    /// # Errors
    /// If their office is no body of the register, or the database fails; then nobody is added.
    pub async fn add_person(&self, new: &NewPerson, act: &Act) -> Result<Changed, Error> {
        let mut transaction = self.begin().await?;
        let changed = insert(&mut transaction, new, act).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Changes a person's name, role and office to those given.
    ///
    /// # Errors
    /// If another office than before is no body of the register, or the database fails; then nothing is changed.
    pub async fn change_person(&self, wanted: &Person, act: &Act) -> Result<Changed, Error> {
        let mut transaction = self.begin().await?;
        let Some(before) = find(&mut transaction, &wanted.login).await? else {
            return Ok(Changed::Unknown);
        };
        let told = |person: &Person| (person.name.clone(), person.role, person.office.clone());
        if told(&before) == told(wanted) {
            return Ok(Changed::AsBefore);
        }
        if before.office != wanted.office {
            is_body(&mut transaction, wanted.office.as_deref()).await?;
        }
        let stays = wanted.role == Role::Administrator;
        if !stays && is_last_administrator(&mut transaction, &before).await? {
            return Ok(Changed::LastAdministrator);
        }
        sqlx::query("update person set name = $1, role = $2, office = $3 where login = $4")
            .bind(&wanted.name)
            .bind(wanted.role.name())
            .bind(&wanted.office)
            .bind(wanted.login.as_str())
            .execute(&mut *transaction)
            .await?;
        let detail = json!({
            "before": { "role": before.role.name(), "office": before.office },
            "now": { "role": wanted.role.name(), "office": wanted.office },
        });
        let entry = act.entry(Deed::PersonChanged, wanted.login.as_str(), detail);
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Changed::Made)
    }

    /// Keeps a person from signing in, at once: sessions end, and tokens are good no more while it lasts.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn disable_person(&self, login: &Login, act: &Act) -> Result<Changed, Error> {
        let mut transaction = self.begin().await?;
        let Some(before) = find(&mut transaction, login).await? else {
            return Ok(Changed::Unknown);
        };
        if !before.is_active() {
            return Ok(Changed::AsBefore);
        }
        if is_last_administrator(&mut transaction, &before).await? {
            return Ok(Changed::LastAdministrator);
        }
        sqlx::query("update person set disabled_at = $1 where login = $2")
            .bind(act.at.to_string())
            .bind(login.as_str())
            .execute(&mut *transaction)
            .await?;
        end_holdings(&mut transaction, login, None).await?;
        let entry = act.entry(Deed::PersonDisabled, login.as_str(), json!({}));
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Changed::Made)
    }

    /// Lets a person sign in again who was disabled.
    ///
    /// # Errors
    /// If the database fails; then nothing is changed.
    pub async fn enable_person(&self, login: &Login, act: &Act) -> Result<Changed, Error> {
        let mut transaction = self.begin().await?;
        let Some(before) = find(&mut transaction, login).await? else {
            return Ok(Changed::Unknown);
        };
        if before.is_active() {
            return Ok(Changed::AsBefore);
        }
        sqlx::query("update person set disabled_at = null where login = $1")
            .bind(login.as_str())
            .execute(&mut *transaction)
            .await?;
        let entry = act.entry(Deed::PersonEnabled, login.as_str(), json!({}));
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Changed::Made)
    }

    /// Keeps the hash of a password that a person chose; their other sessions end.
    ///
    /// # Errors
    /// If the database fails; then the old one stays.
    pub async fn set_password(
        &self,
        login: &Login,
        (hash, session): (&PasswordHash, Option<&str>),
        act: &Act,
    ) -> Result<Changed, Error> {
        let mut transaction = self.begin().await?;
        if find(&mut transaction, login).await?.is_none() {
            return Ok(Changed::Unknown);
        }
        keep_password(&mut transaction, login, hash).await?;
        end_holdings(&mut transaction, login, session).await?;
        let entry = act.entry(Deed::PasswordChosen, login.as_str(), json!({}));
        audit::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(Changed::Made)
    }
}

pub(super) async fn insert(
    connection: &mut AnyConnection,
    new: &NewPerson,
    act: &Act,
) -> Result<Changed, Error> {
    let person = &new.person;
    is_body(connection, person.office.as_deref()).await?;
    let inserted = sqlx::query(
        "insert into person (login, name, role, office, password, created_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
    )
    .bind(person.login.as_str())
    .bind(&person.name)
    .bind(person.role.name())
    .bind(&person.office)
    .bind(new.password.as_ref().map(PasswordHash::as_str))
    .bind(person.created_at.to_string())
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(Changed::Taken);
    }
    let detail = json!({ "role": person.role.name(), "office": person.office });
    let entry = act.entry(Deed::PersonAdded, person.login.as_str(), detail);
    audit::append(connection, &entry).await?;
    Ok(Changed::Made)
}

/// Refuses an office that is no body of the register; to work for none is no fault.
async fn is_body(connection: &mut AnyConnection, office: Option<&str>) -> Result<(), Error> {
    match office {
        Some(id) if !has_body(connection, id).await? => {
            let office = id.to_owned();
            Err(accounts::Error::Office { office }.into())
        }
        _ => Ok(()),
    }
}

pub(super) async fn keep_password(
    connection: &mut AnyConnection,
    login: &Login,
    hash: &PasswordHash,
) -> Result<(), Error> {
    sqlx::query("update person set password = $1 where login = $2")
        .bind(hash.as_str())
        .bind(login.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn find(
    connection: &mut AnyConnection,
    login: &Login,
) -> Result<Option<Person>, Error> {
    let text = format!("select {COLUMNS} from person where login = $1");
    let row = sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(login.as_str())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(person).transpose()
}

/// Whether nobody else could let people in.
async fn is_last_administrator(
    connection: &mut AnyConnection,
    person: &Person,
) -> Result<bool, Error> {
    if person.role != Role::Administrator || !person.is_active() {
        return Ok(false);
    }
    let other = sqlx::query(
        "select 1 from person where role = $1 and disabled_at is null and login <> $2 limit 1",
    )
    .bind(Role::Administrator.name())
    .bind(person.login.as_str())
    .fetch_optional(connection)
    .await?;
    Ok(other.is_none())
}

/// A person from the first columns of a row that begins with [`COLUMNS`].
pub(super) fn person(row: &AnyRow) -> Result<Person, Error> {
    let disabled_at: Option<String> = row.get(4);
    Ok(Person {
        login: read(row.get(0), "the login")?,
        name: row.get(1),
        role: read(row.get(2), "the role")?,
        office: row.get(3),
        disabled_at: disabled_at.map(|at| read(&at, "the instant")).transpose()?,
        created_at: read(row.get(5), "the instant")?,
    })
}
