//! The job that keeps webhooks: one process at a time compares what each server has with what it must have.
//!
//! A webhook is known by its address. Whether its secret is right cannot be read at the server: the portal recognises the secret that
//! it has given to a webhook itself, and refused deliveries show that somebody has changed it since.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use config::{Config, IntegrationsSection, Secret};
use jiff::Timestamp;
use model::{Clock, Fault, FaultKind, SystemClock};
use outside::OutsideCalls;
use plugin::Services;
use scm::gitea::{Gitea, Hook, HookForm, HookScope};
use store::{Lane, Store, StoreError};
use work::{BackOff, Job, JobFailure, JobHandler, JobLog, JobPolicy};

use super::TOPIC;
use super::judgement::{Evidence, Judgement, Step, faults_of, is_same, judge};
use super::section::Level;
use super::settings::{HookHost, HookSettings};
use super::standing::Arrivals;
use super::tables::{self, Kept};

/// The kind of the jobs.
pub(crate) const KIND: &str = "gitea-webhooks.keep";
/// Most organisations of one host that get a webhook.
const MAX_ORGANIZATIONS: usize = 500;

/// Keeps the webhooks of all hosts.
pub(crate) struct Keeper {
    settings: Arc<HookSettings>,
    integrations: IntegrationsSection,
    calls: OutsideCalls,
    store: Store,
}

impl Keeper {
    /// With the settings of a configuration.
    pub fn new(config: &Config, settings: Arc<HookSettings>, services: &Services) -> Self {
        Self {
            settings,
            integrations: config.integrations().clone(),
            calls: services.outside.clone(),
            store: services.store.clone(),
        }
    }

    /// Looks at the webhooks of one host.
    async fn host(&self, host: &HookHost, log: &JobLog) -> Result<(), Fault> {
        let mut session = self.store.read().await.map_err(failed)?;
        let known = tables::of_host(&mut session, &host.host).await.map_err(failed)?;
        let arrivals = Arrivals::read(&mut session).await.map_err(failed)?;
        drop(session);
        self.host_with(host, known, arrivals, log).await
    }

    async fn host_with(
        &self,
        host: &HookHost,
        known: Vec<Kept>,
        arrivals: Arrivals,
        log: &JobLog,
    ) -> Result<(), Fault> {
        let round = match self.round(host, known, arrivals) {
            Ok(round) => round,
            Err(fault) => return self.note_problem(host, &fault).await,
        };
        let scopes = match round.scopes().await {
            Ok(scopes) => scopes,
            Err(fault) => return self.note_problem(host, &fault).await,
        };
        for scope in &scopes {
            let (kept, surplus) = round.keep(scope).await;
            if let Some(problem) = &kept.problem {
                log.warning(problem.clone());
            } else if kept.done_at == Some(kept.checked_at) {
                log.info(format!(
                    "the webhook of {} was {}",
                    words(&host.host, scope),
                    kept.done
                ));
            }
            self.put(&kept).await.map_err(failed)?;
            round.remove_surplus(scope, &surplus, log).await;
        }
        for gone in round.known.iter().filter(|one| !scopes.contains(&one.scope)) {
            round.remove_own(gone, log).await;
            self.forget(gone).await.map_err(failed)?;
        }
        Ok(())
    }

