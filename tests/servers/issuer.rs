//! A provider of OpenID Connect that runs here, over HTTP, and signs what it says; it lies where a test wants it to.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

use axum::Form;
use axum::Json;
use axum::Router;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Redirect;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openidconnect::JsonWebKeyId;
use openidconnect::PrivateSigningKey;
use openidconnect::core::CoreEdDsaPrivateSigningKey;
use openidconnect::core::CoreHmacKey;
use openidconnect::core::CoreJwsSigningAlgorithm;
use reqwest::Url;
use serde_json::Value;
use serde_json::json;
use sha2::{Digest, Sha256};

pub(crate) const CLIENT: &str = "antin";
pub(crate) const SECRET: &str = "a secret of both";

/// What is wrong with what the provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lie {
    None,
    Nonce,
    Audience,
    Issuer,
    Old,
    Key,
    Unsigned,
    /// Signed by what both know, which whoever holds the provider's public key could take for a secret.
    Shared,
    /// No token.
    Nothing,
    /// More than anybody reads.
    Long,
    /// Somewhere else is to be asked.
    Elsewhere,
    /// Nobody is let in.
    Declined,
}

/// A provider; whoever asks is `subject` to it.
pub(crate) struct Issuer {
    pub(crate) address: String,
    pub(crate) subject: Mutex<String>,
    pub(crate) lie: Mutex<Lie>,
    /// Nonce and challenge by code.
    codes: Mutex<HashMap<String, (String, String)>>,
}

/// A key of Ed25519 from its seed, as PKCS #8 has it (RFC 8410, 7).
fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    let mut der = vec![
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    der.extend([seed; 32]);
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    );
    let name = JsonWebKeyId::new("k1".into());
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(name)).unwrap()
}

impl Issuer {
    pub(crate) async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = Arc::new(Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            subject: Mutex::new("248289761001".into()),
            lie: Mutex::new(Lie::None),
            codes: Mutex::new(HashMap::new()),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(described))
            .route("/keys", get(keys))
            .route("/authorize", get(authorised))
            .route("/token", post(given))
            .with_state(Arc::clone(&issuer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        issuer
    }

    /// What it says of whoever asks.
    fn token(&self, nonce: &str) -> String {
        let lie = *self.lie.lock().unwrap();
        let lies = |own: Lie, lied: &str, true_one: &str| match lie == own {
            true => lied.to_owned(),
            false => true_one.to_owned(),
        };
        let now = Timestamp::now().as_second();
        let until = if lie == Lie::Old {
            now - 600
        } else {
            now + 600
        };
        let algorithm = if lie == Lie::Unsigned {
            "none"
        } else if lie == Lie::Shared {
            "HS256"
        } else {
            "EdDSA"
        };
        let head = json!({ "alg": algorithm, "kid": "k1" });
        let said = json!({
            "iss": lies(Lie::Issuer, "http://127.0.0.1:1", &self.address),
            "aud": lies(Lie::Audience, "another", CLIENT),
            "nonce": lies(Lie::Nonce, "another", nonce),
            "sub": *self.subject.lock().unwrap(),
            "iat": now,
            "exp": until,
        });
        let text = [head, said]
            .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
            .join(".");
        let key = key(if lie == Lie::Key { 9 } else { 1 });
        let signature = if lie == Lie::Unsigned {
            Ok(Vec::new())
        } else if lie == Lie::Shared {
            let algorithm = CoreJwsSigningAlgorithm::HmacSha256;
            CoreHmacKey::new(SECRET).sign(&algorithm, text.as_bytes())
        } else {
            key.sign(&CoreJwsSigningAlgorithm::EdDsa, text.as_bytes())
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.unwrap()))
    }
}

async fn described(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", issuer.address);
    Json(json!({
        "issuer": issuer.address,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys() -> Json<Value> {
    Json(json!({ "keys": [key(1).as_verification_key()] }))
}

async fn authorised(
    State(issuer): State<Arc<Issuer>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Redirect {
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("code_challenge_method", "S256"),
        ("scope", "openid"),
    ] {
        assert_eq!(asked[name], value, "{name}");
    }
    if *issuer.lie.lock().unwrap() == Lie::Declined {
        let said = [
            ("error", "access_denied"),
            ("state", asked["state"].as_str()),
        ];
        let back = Url::parse_with_params(&asked["redirect_uri"], said);
        return Redirect::to(back.unwrap().as_str());
    }
    let mut codes = issuer.codes.lock().unwrap();
    let code = format!("code-{}", codes.len());
    let kept = (asked["nonce"].clone(), asked["code_challenge"].clone());
    codes.insert(code.clone(), kept);
    let back = Url::parse_with_params(
        &asked["redirect_uri"],
        [("code", code.as_str()), ("state", asked["state"].as_str())],
    );
    Redirect::to(back.unwrap().as_str())
}

async fn given(
    State(issuer): State<Arc<Issuer>>,
    headers: HeaderMap,
    Form(asked): Form<HashMap<String, String>>,
) -> Response {
    let shown = headers["authorization"].to_str().unwrap().to_owned();
    let shown = STANDARD
        .decode(shown.strip_prefix("Basic ").unwrap())
        .unwrap();
    let shown = String::from_utf8(shown).unwrap().replace('+', " ");
    let kept = issuer.codes.lock().unwrap().remove(&asked["code"]);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked["code_verifier"]));
    let nonce = match kept {
        Some((nonce, kept)) if kept == challenge && shown == format!("{CLIENT}:{SECRET}") => nonce,
        _ => {
            let said = Json(json!({ "error": "invalid_grant" }));
            return (StatusCode::BAD_REQUEST, said).into_response();
        }
    };
    let lie = *issuer.lie.lock().unwrap();
    let mut said = json!({ "access_token": "a", "token_type": "Bearer" });
    if lie == Lie::Elsewhere {
        return Redirect::temporary("/token-of-another").into_response();
    }
    if lie == Lie::Long {
        said["more"] = "a".repeat(2 << 20).into();
    }
    if lie != Lie::Nothing {
        said["id_token"] = issuer.token(&nonce).into();
    }
    Json(said).into_response()
}
