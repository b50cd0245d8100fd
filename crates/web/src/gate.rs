//! The layer around every route: who calls, whether the caller may, and what the call may cost.
//!
//! Every row of the table has a gate, and so has every path and method without a row: a caller that is refused does not
//! learn which paths exist.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{OriginalUri, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http_body_util::Limited;
use model::{Fault, FaultKind, Viewer};
use percent_encoding::percent_decode_str;
use plugin::{AuditEvent, AuditLog, AuditOutcome, Caller, Decision, Face, PluginId, Policy, RowHead, Rule};

use crate::access::{actor_of, bearer};
use crate::api::ApiError;
use crate::api::BodyLimit;
use crate::assembly::OWN;
use crate::call::{Call, Route};
use crate::cors::Cors;
use crate::doorkeeper::Doorkeeper;
use crate::granted::Permissions;
use crate::guest;
use crate::options::Limits;
use crate::peer::Peer;
use crate::readiness::Readiness;

/// The parts that all gates share.
pub(crate) struct Gates {
    pub(crate) doorkeeper: Doorkeeper,
    pub(crate) policy: Option<Arc<dyn Policy>>,
    pub(crate) cors: Option<Cors>,
    pub(crate) readiness: Readiness,
    pub(crate) limits: Limits,
    pub(crate) audit: Option<Arc<dyn AuditLog>>,
}

/// The gate of one row, or of all paths of a face that have no row.
pub(crate) struct Gate {
    gates: Arc<Gates>,
    face: Face,
    /// Nothing where no plugin is known.
    plugin: Option<PluginId>,
    route: Option<Route>,
    rule: Rule,
}

impl Gates {
    /// The gate of a row.
    pub(crate) fn of(self: &Arc<Self>, row: &RowHead) -> Arc<Gate> {
        Arc::new(Gate {
            gates: self.clone(),
            face: row.face,
            plugin: Some(row.plugin.clone()),
            route: Some(Route {
                plugin: row.plugin.as_str().into(),
                path: row.full_path().into(),
            }),
            rule: row.rule,
        })
    }

    /// The gate of the paths without a row.
    pub(crate) fn elsewhere(self: &Arc<Self>, face: Face, plugin: Option<PluginId>) -> Arc<Gate> {
        Arc::new(Gate {
            gates: self.clone(),
            face,
            plugin,
            route: None,
            rule: Rule::signed_in(),
        })
    }
}

/// Lets a request through to its handler.
pub(crate) async fn enforce(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    if let Some(route) = &gate.route {
        Call::of(request.extensions()).is_for(route);
    }
    let answer = async {
        match gate.admit(request).await {
            Ok(request) => next.run(request).await,
            Err(refused) => refused,
        }
    };
    gate.bounded(answer).await
}

impl Gate {
    /// The answer where there is no handler: `status`, for callers that may know.
    pub(crate) async fn nothing(&self, request: Request, status: StatusCode) -> Response {
        let answer = async {
            match self.admit(request).await {
                Ok(_) => status.into_response(),
                Err(refused) => refused,
            }
        };
        self.bounded(answer).await
    }

    /// Bounds the time of a call, and contains its panic.
    async fn bounded(&self, answer: impl Future<Output = Response>) -> Response {
        let time = self.rule.time.unwrap_or(self.gates.limits.answer_timeout);
        match tokio::time::timeout(time, AssertUnwindSafe(answer).catch_unwind()).await {
            Ok(Ok(answer)) => answer,
            // The panic itself was logged by the panic hook, with its place.
            Ok(Err(_)) => {
                let plugin = self.plugin.as_ref().map_or("none", PluginId::as_str).to_owned();
                metrics::counter!("plugin_panics_total", "plugin" => plugin).increment(1);
                ApiError::new(Fault::error("An internal error occurred")).into_response()
            }
            Err(_) => ApiError::new(too_slow(time)).into_response(),
        }
    }

    async fn admit(&self, request: Request) -> Result<Request, Response> {
        let refused = |fault: Fault| ApiError::new(fault).into_response();
        let is_open = self.rule.caller == Caller::Anyone;
        if self.face == Face::Api || (self.face == Face::Page && !is_open) {
            self.wait_for_start().await.map_err(refused)?;
        }
        let mut request = if is_open {
            let mut request = self.with_address_checked(request).map_err(refused)?;
            request.extensions_mut().insert(Viewer::nobody());
            request
        } else {
            self.with_caller(request).await.map_err(refused)?
        };
        self.grant(&mut request).await.map_err(refused)?;
        request.extensions_mut().insert(BodyLimit {
            bytes: self.rule.body,
            is_raw: self.rule.is_raw,
        });
        Ok(request.map(|body| Body::new(Limited::new(body, self.rule.body))))
    }

