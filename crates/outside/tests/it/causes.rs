//! What is said when connections break: real listeners that cut, garble and refuse, and no sentence of a library.

use std::sync::Arc;
use std::time::Duration;

use model::SystemClock;
use outside::{HostPolicy, HostTrust, OutsideCalls, OutsideError, Settings};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::server::TlsStream;
use url::Url;

/// Answers every connection in the same way.
async fn listen<F: Future<Output = ()> + Send>(
    scheme: &str,
    answer: impl Fn(TcpStream) -> F + Send + 'static,
) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            answer(stream).await;
        }
    });
    Url::parse(&format!("{scheme}://localhost:{port}/")).unwrap()
}

/// Sends bytes after the request, or what of it comes, and closes.
async fn send(scheme: &'static str, bytes: &'static [u8]) -> Url {
    listen(scheme, move |mut stream| async move {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
    })
    .await
}

/// What a server needs for TLS, and its authority.
struct Tls {
    acceptor: TlsAcceptor,
    authority: String,
}

fn tls(change: impl FnOnce(&mut CertificateParams), protocols: &[&str]) -> Tls {
    let mut params = CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    Tls {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        authority: authority.pem(),
    }
}

async fn listen_tls<F: Future<Output = ()> + Send>(
    acceptor: TlsAcceptor,
    answer: impl Fn(TlsStream<TcpStream>) -> F + Clone + Send + Sync + 'static,
) -> Url {
    listen("https", move |stream| {
        let (acceptor, answer) = (acceptor.clone(), answer.clone());
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                answer(stream).await;
            }
        }
    })
    .await
}

/// Calls that trust an authority, if one is given.
fn calls() -> OutsideCalls {
    OutsideCalls::new(Settings::default(), Arc::new(SystemClock))
}

async fn call(url: &Url, authority: Option<&str>) -> Result<String, OutsideError> {
    let trust = authority.map(|pem| HostTrust::default().only(pem.as_bytes()).unwrap());
    let policy = HostPolicy {
        answer_time: Duration::from_secs(5),
        trust,
        ..HostPolicy::default()
    };
    let host = calls().host("gitea", &policy).unwrap();
    host.get(url.clone()).send().await?.text().await
}

async fn check(url: Url, authority: Option<&str>, expected: &str) {
    let error = call(&url, authority).await.expect_err(expected);
    let told = error.to_string();
    assert_eq!(told, format!("gitea ({url}) {expected}"));
    let after = told.replace(url.as_str(), "");
    assert!(!after.contains("docs.rs"), "{told}");
}

const NO_TLS: &str = "cannot be reached: what listens at its port speaks no TLS; write http:// if it serves without, or \
                      correct the port";
const OTHER_TLS: &str = "cannot be reached: it and the portal have no TLS version and cipher in common; the portal has TLS \
                         1.2 and 1.3";
const NO_HTTP: &str = "broke off its answer: what it sent is no HTTP/1; write https:// if its port speaks TLS, or correct \
                       the port";
const CLOSED: &str = "broke off its answer: it closed the connection too early";

#[tokio::test]
async fn tls_that_is_not_agreed_on() {
    // A fatal alert of TLS: its kind is the last byte.
    const VERSION: &[u8] = &[21, 3, 3, 0, 2, 2, 70];
    const HANDSHAKE: &[u8] = &[21, 3, 3, 0, 2, 2, 40];
    const NAME: &[u8] = &[21, 3, 3, 0, 2, 2, 112];
    const CERTIFICATE: &[u8] = &[21, 3, 3, 0, 2, 2, 116];
    const OWN: &[u8] = &[21, 3, 3, 0, 2, 2, 80];
    check(
        send("https", b"HTTP/1.1 400 Bad Request\r\n\r\n").await,
        None,
        NO_TLS,
    )
    .await;
    check(send("https", VERSION).await, None, OTHER_TLS).await;
    check(send("https", HANDSHAKE).await, None, OTHER_TLS).await;
    let name = "cannot be reached: it serves nothing under this host name; correct the host in the address";
    check(send("https", NAME).await, None, name).await;
    let certificate = "cannot be reached: it asks callers for a certificate, and the portal shows none";
    check(send("https", CERTIFICATE).await, None, certificate).await;
    let own = "cannot be reached: it reports an error of its own TLS; its log says more";
    check(send("https", OWN).await, None, own).await;
    let eof = "cannot be reached: it closed the connection while TLS was agreed on; does its port speak TLS, and does it let \
               this machine in?";
    check(send("https", b"").await, None, eof).await;
}

