//! What a register's file would do, line by line, before anything is proposed; and whether a scan is good enough for a specimen.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Multipart;
use axum::extract::Query;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::Shared;
use crate::api::identity::Caller;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::api::proposals;
use crate::api::proposals::LeftOut;
use crate::api::proposals::Warned;
use crate::sandbox;
use crate::storage::import::Mode;
use crate::storage::proposals::Line;
use crate::verify::enrolment;
use crate::verify::enrolment::Check;
use crate::verify::specimen;

/// Bytes of a specimen's scan that is looked at: a sheet at 600 dpi has fewer.
pub(super) const SPECIMEN_BYTES_MAX: usize = 64 << 20;

/// What a register's file would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Preview {
    /// Its good rows.
    lines: Vec<Line>,
    /// Rows that would be left out, each with its line and the reason.
    left_out: Vec<LeftOut>,
    /// What should be looked at all the same.
    warnings: Vec<String>,
    /// The same by codes.
    warned: Vec<Warned>,
}

/// Tell what a register's file would do, line by line; nothing is kept. The form is that of a proposal.
#[utoipa::path(
    post, path = "/proposals/preview", tag = "proposals",
    request_body(content = Vec<u8>, content_type = "multipart/form-data"),
    responses((status = 200, body = Preview), (status = 422, body = Problem))
)]
pub(super) async fn preview(
    State(service): State<Shared>,
    caller: Caller,
    form: Multipart,
) -> Answer<Json<Preview>> {
    let sheet = proposals::sheet(&service, form, (Mode::Preview, &caller.act())).await?;
    let lines = match sheet.content {
        Some(content) => service.store.preview(&content).await?,
        None => Vec::new(),
    };
    Ok(Json(Preview {
        lines,
        left_out: sheet.left_out,
        warnings: sheet.warnings,
        warned: sheet.warned,
    }))
}

/// How a scan is to be looked at.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Stated {
    /// Its resolution in pixels an inch, where the file does not say it.
    dpi: Option<f64>,
}

/// Whether a scan is good enough for a specimen.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct SpecimenChecked {
    /// Whether it is, by all that is asked.
    good: bool,
    /// Why it is no specimen at all; null where it is one.
    reason: Option<String>,
    /// That as a code: `unreadable`, `not_processed`, `no_seal`, `several_seals` or `no_resolution`.
    code: Option<String>,
    /// What was asked of it.
    #[schema(value_type = Vec<Object>)]
    checks: Vec<Check>,
}

/// Look whether a scan is good enough for a specimen, and why not; nothing is kept.
#[utoipa::path(
    post, path = "/specimens/check", tag = "register", params(Stated),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = SpecimenChecked), (status = 413, body = Problem))
)]
pub(super) async fn specimen(
    State(service): State<Shared>,
    Query(stated): Query<Stated>,
    body: Bytes,
) -> Answer<Json<SpecimenChecked>> {
    let _place = service.limits.upload()?;
    let options = service.registers.options().clone();
    let look = move || {
        let source = sandbox::Source::Bytes(&body);
        match specimen::read(source, stated.dpi, None, &options) {
            Ok(impression) => {
                let checks = enrolment::checks(&impression);
                SpecimenChecked {
                    good: checks.iter().all(|check| check.good),
                    reason: None,
                    code: None,
                    checks,
                }
            }
            Err(error) => SpecimenChecked {
                good: false,
                reason: Some(error.to_string()),
                code: Some(error.code().to_owned()),
                checks: Vec::new(),
            },
        }
    };
    let looked = tokio::task::spawn_blocking(look).await;
    looked.map(Json).map_err(|error| Problem::failure(&error))
}
