//! What the libraries below say went wrong, in plain words and with the way out where there is one. Subject of each sentence is
//! the other server. None of their own sentences is shown: they are about protocols, and some end in a link to their manual.

use std::error::Error;
use std::io::ErrorKind;

use h2::Reason;
use rustls::{AlertDescription, CertificateError, Error as TlsError};

use crate::error::What;

const NO_TLS: &str =
    "what listens at its port speaks no TLS; write http:// if it serves without, or correct the port";
const OTHER_TLS: &str =
    "it and the portal have no TLS version and cipher in common; the portal has TLS 1.2 and 1.3";
const NO_HTTP: &str = "what it sent is no HTTP/1; write https:// if its port speaks TLS, or correct the port";
const CLOSED_EARLY: &str = "it closed the connection too early";
const DAMAGED: &str = "what came does not fit its encryption, so that something on the way may change it";

/// The reason for which a request got no answer, or its answer broke off; nothing where no library is known to say it.
pub(crate) fn plain(error: &(dyn Error + 'static), is_connecting: bool) -> Option<String> {
    let causes = causes(error);
    let tls = causes.iter().find_map(|cause| cause.downcast_ref::<TlsError>());
    if let Some(error) = tls {
        return Some(tls_reason(error, is_connecting));
    }
    let http2 = causes.iter().find_map(|cause| cause.downcast_ref::<h2::Error>());
    if let Some(error) = http2.filter(|error| !error.is_io()) {
        return Some(http2_reason(error));
    }
    let mut systems = causes
        .iter()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    if let Some(reason) = systems.find_map(|error| system_reason(error, is_connecting)) {
        return Some(reason);
    }
    let http1 = causes
        .iter()
        .find_map(|cause| cause.downcast_ref::<hyper::Error>())?;
    http1_reason(http1).map(str::to_owned)
}

/// The error and what caused it, outermost first. The source of an IO error is the source of the error that it wraps, so the
/// wrapped error itself is fetched.
pub(crate) fn causes<'a>(error: &'a (dyn Error + 'static)) -> Vec<&'a (dyn Error + 'static)> {
    let mut found: Vec<&'a (dyn Error + 'static)> = Vec::new();
    let mut next = Some(error);
    while let Some(cause) = next {
        found.push(cause);
        let wrapped = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn Error + 'static)),
            None => cause.source(),
        };
    }
    found
}

fn tls_reason(error: &TlsError, is_connecting: bool) -> String {
    let reason = match error {
        TlsError::AlertReceived(alert) => return alert_reason(*alert),
        TlsError::InvalidMessage(_) | TlsError::PeerSentOversizedRecord if is_connecting => NO_TLS,
        TlsError::InvalidMessage(_) | TlsError::PeerSentOversizedRecord | TlsError::DecryptError => DAMAGED,
        TlsError::PeerIncompatible(_) => OTHER_TLS,
        TlsError::NoApplicationProtocol => "it speaks neither HTTP/1.1 nor HTTP/2 over TLS",
        TlsError::PeerMisbehaved(_) => "it breaks the rules of TLS; update it, or what stands before it",
        TlsError::FailedToGetCurrentTime | TlsError::FailedToGetRandomBytes => {
            "this machine has no clock or no source of chance, which TLS needs"
        }
        _ => "TLS with it failed",
    };
    reason.to_owned()
}

/// What the other server says before it ends TLS.
fn alert_reason(alert: AlertDescription) -> String {
    use AlertDescription as Alert;

    let reason = match alert {
        Alert::HandshakeFailure | Alert::ProtocolVersion | Alert::InsufficientSecurity => OTHER_TLS,
        Alert::UnrecognisedName => "it serves nothing under this host name; correct the host in the address",
        Alert::CertificateRequired | Alert::NoCertificate => {
            "it asks callers for a certificate, and the portal shows none"
        }
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied => "it does not accept the certificate that the portal shows",
        Alert::NoApplicationProtocol => "it speaks neither HTTP/1.1 nor HTTP/2 over TLS",
        Alert::BadRecordMac | Alert::DecryptError | Alert::DecodeError => DAMAGED,
        Alert::CloseNotify | Alert::UserCanceled => CLOSED_EARLY,
        Alert::InternalError => "it reports an error of its own TLS; its log says more",
        other => return format!("it refused TLS (alert {other:?}); its log says more"),
    };
    reason.to_owned()
}

/// The reason for which a certificate was refused, if an error is about one.
pub(crate) fn certificate(error: &(dyn Error + 'static)) -> Option<What> {
    let tls = causes(error)
        .into_iter()
        .find_map(|cause| cause.downcast_ref::<TlsError>());
    let Some(TlsError::InvalidCertificate(reason)) = tls else {
        return None;
    };
    let fault = match reason {
        // A signature that does not fit is that of another authority with the same name.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            return Some(What::Untrusted("no known authority signed it".to_owned()));
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "has expired; renew it there, or correct the clock of this machine"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet; correct the clock of this machine or of that server"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another name; correct the host in the address, or add the name to the certificate"
        }
        CertificateError::Revoked => "was revoked; renew it there",
        CertificateError::BadEncoding => "is damaged; renew it there",
        other => {
            return Some(What::WrongCertificate(format!(
                "cannot be used ({other:?}); renew it there"
            )));
        }
    };
    Some(What::WrongCertificate(fault.to_owned()))
}

fn http2_reason(error: &h2::Error) -> String {
    let (reason, is_whole) = (error.reason(), error.is_go_away());
    match reason {
        _ if error.is_library() => "what it sent is no valid HTTP/2".to_owned(),
        Some(Reason::NO_ERROR | Reason::CANCEL) => CLOSED_EARLY.to_owned(),
        Some(Reason::ENHANCE_YOUR_CALM) => "it gets too many calls (HTTP/2 ENHANCE_YOUR_CALM)".to_owned(),
        Some(Reason::REFUSED_STREAM) => {
            "it takes no more calls at the moment (HTTP/2 REFUSED_STREAM)".to_owned()
        }
        Some(reason) if is_whole => format!("it ended the HTTP/2 connection ({reason:?}); its log says more"),
        Some(reason) => format!("it ended this HTTP/2 answer ({reason:?}); its log says more"),
        None => "what it sent is no valid HTTP/2".to_owned(),
    }
}

fn http1_reason(error: &hyper::Error) -> Option<&'static str> {
    if error.is_parse() {
        Some(NO_HTTP)
    } else if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        Some(CLOSED_EARLY)
    } else {
        None
    }
}

fn system_reason(error: &std::io::Error, is_connecting: bool) -> Option<String> {
    let reason = match error.kind() {
        ErrorKind::UnexpectedEof if is_connecting => {
            "it closed the connection while TLS was agreed on; does its port speak TLS, and does it let this machine in?"
        }
        ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => CLOSED_EARLY,
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => {
            "it cut the connection, as a server that restarts or a firewall on the way does"
        }
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            "no network leads to its address"
        }
        ErrorKind::TimedOut => "its machine does not answer",
        ErrorKind::PermissionDenied => "this machine forbids the connection; see its firewall",
        ErrorKind::AddrNotAvailable | ErrorKind::AddrInUse => {
            "this machine has no free port for the connection"
        }
        _ => return error.raw_os_error().map(|_| error.to_string()),
    };
    Some(reason.to_owned())
}
