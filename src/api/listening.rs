//! Connections: a listener, with a certificate or without, that ends in order.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use tokio_util::sync::CancellationToken;

/// Time that requests have to end when the service is stopped.
const GRACE: Duration = Duration::from_secs(20);

/// A certificate and its key, in PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The chain of certificates.
    pub chain: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Opens the listener; its address has the port that the system chose, where 0 was asked for.
///
/// # Errors
/// If the address cannot be had.
pub fn bind(address: SocketAddr) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Serves until it is told to stop; requests that were begun are ended. A client says what it wants within `headers_within`.
///
/// # Errors
/// If the certificate cannot be used, or connections cannot be taken.
pub async fn serve(
    listener: TcpListener,
    certificate: Option<&Certificate>,
    (router, headers_within): (Router, Duration),
    stop: CancellationToken,
) -> std::io::Result<()> {
    let handle = Handle::new();
    let ending = handle.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        ending.graceful_shutdown(Some(GRACE));
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // HTTP/1.1 alone: telling the versions apart waits without end for a client that says nothing, and the time for
    // headers holds for this version only.
    match certificate {
        None => {
            let server = axum_server::from_tcp(listener)?;
            let mut server = server.handle(handle).http1_only();
            let http = server.http_builder();
            http.http1()
                .timer(hyper_util::rt::TokioTimer::new())
                .header_read_timeout(headers_within);
            server.serve(service).await
        }
        Some(Certificate { chain, key }) => {
            let config = tls(chain, key).await?;
            let server = axum_server::from_tcp_rustls(listener, config)?;
            let mut server = server.handle(handle).http1_only();
            let http = server.http_builder();
            http.http1()
                .timer(hyper_util::rt::TokioTimer::new())
                .header_read_timeout(headers_within);
            server.serve(service).await
        }
    }
}

async fn tls(chain: &Path, key: &Path) -> std::io::Result<RustlsConfig> {
    // A second default is refused, and then one is there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let read = RustlsConfig::from_pem_file(chain, key).await?;
    let mut config = read.get_inner().as_ref().clone();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}
