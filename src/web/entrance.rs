//! Signing in, choosing a password by a link, and the language.

use askama::Template;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use serde::Deserialize;

use crate::api::Shared;
use crate::api::problem::Answer;
use crate::api::problem::Problem;
use crate::web::shell::LANGUAGE_COOKIE;
use crate::web::shell::Shell;
use crate::web::shell::drawn;
use crate::words::Language;

/// Where to go on.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Back {
    back: Option<String>,
}

impl Back {
    /// The address, if it is one of this service: what could lead elsewhere is not followed.
    fn address(&self) -> &str {
        let own = self.back.as_deref().filter(|address| {
            let is_plain = address
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
            is_plain && address.starts_with('/') && !address.starts_with("//")
        });
        own.unwrap_or("/")
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    back: String,
    /// Whether somebody else vouches for people too.
    has_provider: bool,
    /// Why they did not, as a key.
    refused: Option<&'static str>,
}

/// Why somebody comes back from the provider without a session.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refused {
    refused: Option<String>,
}

impl Refused {
    /// The key of what is told about it.
    fn key(&self) -> Option<&'static str> {
        match self.refused.as_deref()? {
            "not_begun" => Some("web.sign_in.not_begun"),
            "declined" => Some("web.sign_in.declined"),
            "unproven" => Some("web.sign_in.unproven"),
            "no_account" => Some("web.sign_in.no_account"),
            "wait" => Some("web.sign_in.wait"),
            "silent" => Some("web.sign_in.silent"),
            _ => None,
        }
    }
}

/// Where people sign in.
pub(super) async fn sign_in(
    State(service): State<Shared>,
    shell: Shell,
    Query(back): Query<Back>,
    Query(refused): Query<Refused>,
) -> Answer<Html<String>> {
    drawn(&SignInPage {
        shell,
        back: back.address().to_owned(),
        has_provider: service.provider.is_some(),
        refused: refused.key(),
    })
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    shell: Shell,
}

/// Where a link leads: the secret stands behind `#`, so that only the page's script sees it.
pub(super) async fn welcome(shell: Shell) -> Answer<Html<String>> {
    drawn(&WelcomePage { shell })
}

/// Chooses a language.
pub(super) async fn language(
    State(service): State<Shared>,
    Path(code): Path<String>,
    Query(back): Query<Back>,
) -> Answer<Response> {
    let language: Language = code.parse().map_err(|_| Problem::not_found("language"))?;
    kept(&service, (LANGUAGE_COOKIE, language.code()), &back)
}

/// Keeps a reader's choice in their browser, and leads back.
pub(super) fn kept(service: &Shared, (name, value): (&str, &str), back: &Back) -> Answer<Response> {
    let secure = match service.site.is_secure {
        true => "; Secure",
        false => "",
    };
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}");
    let mut response = Redirect::to(back.address()).into_response();
    let cookie = HeaderValue::from_str(&cookie).map_err(|error| Problem::failure(&error))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_away_from_the_service() {
        let followed = |text: &str| {
            let back = Back {
                back: Some(text.to_owned()),
            };
            back.address().to_owned()
        };
        assert_eq!(
            followed("/documents?outcome=flag"),
            "/documents?outcome=flag"
        );
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "",
            "/a\nb",
        ] {
            assert_eq!(followed(elsewhere), "/", "{elsewhere:?}");
        }
    }
}
