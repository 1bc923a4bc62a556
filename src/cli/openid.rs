//! Which provider of OpenID Connect people may sign in by.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::openid::Provider;
use crate::openid::Setting;

/// The provider, and what it knows of this service.
#[derive(Debug, Args)]
#[group(id = "openid")]
pub(super) struct Choice {
    /// Lets people sign in by this provider of OpenID Connect too: those of whom an administrator has said what it calls them.
    #[arg(
        long,
        value_name = "URL",
        env = "ANTIN_OPENID_ISSUER",
        requires_all = ["openid_client", "site"]
    )]
    openid_issuer: Option<String>,
    /// What the provider calls this service.
    #[arg(
        long,
        value_name = "ID",
        env = "ANTIN_OPENID_CLIENT",
        requires = "openid_issuer"
    )]
    openid_client: Option<String>,
    /// A file whose first line is the secret that the provider shares with this service.
    #[arg(
        long,
        value_name = "FILE",
        env = "ANTIN_OPENID_SECRET_FILE",
        requires = "openid_issuer"
    )]
    openid_secret_file: Option<PathBuf>,
    /// The address of this service as browsers reach it, https and all; the provider sends people back there.
    #[arg(
        long,
        value_name = "URL",
        env = "ANTIN_SITE",
        requires = "openid_issuer"
    )]
    site: Option<String>,
}

impl Choice {
    /// The provider, if one was chosen; it was asked, and answers.
    pub(super) async fn provider(&self) -> anyhow::Result<Option<Provider>> {
        let (Some(issuer), Some(client), Some(site)) =
            (&self.openid_issuer, &self.openid_client, &self.site)
        else {
            return Ok(None);
        };
        let secret = match &self.openid_secret_file {
            None => None,
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("cannot read {}", file.display()))?;
                Some(text.lines().next().unwrap_or_default().trim().to_owned())
            }
        };
        let provider = Provider::of(Setting {
            issuer: issuer.clone(),
            client: client.clone(),
            secret,
            site: site.clone(),
        })?;
        provider.check().await?;
        Ok(Some(provider))
    }
}
