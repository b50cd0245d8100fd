//! Topics that open pages follow.

use std::borrow::Cow;

use crate::permission::Permission;

/// A topic of a plugin. A page that names it (`ui::Live::Topics`) fetches itself again after a transaction announced it
/// (`store::Tx::announce`), in whichever process.
///
/// Topics below it belong to it: who follows `work.job` hears of `work.job.4711`, who follows that hears of this job alone.
#[derive(Debug, Clone)]
pub struct LiveTopic {
    /// The plugin's id and a word, for example `work.job`.
    pub name: Cow<'static, str>,
    /// The permission that a follower needs.
    pub needs: Option<&'static Permission>,
    /// Only topics below it can be followed: each is known to nobody but those whom it concerns.
    pub only_parts: bool,
}

impl LiveTopic {
    /// Whether a topic that somebody follows is this one, or one below it.
    pub fn has(&self, topic: &str) -> bool {
        is_within(topic, &self.name) && !(self.only_parts && topic == self.name)
    }
}

/// Whether a topic is another one, or one below it.
pub fn is_within(topic: &str, other: &str) -> bool {
    let rest = topic.strip_prefix(other);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
