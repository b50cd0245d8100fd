//! Servers with certificates of a private authority: refused with the way out, trusted for one host, trusted everywhere.

use std::path::PathBuf;
use std::sync::Arc;

use model::SystemClock;
use outside::{HostPolicy, HostTrust, OutsideCalls, OutsideError, Settings, Trust, What};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use url::Url;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server at `localhost` that answers `well` to everything.
async fn serve(authority: &Authority) -> Url {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nwell";
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    Url::parse(&format!("https://localhost:{port}/")).unwrap()
}

fn file(folder: &TempDir, name: &str, authority: &Authority) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, authority.pem()).unwrap();
    path
}

async fn call(trust: Trust, url: &Url) -> Result<String, OutsideError> {
    let settings = Settings {
        trust,
        ..Settings::default()
    };
    let calls = OutsideCalls::new(settings, Arc::new(SystemClock));
    let host = calls.host("gitea", &HostPolicy::default()).unwrap();
    host.get(url.clone()).send().await?.text().await
}

#[tokio::test]
async fn a_private_authority_is_trusted_where_the_configuration_says_so() {
    let (own, other) = (authority(), authority());
    let folder = tempfile::tempdir().unwrap();
    let (own_file, other_file) = (file(&folder, "own.pem", &own), file(&folder, "other.pem", &other));
    let url = serve(&own).await;

    // The provider of the process is installed by the calls; it is needed before the first server is.
    let error = call(Trust::default(), &url).await.unwrap_err();
    assert!(matches!(error.what, What::Untrusted(_)), "{error}");
    assert!(error.to_string().contains("portal.outside.hosts"), "{error}");

    let with_port = format!("localhost:{}", url.port().unwrap());
    for host in ["localhost", "LocalHost", &with_port] {
        let trust = Trust::default().only(host, &own_file).unwrap();
        assert_eq!(call(trust, &url).await.unwrap(), "well", "{host}");
    }
    let everywhere = Trust::default().everywhere(&own_file).unwrap();
    assert_eq!(call(everywhere.clone(), &url).await.unwrap(), "well");
    for host in ["gitea.example.com", "localhost:1"] {
        let elsewhere = Trust::default().only(host, &own_file).unwrap();
        call(elsewhere, &url).await.unwrap_err();
    }
    let other = everywhere.only("localhost", &other_file).unwrap();
    let error = call(other, &url).await.unwrap_err();
    assert!(
        matches!(error.what, What::Untrusted(_)),
        "a host with certificates of its own trusts no others: {error}"
    );
}

#[test]
fn files_without_certificates_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, broken) = (folder.path().join("empty.pem"), folder.path().join("broken.pem"));
    std::fs::write(&empty, "nothing").unwrap();
    std::fs::write(
        &broken,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    )
    .unwrap();
    for file in [&empty, &broken, &folder.path().join("missing.pem")] {
        let error = Trust::default().only("localhost", file).err().unwrap();
        assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
    }
}

async fn call_trusting(own: HostTrust, everywhere: Trust, url: &Url) -> Result<String, OutsideError> {
    let settings = Settings {
        trust: everywhere,
        ..Settings::default()
    };
    let calls = OutsideCalls::new(settings, Arc::new(SystemClock));
    let policy = HostPolicy {
        trust: Some(own),
        ..HostPolicy::default()
    };
    let host = calls.host("kubernetes north", &policy).unwrap();
    host.get(url.clone()).send().await?.text().await
}

#[tokio::test]
async fn a_host_whose_feature_brings_its_trust_follows_that_alone() {
    let (own, other) = (authority(), authority());
    let folder = tempfile::tempdir().unwrap();
    let everywhere = || {
        Trust::default()
            .everywhere(&file(&folder, "own.pem", &own))
            .unwrap()
    };
    // The provider of the process is installed by the calls; it is needed before the first server is.
    let _ = OutsideCalls::new(Settings::default(), Arc::new(SystemClock));
    let url = serve(&own).await;
    let only = |authority: &Authority| HostTrust::default().only(authority.pem().as_bytes()).unwrap();
    assert_eq!(
        call_trusting(only(&own), Trust::default(), &url).await.unwrap(),
        "well"
    );
    let unverified = only(&other).unverified();
    assert_eq!(
        call_trusting(unverified, Trust::default(), &url).await.unwrap(),
        "well"
    );
    for refused in [only(&other), HostTrust::default()] {
        let error = call_trusting(refused, everywhere(), &url).await.unwrap_err();
        assert!(matches!(error.what, What::Untrusted(_)), "{error}");
    }
    for pem in [
        "",
        "nothing",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert!(HostTrust::default().only(pem.as_bytes()).is_err(), "{pem}");
        assert!(HostTrust::default().identity(pem.as_bytes()).is_err(), "{pem}");
    }
}
