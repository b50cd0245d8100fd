//! The one client for calls to other servers, made from the configuration.

use std::path::Path;
use std::sync::Arc;

use config::{Config, OutsideHost};
use model::{Fault, Problem, SystemClock};
use outside::{OutsideCalls, Settings, Trust, UnusableCertificates};

/// The client that all features and plugins of a process share. `extra` are the certificate authorities that are trusted
/// everywhere beside those of the system; those of `portal.outside.hosts` are trusted for their hosts.
pub fn outside_calls(config: &Config, extra: Trust) -> Result<OutsideCalls, Fault> {
    let hosts = config.portal().outside.hosts.iter().enumerate();
    let trust = hosts.into_iter().try_fold(extra, |trust, (index, one)| {
        trusting(trust, config, one).map_err(|error| unusable(index, &error))
    })?;
    let settings = Settings {
        trust,
        ..Settings::default()
    };
    Ok(OutsideCalls::new(settings, Arc::new(SystemClock)))
}

/// A client that calls no server: every call fails at once.
pub(crate) fn no_calls() -> OutsideCalls {
    let settings = Settings {
        is_offline: true,
        ..Settings::default()
    };
    OutsideCalls::new(settings, Arc::new(SystemClock))
}

/// Files of certificates that cannot be used; each keeps the portal from starting.
pub(crate) fn problems(config: &Config) -> Vec<Problem> {
    let hosts = config.portal().outside.hosts.iter().enumerate();
    let failed = hosts.filter_map(|(index, one)| {
        let error = trusting(Trust::default(), config, one).err()?;
        let place = config.place(&format!("portal.outside.hosts[{index}].caFile"));
        let hint = "Name a PEM file with the certificates of the authority, readable for the portal's user.";
        Some(Problem::error(unusable(index, &error)).at(place).hint(hint))
    });
    failed.collect()
}

fn trusting(trust: Trust, config: &Config, one: &OutsideHost) -> Result<Trust, UnusableCertificates> {
    trust.only(&one.host, &config.directory().join(Path::new(&one.ca_file)))
}

fn unusable(index: usize, error: &UnusableCertificates) -> Fault {
    Fault::input(format!("portal.outside.hosts[{index}].caFile: {error}"))
}
