//! What went wrong, as a page for people: whoever is not signed in is led to where they can.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;

use crate::api::problem::Problem;
use crate::web::shell::Shell;
use crate::web::shell::drawn;

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    shell: Shell,
    title: &'static str,
    detail: String,
}

/// The outermost layer: problems of requests for pages become pages.
pub(super) async fn as_page(request: Request, next: Next) -> Response {
    if !asks_for_page(&request) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let shell = match Shell::from_request_parts(&mut parts, &()).await {
        Ok(shell) => shell,
        Err(never) => match never {},
    };
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(problem) = response.extensions().get::<Problem>().cloned() else {
        return response;
    };
    let page = if problem.status() == StatusCode::UNAUTHORIZED {
        let mut back = url::form_urlencoded::Serializer::new(String::new());
        back.append_pair("back", &shell.address);
        let address = match shell.address.as_str() {
            "/" => "/sign-in".to_owned(),
            _ => format!("/sign-in?{}", back.finish()),
        };
        Redirect::to(&address).into_response()
    } else {
        let title = title(&shell, problem.status());
        // The service's sentences are English: what has no words of its own is refused in general ones.
        let own = shell.problem(problem.code());
        let detail = own.or_else(|| shell.problem("refused"));
        let detail = detail.map_or_else(|| problem.detail().to_owned(), str::to_owned);
        let page = drawn(&FaultPage {
            shell,
            title,
            detail,
        });
        (problem.status(), page).into_response()
    };
    worn(page, response.headers())
}

/// The page with the headers of the answer that it stands for, but for what they say of its body.
fn worn(mut page: Response, headers: &HeaderMap) -> Response {
    for (name, value) in headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            page.headers_mut().insert(name.clone(), value.clone());
        }
    }
    page
}

fn title(shell: &Shell, status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => shell.t("web.fault.not_found"),
        StatusCode::FORBIDDEN => shell.t("web.fault.forbidden"),
        StatusCode::TOO_MANY_REQUESTS => shell.t("web.fault.busy"),
        _ => shell.t("web.fault.failed"),
    }
}

fn asks_for_page(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT);
    let accepts = accepts.and_then(|value: &HeaderValue| value.to_str().ok());
    request.method().is_safe()
        && !request.uri().path().starts_with("/api/")
        && accepts.is_some_and(|kinds| kinds.contains("text/html"))
}