    fn round<'a>(
        &'a self,
        host: &'a HookHost,
        known: Vec<Kept>,
        arrivals: Arrivals,
    ) -> Result<Round<'a>, Fault> {
        if let Some(fault) = host.fault() {
            return Err(fault);
        }
        let gitea = Gitea::of(&self.integrations, &self.calls, &host.host)?;
        let secret = self.settings.secret.as_ref();
        let secret = secret.ok_or_else(|| Fault::input("There is no secret for webhooks".to_owned()))?;
        Ok(Round {
            host,
            gitea,
            secret,
            known,
            arrivals,
        })
    }

    /// Keeps why nothing could be done for a host; what is known of its webhooks stays.
    async fn note_problem(&self, host: &HookHost, fault: &Fault) -> Result<(), Fault> {
        let now = SystemClock.now();
        let mut session = self.store.read().await.map_err(failed)?;
        let mut known = tables::of_host(&mut session, &host.host).await.map_err(failed)?;
        drop(session);
        if known.is_empty() {
            known.push(Kept::new(&host.host, "", &host.url, now));
        }
        for kept in &mut known {
            kept.checked_at = now;
            kept.problem = Some(fault.describe());
            self.put(kept).await.map_err(failed)?;
        }
        Err(fault.clone())
    }

    async fn put(&self, kept: &Kept) -> Result<(), StoreError> {
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        tables::put(&mut tx, kept).await?;
        tx.announce(TOPIC);
        tx.commit().await.map(drop)
    }

    async fn forget(&self, kept: &Kept) -> Result<(), StoreError> {
        let mut tx = self.store.write_unordered(Lane::Bulk).await?;
        tables::remove(&mut tx, &kept.host, &kept.scope).await?;
        tx.announce(TOPIC);
        tx.commit().await.map(drop)
    }
}

#[async_trait]
impl JobHandler for Keeper {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn policy(&self) -> JobPolicy {
        JobPolicy {
            // The schedule comes again.
            attempts: 1,
            back_off: BackOff::new(Duration::from_secs(1), Duration::from_secs(1)),
            time: Duration::from_mins(5),
            at_once: 1,
        }
    }

    async fn run(&self, job: Job) -> Result<(), JobFailure> {
        let mut first = None;
        for host in self.settings.hosts.iter().filter(|host| host.is_kept) {
            let looked = job.stop.run_until_cancelled(self.host(host, &job.log)).await;
            match looked {
                None => return Err(JobFailure::Retry(Fault::error("The portal ends".to_owned()))),
                Some(Err(fault)) => {
                    job.log.warning(fault.describe());
                    first.get_or_insert(fault);
                }
                Some(Ok(())) => {}
            }
        }
        first.map_or(Ok(()), |fault| Err(JobFailure::GiveUp(fault)))
    }
}

/// One look at a host.
struct Round<'a> {
    host: &'a HookHost,
    gitea: Gitea,
    secret: &'a Secret,
    known: Vec<Kept>,
    arrivals: Arrivals,
}