    async fn wait_for_start(&self) -> Result<(), Fault> {
        let Gates {
            readiness, limits, ..
        } = &*self.gates;
        if readiness.started_within(limits.startup_pause).await {
            return Ok(());
        }
        let message = match self.face {
            Face::Api => "Service has not started up yet",
            Face::Page | Face::Plain => "The catalog is still loading",
        };
        Err(Fault::new(FaultKind::Unavailable, message))
    }

    /// Finds out who calls, and whether such callers may.
    async fn with_caller(&self, request: Request) -> Result<Request, Fault> {
        let takes_limited = self.rule.caller == Caller::PersonByCookie;
        let doorkeeper = &self.gates.doorkeeper;
        let (request, viewer) = doorkeeper.viewer(request, takes_limited).await;
        let viewer = match viewer {
            Ok(viewer) => viewer,
            Err(fault) => {
                self.tell(self.braked(&request, &fault)).await;
                return Err(self.in_words_for_the_face(fault));
            }
        };
        Call::of(request.extensions()).is_by(&viewer);
        self.refuse_foreign_pages(&request)?;
        let mut request = self.with_address_checked(request)?;
        if let Err(fault) = self.check_caller(&viewer, request.method()) {
            let refusal = self.refusal(&request, &viewer, &fault);
            self.tell(refusal).await;
            return Err(fault);
        }
        request.extensions_mut().insert(viewer);
        Ok(request)
    }

    /// A refusal for the face: a page says who may see it and how that is changed, an API uses the words of the contract.
    fn in_words_for_the_face(&self, fault: Fault) -> Fault {
        if self.face == Face::Page && fault.is(&FaultKind::Authentication) {
            return Fault::new(fault.name, self.gates.doorkeeper.access.refusal());
        }
        fault
    }

    /// A caller without a token is identified by what its browser sends on its own. A page of another site must therefore
    /// neither act nor read in the caller's name.
    fn refuse_foreign_pages(&self, request: &Request) -> Result<(), Fault> {
        if bearer(request.headers()).is_some() || !guest::is_of_another_origin(request) {
            return Ok(());
        }
        // A file for which browsers have a cookie is there to be shown by pages of the same site: another port or host of it
        // may serve the original's frontend.
        if self.rule.caller == Caller::PersonByCookie && guest::only_shows(request) {
            return Ok(());
        }
        let message = match self.face {
            Face::Page => {
                "Another site's page asked for this. Only a link that a person follows may lead here from another site."
            }
            Face::Api | Face::Plain if self.is_trusted(request) => return Ok(()),
            Face::Api | Face::Plain => "Requests from pages of other origins must carry a token",
        };
        Err(Fault::not_allowed(message))
    }

    fn is_trusted(&self, request: &Request) -> bool {
        let origin = request.headers().get(header::ORIGIN);
        let origin = origin.and_then(|origin| origin.to_str().ok());
        origin.is_some_and(|origin| {
            self.gates
                .cors
                .as_ref()
                .is_some_and(|cors| cors.is_allowed(origin))
        })
    }

    fn with_address_checked(&self, request: Request) -> Result<Request, Fault> {
        let path = request.uri().path();
        let decodes = crate::api::well_escaped(path) && percent_decode_str(path).decode_utf8().is_ok();
        if self.face == Face::Api && !decodes {
            return Err(Fault::input("malformed uri'"));
        }
        crate::nul::refuse_in_address(request.uri())?;
        Ok(request)
    }

    fn check_caller(&self, viewer: &Viewer, method: &Method) -> Result<(), Fault> {
        let is_service = viewer.is_service_alone();
        match self.rule.caller {
            Caller::Person if is_service => {
                return Err(Fault::not_allowed(
                    "This endpoint does not allow 'service' credentials",
                ));
            }
            Caller::Service if !is_service => {
                return Err(Fault::not_allowed(
                    "This endpoint does not allow 'user' credentials",
                ));
            }
            _ => {}
        }
        let plugins = viewer.only_plugins();
        let is_outside = |plugin: &PluginId| !plugins.iter().any(|one| *one == plugin.as_str());
        if !plugins.is_empty() && self.plugin.as_ref().is_some_and(is_outside) {
            let quoted: Vec<String> = plugins.iter().map(|one| format!("'{one}'")).collect();
            return Err(Fault::not_allowed(format!(
                "This token's access is restricted to plugin(s) {}",
                quoted.join(", ")
            )));
        }
        self.check_scopes(viewer, method)
    }

