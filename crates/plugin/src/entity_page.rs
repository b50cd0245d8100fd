//! What plugins put on the entity page: tabs, cards, badges and actions.
//!
//! Each part runs as a task of its own under a deadline ([`crate::contained`]), so everything a part gets is
//! owned. A part that fails, panics or is slow becomes that part's visible problem.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use maud::Markup;
use model::{EntityRef, Viewer};
use serde_json::Value;

use crate::{Denied, Markers, Permission, PluginId, Seen};

/// Where a part stands, and the words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name in addresses, for example `definition`; unique among the parts of its sort.
    pub path: Cow<'static, str>,
    /// Heading or text of the link.
    pub title: Cow<'static, str>,
    /// Order among the parts of its sort, low first. Of tabs: Overview 0, History 80, YAML 90.
    pub order: i32,
}

impl Place {
    /// A place of a built-in plugin.
    pub const fn new(path: &'static str, title: &'static str, order: i32) -> Self {
        Self {
            path: Cow::Borrowed(path),
            title: Cow::Borrowed(title),
            order,
        }
    }
}

/// When a part is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// With the page. For what is answered from memory.
    Inline,
    /// After the page was sent, by a request of its own. For what asks other servers.
    Deferred,
}

/// The page at hand.
#[derive(Debug, Clone)]
pub struct EntityPage {
    /// The served entity.
    pub entity: Arc<Value>,
    /// Its reference.
    pub reference: EntityRef,
    /// The viewer.
    pub viewer: Viewer,
    /// The permissions that the viewer lacks, of those that the tab says it offers ([`EntityTab::offers`]) and parts need.
    pub denied: Denied,
    /// The rest of the address behind the tab, without a leading `/`; empty for the tab itself.
    pub rest: String,
    /// Query string of the request, undecoded and without `?`.
    pub query: String,
    /// The moment at which the part is given up.
    pub deadline: Instant,
    /// What happened to entities, as far as the viewer may see it.
    pub markers: Markers,
    /// What the viewer sees of the catalog.
    pub seen: Seen,
}

/// Why a part could not be made. The page shows it in the part's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderError {
    /// What failed and why, one sentence for the viewer.
    pub message: String,
    /// What the viewer can do about it.
    pub hint: Option<String>,
}

/// Content of a part.
#[derive(Debug, Clone)]
pub enum Body {
    /// Made of the components of `ui`.
    Ours(Markup),
    /// HTML of another program. It is sanitised before it is shown.
    Foreign(String),
}

/// The answer of a tab to a request.
#[derive(Debug, Clone)]
pub enum TabAnswer {
    /// The tab's content.
    Content(Body),
    /// Another address answers, a path of this portal.
    Redirect(String),
    /// There is nothing at the rest of the address.
    NotFound,
}

/// A form that was sent to a tab.
pub type Form = Vec<(String, String)>;

/// A tab of the entity page.
#[async_trait]
pub trait EntityTab: Send + Sync + 'static {
    /// Where it stands.
    fn place(&self) -> &Place;
    /// Whether the tab has something to say about this entity. Must be quick and without IO.
    fn applies_to(&self, entity: &Value) -> bool;
    /// The permission without which the tab says only that it is missing.
    fn needs(&self) -> Option<&'static Permission> {
        None
    }
    /// The permissions of what can be done from the tab, each with its plugin. [`EntityPage::denied`] says which of them the viewer
    /// lacks, so that a button says so before it is pressed. Whoever does it asks again.
    fn offers(&self) -> Vec<(PluginId, &'static Permission)> {
        Vec::new()
    }
    /// Topics whose announcement makes the open tab fetch itself again ([`crate::LiveTopic`]).
    fn topics(&self, _reference: &EntityRef) -> Vec<String> {
        Vec::new()
    }
    /// When the content is made.
    fn moment(&self) -> Moment {
        Moment::Inline
    }
    /// When the content at an address below the tab is made; `rest` is what follows the tab's own address.
    fn moment_of(&self, rest: &str) -> Moment {
        let _ = rest;
        self.moment()
    }
    /// The tab's content, also for addresses below the tab.
    async fn show(&self, page: EntityPage) -> Result<TabAnswer, RenderError>;
    /// Takes a form that was sent to the tab's address.
    async fn act(&self, page: EntityPage, form: Form) -> Result<TabAnswer, RenderError> {
        let _ = (page, form);
        Err(RenderError {
            message: format!("{} takes no forms.", self.place().title),
            hint: None,
        })
    }
}

/// A card on the overview tab.
#[async_trait]
pub trait EntityCard: Send + Sync + 'static {
    /// Where it stands; the title is its heading.
    fn place(&self) -> &Place;
    /// Whether the card has something to say about this entity. Must be quick and without IO.
    fn applies_to(&self, entity: &Value) -> bool;
    /// Whether a card that applies is shown to the viewer of this page: one that is about other entities depends on which of
    /// them the viewer sees. Must be quick and without IO.
    fn is_for(&self, _page: &EntityPage) -> bool {
        true
    }
    /// The permission without which the card is left out.
    fn needs(&self) -> Option<&'static Permission> {
        None
    }
    /// Topics whose announcement makes the open overview fetch itself again ([`crate::LiveTopic`]).
    fn topics(&self, _reference: &EntityRef) -> Vec<String> {
        Vec::new()
    }
    /// When the content is made.
    fn moment(&self) -> Moment {
        Moment::Inline
    }
    /// The card's content, without the heading.
    async fn show(&self, page: EntityPage) -> Result<Body, RenderError>;
}

/// How a badge is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadgeTone {
    /// A fact.
    Neutral,
    /// All is well.
    Good,
    /// It is on its way.
    Changing,
    /// A person should look.
    Warning,
    /// Something is broken.
    Bad,
}

/// A few words in the head of the entity page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// The words.
    pub text: String,
    /// Their colour.
    pub tone: BadgeTone,
    /// A path of this portal that says more.
    pub path: Option<String>,
}

/// Puts badges into the head of the entity page. Answered from memory: it is part of every view of the page.
pub trait EntityBadges: Send + Sync + 'static {
    /// The permission without which the badges are left out.
    fn needs(&self) -> Option<&'static Permission> {
        None
    }
    /// Badges of an entity.
    fn badges(&self, reference: &EntityRef, entity: &Value, viewer: &Viewer) -> Vec<Badge>;
    /// Topics whose announcements may change the badges of an entity; the open page then fetches itself again.
    fn topics(&self, reference: &EntityRef, entity: &Value) -> Vec<String> {
        let _ = (reference, entity);
        Vec::new()
    }
}

/// A link or button in the head of the entity page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityAction {
    /// The words.
    pub title: String,
    /// Name of an icon of the `ui` crate.
    pub icon: Cow<'static, str>,
    /// A path of this portal, or an `https:` address.
    pub target: String,
}

/// Puts actions into the head of the entity page. Answered from memory.
pub trait EntityActions: Send + Sync + 'static {
    /// Actions on an entity.
    fn actions(&self, reference: &EntityRef, entity: &Value, viewer: &Viewer) -> Vec<EntityAction>;
}
