//! Signing in by a provider of OpenID Connect: the authorization code flow with PKCE (RFC 6749, 4.1; RFC 7636; OpenID Connect Core 1.0, 3.1).
//!
//! The provider says who somebody is, and nothing else of what it says is used: which person here that is, an administrator
//! has said before. What must come back as it was sent (`state`, `nonce` and the verifier of PKCE) follows from one secret, which the
//! browser that left keeps.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use futures_util::future::BoxFuture;
use openidconnect::AsyncHttpClient;
use openidconnect::AuthType;
use openidconnect::AuthorizationCode;
use openidconnect::ClientId;
use openidconnect::ClientSecret;
use openidconnect::CsrfToken;
use openidconnect::HttpRequest;
use openidconnect::HttpResponse;
use openidconnect::IssuerUrl;
use openidconnect::Nonce;
use openidconnect::PkceCodeChallenge;
use openidconnect::PkceCodeVerifier;
use openidconnect::RedirectUrl;
use openidconnect::RequestTokenError;
use openidconnect::TokenResponse;
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::core::CoreClient;
use openidconnect::core::CoreClientAuthMethod;
use openidconnect::core::CoreJwsSigningAlgorithm;
use openidconnect::core::CoreProviderMetadata;
use thiserror::Error;
use tokio::sync::Mutex;
use url::Host;
use url::Url;

use crate::accounts::Secret;

/// Where the provider sends people back to, below the site's own address.
pub const BACK: &str = "/api/v1/session/openid/back";

/// Time for each answer of the provider. Chosen: a person waits for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long what the provider tells of itself, its keys among it, is taken for true. Chosen: a key that it takes back is good so long.
const FRESH: Duration = Duration::from_secs(300);
/// How long a provider that did not answer is not asked again. Chosen: nobody waits for what was tried just now.
const SILENT: Duration = Duration::from_secs(10);
/// Bytes of an answer of the provider at most. Chosen: a hundred keys of 4,096 bits with their certificates are fewer.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Signatures that are accepted: none by a shared secret, and not `none`.
const SIGNATURES: [CoreJwsSigningAlgorithm; 4] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Why a provider cannot be asked, or does not vouch for somebody.
#[derive(Debug, Error)]
pub enum Error {
    /// A setting is wrong.
    #[error("{what} of OpenID Connect {wrong}")]
    Setting {
        /// Which.
        what: &'static str,
        /// What is wrong with it.
        wrong: String,
    },
    /// The provider cannot be reached, or answers what it should not.
    #[error("the provider of OpenID Connect at {issuer} does not answer as it should: {reason}")]
    Provider {
        /// Its address.
        issuer: String,
        /// What it did.
        reason: String,
    },
    /// What it says of somebody is not proven.
    #[error("what the provider of OpenID Connect says is not proven: {0}")]
    Unproven(String),
}

/// How the provider is asked.
#[derive(Clone)]
pub struct Setting {
    /// Its address, as it names itself.
    pub issuer: String,
    /// What it calls this service.
    pub client: String,
    /// The secret that it shares with this service, where it gave one.
    pub secret: Option<String>,
    /// The address of this service, as browsers reach it.
    pub site: String,
}

/// Without the secret.
impl std::fmt::Debug for Setting {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (issuer, client, site) = (&self.issuer, &self.client, &self.site);
        write!(formatter, "Setting({issuer}, {client}, {site})")
    }
}

/// What the provider told of itself, or why it did not, and when.
#[derive(Debug)]
struct Known {
    since: Instant,
    told: Result<Arc<CoreProviderMetadata>, String>,
}

impl Known {
    fn is_to_be_used(&self) -> bool {
        let within = if self.told.is_ok() { FRESH } else { SILENT };
        self.since.elapsed() < within
    }
}

/// A provider.
#[derive(Debug)]
pub struct Provider {
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    back: RedirectUrl,
    line: Line,
    known: Mutex<Option<Known>>,
}

