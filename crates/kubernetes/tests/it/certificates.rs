//! Clusters behind TLS: whose certificate is renewed, and which ask for one of the portal.

use std::sync::Arc;

use base64::Engine as _;
use kubernetes::engine::Sort;
use kubernetes::engine::kinds::PODS;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::api_server::ApiServer;
use crate::watches::{KINDS, Scene, pod};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key.
fn signed(authority: &Authority, name: &str) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    (params.signed_by(&key, authority).unwrap(), key)
}

/// TLS before a server, with a certificate of an authority. With `callers` it lets in only those with a certificate of that one.
async fn before(server: &ApiServer, authority: &Authority, callers: Option<&Authority>) -> String {
    let (certificate, key) = signed(authority, "localhost");
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let builder = ServerConfig::builder();
    let builder = match callers {
        None => builder.with_no_client_auth(),
        Some(callers) => {
            let mut roots = RootCertStore::empty();
            roots.add(callers.der().clone()).unwrap();
            builder.with_client_cert_verifier(WebPkiClientVerifier::builder(roots.into()).build().unwrap())
        }
    };
    let config = builder
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let inner = server.url.trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, inner) = (acceptor.clone(), inner.clone());
            tokio::spawn(async move {
                let mut outer = acceptor.accept(stream).await.ok()?;
                let mut inner = TcpStream::connect(inner).await.ok()?;
                tokio::io::copy_bidirectional(&mut outer, &mut inner).await.ok()
            });
        }
    });
    format!("https://localhost:{port}")
}

#[tokio::test]
async fn an_authority_that_is_renewed_is_trusted_without_a_restart() {
    let (server, folder) = (ApiServer::start().await, tempfile::tempdir().unwrap());
    server.put("pods", pod("web-1", "Running"));
    let (old, new) = (authority(), authority());
    let url = before(&server, &new, None).await;
    std::fs::write(folder.path().join("ca.pem"), old.pem()).unwrap();
    let section = json!({"clusterLocatorMethods": [{"type": "config", "clusters": [
        {"name": "test", "url": url, "serviceAccountToken": "t", "caFile": "ca.pem"},
    ]}]});
    let scene = Scene::of(server, folder, &section).await;
    scene.kubernetes.watch(&KINDS).await;
    scene
        .until("the refusal", |scene| {
            scene.failure(&PODS) == Some(Sort::Untrusted)
        })
        .await;
    std::fs::write(scene.folder.path().join("ca.pem"), new.pem()).unwrap();
    scene.until("the trust", |scene| scene.names() == ["web-1"]).await;
}

#[tokio::test]
async fn a_context_of_a_kubeconfig_shows_its_certificate_as_the_file_is_now() {
    let (server, folder) = (ApiServer::start().await, tempfile::tempdir().unwrap());
    server.put("pods", pod("web-1", "Running"));
    let (own, callers) = (authority(), authority());
    let url = before(&server, &own, Some(&callers)).await;
    let (certificate, key) = signed(&callers, "portal");
    let encode = |pem: String| base64::engine::general_purpose::STANDARD.encode(pem);
    let file = format!(
        "clusters:\n- {{name: c, cluster: {{server: '{url}', certificate-authority-data: {}}}}}\n\
         users:\n- {{name: u, user: {{client-certificate-data: {}, client-key: key.pem}}}}\n\
         contexts:\n- {{name: here, context: {{cluster: c, user: u}}}}\n",
        encode(own.pem()),
        encode(certificate.pem()),
    );
    // The file is written anew while the portal runs, as clusters do that renew certificates.
    let earlier = file.replace("client-certificate-data", "token: old, ignored");
    std::fs::write(folder.path().join("config"), earlier).unwrap();
    std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
    let section = json!({"clusterLocatorMethods": [{"type": "kubeconfig", "file": "config"}]});
    let scene = Scene::of(server, folder, &section).await;
    assert_eq!(scene.kubernetes.cluster_names(), ["here"]);
    scene.kubernetes.watch(&KINDS).await;
    assert_eq!(
        scene.failure(&PODS),
        Some(Sort::Away),
        "without a certificate it is not let in"
    );
    std::fs::write(scene.folder.path().join("config"), file).unwrap();
    scene
        .until("the objects", |scene| scene.names() == ["web-1"])
        .await;
}