    /// Whether a token with scopes is good for a route that needs no permission. Where one is needed, the decision about it
    /// heeds the scopes.
    fn check_scopes(&self, viewer: &Viewer, method: &Method) -> Result<(), Fault> {
        let Some(scopes) = viewer.scopes().filter(|_| self.rule.needs.is_none()) else {
            return Ok(());
        };
        let plugin = self.plugin.as_ref().map_or("portal", PluginId::as_str);
        let is_reading = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        if scopes.iter().any(|scope| scope.opens(plugin, is_reading)) {
            return Ok(());
        }
        let word = if is_reading { "read" } else { "write" };
        Err(Fault::not_allowed(format!(
            "This token is not good for this: it lacks the scope {plugin}:{word}"
        )))
    }

    /// Asks whether the caller has the row's permission, unless the handler does.
    async fn grant(&self, request: &mut Request) -> Result<(), Fault> {
        let viewer = request.extensions().get::<Viewer>().cloned();
        let viewer = viewer.unwrap_or_else(Viewer::nobody);
        let access = &self.gates.doorkeeper.access;
        let plugin = self.plugin.clone().unwrap_or(OWN);
        let permissions = Permissions::new(self.gates.policy.clone(), plugin)
            .needing(self.rule.needs)
            .administrator(access.is_administrator(request, &viewer));
        Call::of(request.extensions()).has(&permissions);
        request.extensions_mut().insert(permissions.clone());
        let Some(permission) = self.rule.needs.filter(|_| !self.rule.is_left_to_handler) else {
            return Ok(());
        };
        match permissions.decide(&viewer, permission).await? {
            Decision::Allow => return Ok(()),
            Decision::Conditional(_) if self.rule.is_per_thing => return Ok(()),
            // A handler that does not apply a condition must not be called.
            Decision::Conditional(_) | Decision::Deny => {}
        }
        Call::of(request.extensions()).lacks(permission);
        // An API answers with an empty message, as in the original; a page gives the reason.
        let message = match self.face {
            Face::Api => String::new(),
            Face::Page | Face::Plain => permissions.refusal(&viewer, permission),
        };
        let fault = Fault::not_allowed(message);
        let refusal = self.refusal(request, &viewer, &fault);
        self.tell(refusal).await;
        Err(fault)
    }

    /// The event that an address sent too many wrong tokens, once a minute.
    fn braked(&self, request: &Request, fault: &Fault) -> Option<AuditEvent> {
        let peer = Peer::client(request.extensions()).filter(|_| fault.is(&FaultKind::TooManyRequests))?;
        let wrong_tokens = &self.gates.doorkeeper.access.wrong_tokens;
        wrong_tokens.is_news(peer).then(|| AuditEvent {
            actor: actor_of(&Viewer::nobody(), request.extensions()),
            action: "auth.token.check".into(),
            subject: peer.to_string(),
            outcome: AuditOutcome::Refused(fault.message.clone()),
        })
    }

    /// The refusal of a change; reading changes nothing.
    fn refusal(&self, request: &Request, viewer: &Viewer, fault: &Fault) -> Option<AuditEvent> {
        let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        let route = self.route.as_ref().filter(|_| changes)?;
        let action = match self.rule.needs {
            Some(permission) => permission.name.into(),
            None => format!("{} {}", request.method(), route.path).into(),
        };
        Some(AuditEvent {
            actor: actor_of(viewer, request.extensions()),
            action,
            subject: format!("{} {}", request.method(), asked_for(request)),
            outcome: AuditOutcome::Refused(fault.message.clone()),
        })
    }

    async fn tell(&self, refusal: Option<AuditEvent>) {
        if let (Some(audit), Some(refusal)) = (&self.gates.audit, refusal) {
            audit.record_attempt(refusal).await;
        }
    }
}

/// The path of a request as the client wrote it.
fn asked_for(request: &Request) -> &str {
    let original = request.extensions().get::<OriginalUri>();
    original.map_or_else(|| request.uri().path(), |uri| uri.0.path())
}

fn too_slow(time: Duration) -> Fault {
    let message = format!("There was no answer within {} s", time.as_secs_f32());
    Fault::new(FaultKind::Unavailable, message)
}