impl Provider {
    /// A provider as it was set.
    ///
    /// # Errors
    /// If a setting is missing, or an address is none or can be listened to on its way.
    pub fn of(setting: Setting) -> Result<Self, Error> {
        let wrong = |what, wrong: &dyn std::fmt::Display| Error::Setting {
            what,
            wrong: format!("cannot be used: {wrong}"),
        };
        for (what, text) in [
            ("the client's name", Some(&setting.client)),
            ("the client's secret", setting.secret.as_ref()),
        ] {
            if text.is_some_and(String::is_empty) {
                let wrong = "is empty".to_owned();
                return Err(Error::Setting { what, wrong });
            }
        }
        let back = format!("{}{BACK}", setting.site.trim_end_matches('/'));
        let (issuer, site) = ("the issuer's address", "the site's own address");
        let made = IssuerUrl::new(setting.issuer).map_err(|error| wrong(issuer, &error))?;
        let back = RedirectUrl::new(back).map_err(|error| wrong(site, &error))?;
        for (what, url) in [(issuer, made.url()), (site, back.url())] {
            private(url).map_err(|error| wrong(what, &error))?;
        }
        // A second default is refused, and then one is there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A provider that could send elsewhere could have this service ask whatever it reaches.
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build();
        Ok(Self {
            issuer: made,
            client: ClientId::new(setting.client),
            secret: setting.secret.map(ClientSecret::new),
            back,
            line: Line(http.map_err(|error| wrong("the connection", &error))?),
            known: Mutex::new(None),
        })
    }

    /// Its address, as it names itself.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// If it cannot be reached, or tells of itself what cannot be used.
    pub async fn check(&self) -> Result<(), Error> {
        self.metadata().await.map(drop)
    }

    /// Where somebody goes who keeps `secret`.
    ///
    /// # Errors
    /// If the provider cannot be reached.
    pub async fn departure(&self, secret: &Secret) -> Result<String, Error> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(
            metadata.as_ref().clone(),
            self.client.clone(),
            self.secret.clone(),
        )
        .set_redirect_uri(self.back.clone());
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (state, nonce) = (CsrfToken::new(state(secret).show()), nonce(secret));
        let (address, ..) = client
            .authorize_url(flow, || state, || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier(
                secret,
            )))
            .url();
        Ok(address.into())
    }

    /// What the provider calls whoever came back with a code and kept `secret`.
    ///
    /// # Errors
    /// If it cannot be reached, or what it says is not signed by it, not for this service, too old, or of another departure.
    pub async fn arrival(&self, code: String, secret: &Secret) -> Result<String, Error> {
        let metadata = self.metadata().await?;
        let client = CoreClient::from_provider_metadata(
            metadata.as_ref().clone(),
            self.client.clone(),
            self.secret.clone(),
        )
        .set_redirect_uri(self.back.clone())
        .set_auth_type(shown(&metadata));
        let asking = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| self.failed(&error))?
            .set_pkce_verifier(verifier(secret));
        let answer = asking.request_async(&self.line).await;
        let answer = answer.map_err(|error| match error {
            // The code is none of its own, or of somebody else.
            RequestTokenError::ServerResponse(said) => Error::Unproven(said.to_string()),
            other @ (RequestTokenError::Request(_)
            | RequestTokenError::Parse(..)
            | RequestTokenError::Other(_)) => self.failed(&other),
        })?;
        let missing = || Error::Unproven("there is no ID token".to_owned());
        let token = answer.id_token().ok_or_else(missing)?;
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
        let claims = token.claims(&verifier, &nonce(secret));
        let claims = claims.map_err(|error| Error::Unproven(chain(&error)))?;
        Ok(claims.subject().as_str().to_owned())
    }

    /// What the provider tells of itself, asked anew now and then.
    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, Error> {
        let mut known = self.known.lock().await;
        let kept = known.take().filter(Known::is_to_be_used);
        let now = match kept {
            Some(kept) => kept,
            None => Known {
                told: self.discovered().await.map(Arc::new),
                since: Instant::now(),
            },
        };
        let told = now.told.clone();
        *known = Some(now);
        told.map_err(|reason| Error::Provider {
            issuer: self.issuer.to_string(),
            reason,
        })
    }

    /// Its description and its keys (OpenID Connect Discovery 1.0, 4); it must be of the issuer that was asked.
    async fn discovered(&self) -> Result<CoreProviderMetadata, String> {
        let told = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.line).await;
        let told = told.map_err(|error| chain(&error))?;
        private(told.authorization_endpoint().url())?;
        Ok(told)
    }

    fn failed(&self, error: &dyn std::error::Error) -> Error {
        Error::Provider {
            issuer: self.issuer.to_string(),
            reason: chain(error),
        }
    }
}