impl Round<'_> {
    /// Whose webhooks are kept: the server's (an empty name), or those of organisations.
    async fn scopes(&self) -> Result<Vec<String>, Fault> {
        let system = vec![String::new()];
        match self.host.level {
            Some(Level::System) => return Ok(system),
            None if self.gitea.account().await?.is_admin => {
                // An administrator's token may lack the scope for it.
                match self.gitea.hooks(HookScope::System).await {
                    Ok(_) => return Ok(system),
                    Err(fault) if fault.is(&FaultKind::NotAllowed) => {}
                    Err(fault) => return Err(fault),
                }
            }
            _ => {}
        }
        let mut scopes = self.host.organizations.clone();
        if scopes.is_empty() {
            let own = self.gitea.own_organizations().await?.complete()?;
            scopes = own.into_iter().map(|organization| organization.name).collect();
        }
        if scopes.is_empty() {
            return Err(Fault::not_found(format!(
                "The token's user belongs to no organisation of {}: name some in portal.gitea.webhookOrganizations, or give the portal \
                 an administrator's token for one webhook of the whole server",
                self.host.host
            )));
        }
        scopes.truncate(MAX_ORGANIZATIONS);
        Ok(scopes)
    }

    /// Makes the webhook of a scope what it must be; what is known of it then, and which webhooks are too many.
    async fn keep(&self, scope: &str) -> (Kept, Vec<i64>) {
        let known = self.known.iter().find(|one| one.scope == scope);
        let now = SystemClock.now();
        let mut kept = known
            .cloned()
            .unwrap_or_else(|| Kept::new(&self.host.host, scope, &self.host.url, now));
        kept.checked_at = now;
        let looked = self.look(&mut kept, hook_scope(scope)).await;
        kept.problem = looked.as_ref().err().map(|fault| explained(fault, scope));
        (kept, looked.unwrap_or_default())
    }

    async fn look(&self, kept: &mut Kept, scope: HookScope<'_>) -> Result<Vec<i64>, Fault> {
        let hooks = self.gitea.hooks(scope).await?;
        let (before, was_own) = (kept.hook, kept.is_own);
        let own: Vec<&Hook> = hooks
            .iter()
            .filter(|hook| is_same(&hook.config.url, &self.host.url))
            .collect();
        if let Some(seen) = own.iter().find(|hook| Some(hook.id) == before) {
            self.note_tries(kept, seen);
        }
        let judged = judge(&hooks, &self.host.url, self.evidence(kept, &own));
        self.take(kept, scope, &judged, &own).await?;
        let mut surplus = judged.surplus;
        if let Step::Replace(old, _) = judged.step {
            surplus.push(old);
        }
        // One that the portal made for an address that it has no more.
        let is_old = |hook: &&Hook| Some(hook.id) == before && Some(hook.id) != kept.hook && was_own;
        surplus.extend(hooks.iter().filter(is_old).map(|hook| hook.id));
        surplus.sort_unstable();
        surplus.dedup();
        Ok(surplus)
    }

    /// Takes the step.
    async fn take(
        &self,
        kept: &mut Kept,
        scope: HookScope<'_>,
        judged: &Judgement,
        own: &[&Hook],
    ) -> Result<(), Fault> {
        let form = HookForm {
            url: &self.host.url,
            secret: Some(self.secret),
            events: &judged.events,
            active: true,
            content_type: "json",
            branch_filter: "*",
        };
        let written = match &judged.step {
            Step::Nothing(id) => {
                if kept.hook != Some(*id) {
                    // It was there before, and delivers.
                    kept.is_own = false;
                    kept.tried_as = own.first().and_then(|hook| hook.updated_at);
                }
                kept.url.clone_from(&self.host.url);
                kept.hook = Some(*id);
                kept.fingerprint = Some(self.fingerprint(*id));
                return Ok(());
            }
            Step::Change(id, _) => self.gitea.change_hook(scope, *id, &form).await?,
            Step::Create | Step::Replace(..) => self.gitea.create_hook(scope, &form).await?,
        };
        confirm(&written, &self.host.url)?;
        kept.is_own |= !matches!(judged.step, Step::Change(..));
        self.note_written(kept, &written, judged.step.words());
        Ok(())
    }

    /// What is known of the webhooks with the address of the portal.
    fn evidence(&self, kept: &Kept, own: &[&Hook]) -> Evidence {
        if let (None, [only]) = (kept.hook, own) {
            let delivers = self.arrivals.proves(&self.host.web, &kept.scope);
            return Evidence {
                known: delivers.then_some(only.id),
                has_secret: delivers,
                was_refused: false,
            };
        }
        let fingerprint = kept.hook.map(|id| self.fingerprint(id));
        Evidence {
            known: kept.hook,
            has_secret: kept.fingerprint.is_some() && kept.fingerprint == fingerprint,
            was_refused: kept.missed_at == Some(kept.checked_at)
                && self
                    .arrivals
                    .refused_since(kept.written_at, &self.host.web, &kept.scope),
        }
    }

    /// Notes whether the webhook tried to deliver since the last look, and nothing came in.
    fn note_tries(&self, kept: &mut Kept, hook: &Hook) {
        if kept.tried_as == hook.updated_at {
            return;
        }
        kept.tried_as = hook.updated_at;
        let since = self
            .known
            .iter()
            .find(|one| one.scope == kept.scope)
            .map(|one| one.checked_at);
        let last = self
            .arrivals
            .last(&self.host.web, &kept.scope)
            .map(|sender| sender.at);
        let has_come = matches!((last, since), (Some(last), Some(since)) if last >= since);
        kept.missed_at = (!has_come).then_some(kept.checked_at);
    }

    fn note_written(&self, kept: &mut Kept, hook: &Hook, done: Option<String>) {
        kept.hook = Some(hook.id);
        kept.url.clone_from(&self.host.url);
        kept.fingerprint = Some(self.fingerprint(hook.id));
        kept.tried_as = hook.updated_at;
        kept.missed_at = None;
        // Deliveries come in from now on, also those during the call.
        kept.written_at = Some(kept.checked_at);
        kept.done = done.unwrap_or_default();
        kept.done_at = Some(kept.checked_at);
    }

    fn fingerprint(&self, hook: i64) -> String {
        scm::fingerprint(self.secret, &format!("{} {hook}", self.host.host))
    }

    /// Removes webhooks that would deliver everything again, or to an address that is no more.
    async fn remove_surplus(&self, scope: &str, surplus: &[i64], log: &JobLog) {
        for id in surplus {
            match self.gitea.delete_hook(hook_scope(scope), *id).await {
                Ok(()) => log.info(format!("the webhook {id} was one too many, and is deleted")),
                Err(fault) => log.warning(fault.describe()),
            }
        }
    }

    /// Removes a webhook of a scope that is kept no more, if the portal has made it.
    async fn remove_own(&self, kept: &Kept, log: &JobLog) {
        let Some(id) = kept.hook.filter(|_| kept.is_own) else {
            return;
        };
        let scope = hook_scope(&kept.scope);
        let hooks = match self.gitea.hooks(scope).await {
            Ok(hooks) => hooks,
            // The organisation is gone, or no longer the portal's business.
            Err(fault) => return log.info(fault.describe()),
        };
        let is_ours = |hook: &&Hook| hook.id == id && is_same(&hook.config.url, &kept.url);
        if hooks.iter().any(|hook| is_ours(&hook)) {
            match self.gitea.delete_hook(scope, id).await {
                Ok(()) => log.info(format!(
                    "the webhook of {} is deleted",
                    words(&kept.host, &kept.scope)
                )),
                Err(fault) => log.warning(fault.describe()),
            }
        }
    }
}

