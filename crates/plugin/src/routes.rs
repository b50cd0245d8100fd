//! Routes that a plugin serves, each with the rule by which it is called.
//!
//! A route is a row: face, method, path and rule. The rule is not optional, so that no route is open because somebody
//! forgot it. `web` builds the routers from the rows and enforces the rules; tests, metrics, the browser's
//! speculation rules and the list of all that is served read the same rows.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::time::Duration;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodRouter};

use crate::id::PluginId;
use crate::permission::Permission;

/// Most bytes of a request's body, unless a rule says otherwise.
pub const BODY_LIMIT_BYTES: usize = 100 * 1024;

/// Where a route lies, and how its errors look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// Below `/api/<plugin>`: errors are JSON of the wire contract.
    Api,
    /// At its full path: errors are pages.
    Page,
    /// At its full path, for the machines that run the portal: answers are sent as they are.
    Plain,
}

impl Face {
    /// The word for tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Page => "page",
            Self::Plain => "plain",
        }
    }
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Caller {
    /// Everybody. Nobody is asked who they are.
    Anyone,
    /// Everybody who has a credential, and the guest where there is one.
    SignedIn,
    /// A person or the guest, or a service that calls for a person.
    Person,
    /// A service on its own.
    Service,
    /// As [`Caller::SignedIn`]; a credential that is good for nothing but such routes counts too, for example the cookie
    /// with which a browser loads the images of a page.
    PersonByCookie,
}

impl Caller {
    /// The words for tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::SignedIn => "signed in",
            Self::Person => "person",
            Self::Service => "service",
            Self::PersonByCookie => "person by cookie",
        }
    }
}

/// What a call of a route has to fulfil, and what it may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Who may call.
    pub caller: Caller,
    /// The permission a caller needs.
    pub needs: Option<&'static Permission>,
    /// The handler applies the decision about the permission: it leaves out what the caller may not see.
    pub is_left_to_handler: bool,
    /// A caller who has the permission for some things only is let in: the handler finds out whether it has it for the
    /// thing at hand.
    pub is_per_thing: bool,
    /// Most bytes of the body.
    pub body: usize,
    /// The body is read as it came, for example to check a signature over its bytes.
    pub is_raw: bool,
    /// Time until the answer begins; nothing for the server's own bound.
    pub time: Option<Duration>,
    /// A browser may fetch the page before a person follows the link to it.
    pub prefetch: bool,
}

impl Rule {
    const fn of(caller: Caller) -> Self {
        Self {
            caller,
            needs: None,
            is_left_to_handler: false,
            is_per_thing: false,
            body: BODY_LIMIT_BYTES,
            is_raw: false,
            time: None,
            prefetch: false,
        }
    }

    /// Everybody may call.
    pub const fn anyone() -> Self {
        Self::of(Caller::Anyone)
    }

    /// Everybody with a credential may call, and the guest.
    pub const fn signed_in() -> Self {
        Self::of(Caller::SignedIn)
    }

    /// Persons may call, and the guest.
    pub const fn person() -> Self {
        Self::of(Caller::Person)
    }

    /// Services may call.
    pub const fn service() -> Self {
        Self::of(Caller::Service)
    }

    /// Persons may call whose browser sends only the cookie for such routes.
    pub const fn person_by_cookie() -> Self {
        Self::of(Caller::PersonByCookie)
    }

    /// Who lacks this permission is refused, and who has it only for some things too.
    pub const fn needs(mut self, permission: &'static Permission) -> Self {
        self.needs = Some(permission);
        self
    }

    /// Who lacks this permission is refused. Who has it for some things only is let in, and the handler must find out
    /// whether that is so for the thing at hand.
    pub const fn needs_per_thing(mut self, permission: &'static Permission) -> Self {
        self.is_per_thing = true;
        self.needs(permission)
    }

    /// The handler is called whatever the decision about this permission is, and must apply it.
    pub const fn left_to_handler(mut self, permission: &'static Permission) -> Self {
        self.is_left_to_handler = true;
        self.needs(permission)
    }

    /// With bodies of up to this many bytes.
    pub const fn body(mut self, bytes: usize) -> Self {
        self.body = bytes;
        self
    }

    /// With bodies of up to this many bytes, read as they came.
    pub const fn raw_body(mut self, bytes: usize) -> Self {
        self.is_raw = true;
        self.body(bytes)
    }

    /// With this much time.
    pub const fn time(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    /// A page that a browser may fetch ahead: reading it changes nothing and calls nothing outside.
    pub const fn prefetch(mut self) -> Self {
        self.prefetch = true;
        self
    }
}

/// A row of the table of routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowHead {
    /// The plugin that serves it.
    pub plugin: PluginId,
    /// Where it lies.
    pub face: Face,
    /// The method; GET answers HEAD too.
    pub method: Method,
    /// The path as axum writes it (`/entities/by-uid/{uid}`), relative to the face.
    pub path: Cow<'static, str>,
    /// The rule.
    pub rule: Rule,
}

impl RowHead {
    /// The path from the root of the server on.
    pub fn full_path(&self) -> String {
        match self.face {
            Face::Api => format!("/api/{}{}", self.plugin, self.path),
            Face::Page | Face::Plain => self.path.clone().into_owned(),
        }
    }
}

