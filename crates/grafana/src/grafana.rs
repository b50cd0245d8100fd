//! The instances of Grafana, and what is kept of each for a short while.

use std::sync::Arc;

use outside::{NotPrepared, OutsideCalls};

use crate::boards::Boards;
use crate::client::Client;
use crate::notes::Notes;
use crate::pictures::{self, Pictures};
use crate::settings::{HostSettings, Settings};
use crate::trouble::Trouble;

/// An instance.
pub(crate) struct Grafana {
    pub(crate) settings: HostSettings,
    pub(crate) client: Client,
    pub(crate) boards: Boards,
    pub(crate) notes: Notes,
    pub(crate) pictures: Pictures,
}

/// All instances.
pub(crate) struct Grafanas {
    hosts: Vec<Grafana>,
    default: String,
}

impl Grafanas {
    /// The instances of a configuration.
    pub(crate) fn new(settings: Settings, outside: &OutsideCalls) -> Result<Self, NotPrepared> {
        let is_only = settings.hosts.len() == 1;
        let hosts = settings.hosts.into_iter().map(|host| {
            Ok(Grafana {
                client: Client::new(outside, &host, is_only)?,
                settings: host,
                boards: Boards::default(),
                notes: Notes::default(),
                pictures: Pictures::default(),
            })
        });
        Ok(Self {
            hosts: hosts.collect::<Result<_, NotPrepared>>()?,
            default: settings.default,
        })
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Grafana] {
        &self.hosts
    }

    /// Those that pages may show in frames, as a content security policy names them.
    pub(crate) fn framed(&self) -> impl Iterator<Item = String> {
        let framed = self.hosts.iter().filter(|host| host.settings.embeds);
        framed.filter_map(|host| pictures::origin(&host.settings.domain))
    }

    /// Whether any has signals of its own for entities without a dashboard.
    pub(crate) fn have_signals(&self) -> bool {
        self.hosts.iter().any(|host| host.settings.signals.is_some())
    }

    /// Whether entities that name no host mean this one.
    pub(crate) fn is_default(&self, host: &Grafana) -> bool {
        host.settings.id == self.default
    }

    /// The one that an entity means.
    pub(crate) fn find(&self, id: Option<&str>) -> Result<&Grafana, Trouble> {
        let wanted = id.unwrap_or(&self.default);
        self.hosts
            .iter()
            .find(|host| host.settings.id == wanted)
            .ok_or_else(|| {
                let known: Vec<&str> = self.hosts.iter().map(|host| host.settings.id.as_str()).collect();
                Trouble::new(format!(
                    "Grafana instance \"{wanted}\" not found. Available instances: {}",
                    known.join(", ")
                ))
                .hint("Correct the annotation grafana/host-id, or add the instance to grafana.hosts.")
            })
    }
}

/// The instances, where any is configured.
pub(crate) type Configured = Option<Arc<Grafanas>>;