#[tokio::test]
async fn answers_that_are_none() {
    let _ = calls();
    check(send("http", b"nonsense\r\n\r\n").await, None, NO_HTTP).await;
    check(send("http", b"").await, None, CLOSED).await;
    check(
        send("http", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nwell").await,
        None,
        CLOSED,
    )
    .await;
    check(
        send(
            "http",
            b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nwell",
        )
        .await,
        None,
        "broke off its answer: its content cannot be unpacked",
    )
    .await;
    let Tls { acceptor, .. } = tls(|_| {}, &[]);
    let mut url = listen_tls(acceptor, async |_| {}).await;
    url.set_scheme("http").unwrap();
    check(url, None, NO_HTTP).await;
    let reset = listen("http", |mut stream| async move {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.set_zero_linger();
    })
    .await;
    let cut = "broke off its answer: it cut the connection, as a server that restarts or a firewall on the way does";
    check(reset, None, cut).await;
}

#[tokio::test]
async fn tls_that_is_cut() {
    let _ = calls();
    let Tls { acceptor, authority } = tls(|_| {}, &[]);
    for sent in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nwell",
        "HTTP/1.1 200 OK\r\n\r\nwell",
    ] {
        let url = listen_tls(acceptor.clone(), move |mut stream| async move {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(sent.as_bytes()).await;
            let _ = stream.flush().await;
        })
        .await;
        check(url, Some(&authority), CLOSED).await;
    }
    let garbled = listen_tls(acceptor, |mut stream| async move {
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.get_mut().0.write_all(&[23, 3, 3, 0, 32]).await;
        let _ = stream.get_mut().0.write_all(&[7; 32]).await;
    })
    .await;
    let damaged = "broke off its answer: what came does not fit its encryption, so that something on the way may change it";
    check(garbled, Some(&authority), damaged).await;
}

#[tokio::test]
async fn certificates_with_a_fault() {
    let _ = calls();
    let expired = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    };
    let early = |params: &mut CertificateParams| params.not_before = rcgen::date_time_ymd(3000, 1, 1);
    let other = |params: &mut CertificateParams| {
        params.subject_alt_names = CertificateParams::new(vec!["other.example".to_owned()])
            .unwrap()
            .subject_alt_names;
    };
    for (Tls { acceptor, authority }, expected) in [
        (
            tls(expired, &[]),
            "has expired; renew it there, or correct the clock of this machine",
        ),
        (
            tls(early, &[]),
            "is not valid yet; correct the clock of this machine or of that server",
        ),
        (
            tls(other, &[]),
            "is for another name; correct the host in the address, or add the name to the certificate",
        ),
    ] {
        let url = listen_tls(acceptor, async |_| {}).await;
        check(
            url,
            Some(&authority),
            &format!("shows a certificate that {expected}"),
        )
        .await;
    }
    let Tls { acceptor, .. } = tls(|_| {}, &[]);
    let unknown = "shows a certificate that is not trusted (no known authority signed it); name the file of its authority \
                   under portal.outside.hosts";
    check(listen_tls(acceptor, async |_| {}).await, None, unknown).await;
}

#[tokio::test]
async fn http_2_that_ends() {
    let _ = calls();
    let Tls { acceptor, authority } = tls(|_| {}, &["h2"]);
    for (reason, expected) in [
        (
            h2::Reason::ENHANCE_YOUR_CALM,
            "it gets too many calls (HTTP/2 ENHANCE_YOUR_CALM)",
        ),
        (
            h2::Reason::INTERNAL_ERROR,
            "it ended the HTTP/2 connection (INTERNAL_ERROR); its log says more",
        ),
    ] {
        // Settings, and when the request has come a GOAWAY that says it will not be answered.
        let url = listen_tls(acceptor.clone(), move |mut stream| async move {
            let _ = stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            let head = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            let _ = stream.write_all(&head).await;
            let _ = stream.write_all(&u32::from(reason).to_be_bytes()).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
        })
        .await;
        check(
            url,
            Some(&authority),
            &format!("broke off its answer: {expected}"),
        )
        .await;
    }
    let reset = listen_tls(acceptor.clone(), |stream| async move {
        let mut connection = h2::server::handshake(stream).await.unwrap();
        if let Some(Ok((_, mut respond))) = connection.accept().await {
            respond.send_reset(h2::Reason::INTERNAL_ERROR);
        }
        let _ = std::future::poll_fn(|context| connection.poll_closed(context)).await;
    })
    .await;
    let error = call(&reset, Some(&authority)).await.unwrap_err().to_string();
    assert!(
        error.ends_with("it ended this HTTP/2 answer (INTERNAL_ERROR); its log says more"),
        "{error}"
    );
    let garbled = listen_tls(acceptor, |mut stream| async move {
        let _ = stream.write_all(&[0, 0, 1, 4, 0, 0, 0, 0, 0, 9]).await;
        let _ = stream.flush().await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    })
    .await;
    let error = call(&garbled, Some(&authority)).await.unwrap_err().to_string();
    assert!(error.ends_with("what it sent is no valid HTTP/2"), "{error}");
}