impl Display for RowHead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.full_path())
    }
}

/// Rows of one face, before they belong to a plugin. `S` is the state of their handlers.
pub struct Rows<S = ()> {
    rows: Vec<(Method, Cow<'static, str>, Rule, MethodRouter<S>)>,
}

impl<S: Clone + Send + Sync + 'static> Default for Rows<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Rows<S> {
    /// No row yet.
    pub fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a row for GET and HEAD.
    pub fn get<H, T>(self, path: impl Into<Cow<'static, str>>, rule: Rule, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.row(Method::GET, path.into(), rule, routing::get(handler))
    }

    /// Adds a row for POST.
    pub fn post<H, T>(self, path: impl Into<Cow<'static, str>>, rule: Rule, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.row(Method::POST, path.into(), rule, routing::post(handler))
    }

    /// Adds a row for PUT.
    pub fn put<H, T>(self, path: impl Into<Cow<'static, str>>, rule: Rule, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.row(Method::PUT, path.into(), rule, routing::put(handler))
    }

    /// Adds a row for PATCH.
    pub fn patch<H, T>(self, path: impl Into<Cow<'static, str>>, rule: Rule, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.row(Method::PATCH, path.into(), rule, routing::patch(handler))
    }

    /// Adds a row for DELETE.
    pub fn delete<H, T>(self, path: impl Into<Cow<'static, str>>, rule: Rule, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.row(Method::DELETE, path.into(), rule, routing::delete(handler))
    }

    fn row(mut self, method: Method, path: Cow<'static, str>, rule: Rule, endpoint: MethodRouter<S>) -> Self {
        self.rows.push((method, path, rule, endpoint));
        self
    }

    /// Gives all handlers their state.
    pub fn with_state(self, state: &S) -> Rows {
        let rows = self.rows.into_iter();
        let rows = rows
            .map(|(method, path, rule, endpoint)| (method, path, rule, endpoint.with_state(state.clone())));
        Rows { rows: rows.collect() }
    }
}

impl Rows {
    /// Adds the rows of another set.
    pub fn and(mut self, other: Rows) -> Self {
        self.rows.extend(other.rows);
        self
    }

    /// A router of these rows without any rule, for samples that need no server.
    pub fn into_open_router(self) -> Router {
        let rows = self.rows.into_iter();
        rows.fold(Router::new(), |router, (_, path, _, endpoint)| {
            router.route(&path, endpoint)
        })
    }

    /// Wraps every row's handler, for example with an extension.
    pub fn wrapped(self, wrap: impl Fn(&Method, &str, MethodRouter) -> MethodRouter) -> Self {
        let rows = self.rows.into_iter();
        let rows = rows.map(|(method, path, rule, endpoint)| {
            let endpoint = wrap(&method, &path, endpoint);
            (method, path, rule, endpoint)
        });
        Self { rows: rows.collect() }
    }
}

/// Rows that the API of every plugin has, whichever that is, for example those of a cookie for its files.
pub trait RowsOfEveryApi: Send + Sync {
    /// The rows, relative to `/api/<plugin>`.
    fn rows(&self) -> Rows;
}

/// A plugin's HTTP surface.
pub struct Routes {
    plugin: PluginId,
    rows: Vec<(RowHead, MethodRouter)>,
}

impl Routes {
    /// No row yet.
    pub fn new(plugin: PluginId) -> Self {
        Self {
            plugin,
            rows: Vec::new(),
        }
    }

    /// Adds rows below `/api/<plugin>`, whose paths are relative to that.
    pub fn api(self, rows: Rows) -> Self {
        self.face(Face::Api, rows)
    }

    /// Adds pages, with their full paths.
    pub fn pages(self, rows: Rows) -> Self {
        self.face(Face::Page, rows)
    }

    /// Adds rows of a face.
    pub fn face(mut self, face: Face, rows: Rows) -> Self {
        let plugin = &self.plugin;
        let rows = rows.rows.into_iter().map(|(method, path, rule, endpoint)| {
            let head = RowHead {
                plugin: plugin.clone(),
                face,
                method,
                path,
                rule,
            };
            (head, endpoint)
        });
        self.rows.extend(rows);
        self
    }

    /// The plugin that serves these.
    pub fn plugin(&self) -> &PluginId {
        &self.plugin
    }

    /// The rows without their handlers.
    pub fn table(&self) -> impl Iterator<Item = &RowHead> {
        self.rows.iter().map(|(head, _)| head)
    }

    /// The rows with their handlers.
    pub fn into_rows(self) -> Vec<(RowHead, MethodRouter)> {
        self.rows
    }

    /// Wraps the handlers of some rows, for example with an extension that all pages need.
    pub fn wrapped(self, wrap: impl Fn(&RowHead, MethodRouter) -> MethodRouter) -> Self {
        let rows = self.rows.into_iter();
        let rows = rows.map(|(head, endpoint)| {
            let endpoint = wrap(&head, endpoint);
            (head, endpoint)
        });
        Self {
            plugin: self.plugin,
            rows: rows.collect(),
        }
    }
}