/// What must come back with somebody by the address.
#[must_use]
pub fn state(secret: &Secret) -> Secret {
    secret.derived("openid state")
}

/// What must come back within what the provider signs.
fn nonce(secret: &Secret) -> Nonce {
    Nonce::new(secret.derived("openid nonce").show())
}

/// What shows the provider that whoever asks with a code is who sent somebody for it; 43 letters, as RFC 7636 has them.
fn verifier(secret: &Secret) -> PkceCodeVerifier {
    PkceCodeVerifier::new(secret.derived("openid verifier").show())
}

/// How the provider wants the client's secret: in a header, unless it says that it takes it in the form alone.
fn shown(metadata: &CoreProviderMetadata) -> AuthType {
    let taken = metadata.token_endpoint_auth_methods_supported();
    let takes = |method| taken.is_some_and(|taken| taken.contains(&method));
    let in_form = takes(CoreClientAuthMethod::ClientSecretPost);
    match in_form && !takes(CoreClientAuthMethod::ClientSecretBasic) {
        true => AuthType::RequestBody,
        false => AuthType::BasicAuth,
    }
}

/// Whether nobody on the way hears or changes what goes to an address: by TLS, or within this machine.
fn private(url: &Url) -> Result<(), String> {
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_local => Ok(()),
        _ => Err(format!("{url} is not an address of https")),
    }
}

/// An error with what it came of.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        source = error.source();
    }
    text
}

/// What asks the provider; an answer that is too long is none.
#[derive(Debug)]
struct Line(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Line {
    type Error = Refused;
    type Future = BoxFuture<'c, Result<HttpResponse, Refused>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request)?;
            private(request.url()).map_err(Refused::Open)?;
            let mut answer = self.0.execute(request).await?;
            let mut response = HttpResponse::new(Vec::new());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            while let Some(chunk) = answer.chunk().await? {
                if response.body().len() + chunk.len() > ANSWER_BYTES_MAX {
                    return Err(Refused::TooLong);
                }
                response.body_mut().extend_from_slice(&chunk);
            }
            Ok(response)
        })
    }
}

/// Why the provider was not heard.
#[derive(Debug, Error)]
enum Refused {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("its answer is longer than {ANSWER_BYTES_MAX} bytes")]
    TooLong,
    #[error("{0}")]
    Open(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(issuer: &str, site: &str) -> Result<Provider, Error> {
        Provider::of(Setting {
            issuer: issuer.into(),
            client: "antin".into(),
            secret: None,
            site: site.into(),
        })
    }

    #[test]
    fn what_others_could_hear_is_no_address_of_a_provider() {
        let (issuer, site) = ("https://id.example.vn", "https://antin.example.vn/");
        let provider = of(issuer, site).unwrap();
        assert_eq!(
            provider.back.as_str(),
            "https://antin.example.vn/api/v1/session/openid/back"
        );
        assert!(of("http://127.0.0.1:4000", "http://[::1]:8080").is_ok());
        for (issuer, site) in [
            ("http://id.example.vn", site),
            (issuer, "http://antin.example.vn"),
            ("file:///etc/passwd", site),
            ("http://127.0.0.1.example.vn", site),
            ("id.example.vn", site),
            (issuer, ""),
        ] {
            let error = of(issuer, site).unwrap_err().to_string();
            assert!(
                error.contains("address of OpenID Connect cannot be used"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_comes_back_tells_nothing_of_what_stays() {
        let secret = Secret::draw(crate::accounts::secret::system).unwrap();
        let told = [state(&secret).show(), nonce(&secret).secret().clone()];
        let kept = [verifier(&secret).into_secret(), secret.show()];
        assert!(told.iter().all(|told| !kept.contains(told)));
        assert_ne!(told[0], told[1]);
    }
}
