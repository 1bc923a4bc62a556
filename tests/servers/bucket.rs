//! A server of the S3 protocol with one bucket: s3s, which checks signatures, over a temporary folder.
//!
//! It was chosen because a registry of packages has it and it is kept well, because it speaks the protocol over real HTTP as the
//! service's client does, uploads in several parts among it, and because it needs no other program and no network.

use std::net::SocketAddr;
use std::path::Path;

use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::net::TcpListener;

/// Who may use the server.
pub(crate) const ACCESS_KEY: &str = "antin-test";
pub(crate) const SECRET_KEY: &str = "no secret of anybody";

/// Serves the folder's subfolders as buckets until the runtime ends; where it listens.
pub(crate) async fn serve(folder: &Path) -> SocketAddr {
    let files = FileSystem::new(folder).unwrap();
    let mut builder = S3ServiceBuilder::new(files);
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let http = Builder::new(TokioExecutor::new());
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}