fn hook_scope(scope: &str) -> HookScope<'_> {
    if scope.is_empty() {
        HookScope::System
    } else {
        HookScope::Organization(scope)
    }
}

fn words(host: &str, scope: &str) -> String {
    if scope.is_empty() {
        host.to_owned()
    } else {
        format!("{scope} at {host}")
    }
}

/// Fails where a server made something else of a webhook than was asked for.
fn confirm(written: &Hook, url: &str) -> Result<(), Fault> {
    let mut wrong = faults_of(written);
    if !is_same(&written.config.url, url) {
        wrong.push("it had another address".to_owned());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let wrong = wrong.join(", ");
    Err(Fault::error(format!(
        "The server made another webhook than was asked for: {wrong}"
    )))
}

/// A refusal with the right that is missing.
fn explained(fault: &Fault, scope: &str) -> String {
    let text = fault.describe();
    match (fault.kind(), scope) {
        (FaultKind::NotAllowed, "") => format!(
            "{text}. A webhook of the whole server needs a token of an administrator with the scope write:admin"
        ),
        (FaultKind::NotAllowed, _) => format!(
            "{text}. A webhook of an organisation needs a token of one of its owners with the scope write:organization"
        ),
        (FaultKind::NotFound, name) if !name.is_empty() => format!(
            "{text}. Repositories of users have a webhook only where there is one for the whole server"
        ),
        _ => text,
    }
}

fn failed(error: StoreError) -> Fault {
    Fault::error(error.to_string())
}

impl Arrivals {
    /// Whether deliveries of a scope come in with the right secret: the last one is newer than the last refused one.
    fn proves(&self, web: &str, scope: &str) -> bool {
        let refused = self.refusals.as_ref().map(|refusals| refusals.at);
        self.last(web, scope)
            .is_some_and(|sender| refused.is_none_or(|refused| refused < sender.at))
    }

    /// Whether a delivery was refused since a moment, and none of the scope came in after that.
    fn refused_since(&self, since: Option<Timestamp>, web: &str, scope: &str) -> bool {
        let Some(refused) = self.refusals.as_ref().map(|refusals| refusals.at) else {
            return false;
        };
        since.is_none_or(|since| refused > since)
            && self.last(web, scope).is_none_or(|sender| sender.at < refused)
    }
}

#[cfg(test)]
mod tests;
