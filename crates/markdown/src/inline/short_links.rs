//! Short names of people, repositories, issues and changes at a Git host: `@user`, `#1`, `user/repo!2`, as the extension
//! `magiclink` of pymdown reads them with `repo_url_shorthand`. Hashes of commits are not looked for.

use super::{Inline, Node};
use crate::Target;
use crate::context::Context;
use crate::escape::escape;

/// Longest name of a person or repository.
const MAX_NAME: usize = 100;

/// Where short names lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShortLinks {
    /// The address of the host.
    pub host: GitHost,
    /// The person or group whose repository it is, if one is named.
    pub user: String,
    /// The repository that numbers alone are of, if one is named.
    pub repository: String,
    /// Numbers are shown with `#`, whatever they are of.
    pub is_normalised: bool,
}

/// A host of repositories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GitHost {
    /// github.com.
    #[default]
    GitHub,
    /// gitlab.com.
    GitLab,
    /// bitbucket.org.
    Bitbucket,
}

impl GitHost {
    /// By the name that `magiclink` has for it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "github" => Some(Self::GitHub),
            "gitlab" => Some(Self::GitLab),
            "bitbucket" => Some(Self::Bitbucket),
            _ => None,
        }
    }

    fn address(self) -> &'static str {
        match self {
            Self::GitHub => "https://github.com",
            Self::GitLab => "https://gitlab.com",
            Self::Bitbucket => "https://bitbucket.org",
        }
    }

    /// The path of what a mark stands for: an issue, a change, a discussion.
    fn path(self, mark: u8) -> Option<&'static str> {
        match (self, mark) {
            (Self::GitLab, b'#') => Some("-/issues"),
            (Self::GitLab, b'!') => Some("-/merge_requests"),
            (_, b'#') => Some("issues"),
            (Self::GitHub, b'!') => Some("pull"),
            (Self::GitHub, b'?') => Some("discussions"),
            (Self::Bitbucket, b'!') => Some("pull-requests"),
            _ => None,
        }
    }

    /// Names that are no people.
    fn reserved(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => &[
                "marketplace",
                "notifications",
                "issues",
                "pull",
                "sponsors",
                "settings",
                "support",
            ],
            Self::GitLab => &["dashboard", "-", "explore", "help", "projects"],
            Self::Bitbucket => &["dashboard", "account", "plans", "support", "repo"],
        }
    }
}

fn is_of_repository(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// The name of a person at the beginning of a text; empty if there is none.
fn person(text: &str) -> &str {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let length = text.bytes().take(39).take_while(|byte| is_part(*byte)).count();
    text[..length].trim_end_matches(['-', '_'])
}

impl Inline<'_> {
    /// `@user` and `@user/repository`.
    pub(crate) fn mention(&mut self, context: &mut Context<'_, '_>) -> bool {
        let Some(links) = &context.options.short_links else {
            return false;
        };
        if self.text[..self.at].ends_with(|before: char| before.is_ascii_alphabetic()) {
            return false;
        }
        let rest = &self.rest()[1..];
        let user = person(rest);
        let behind = &rest[user.len()..];
        if user.is_empty()
            || links.host.reserved().contains(&user)
            || behind.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        {
            return false;
        }
        let path = behind.strip_prefix('/').unwrap_or_default();
        let length = path
            .bytes()
            .take(MAX_NAME)
            .take_while(|byte| is_of_repository(*byte))
            .count();
        let repository = path[..length].trim_end_matches(['-', '_', '.']);
        let (shown, length) = match repository {
            "" => (format!("@{user}"), 1 + user.len()),
            name => (format!("{user}/{name}"), 2 + user.len() + name.len()),
        };
        let address = format!("{}/{}", links.host.address(), shown.trim_start_matches('@'));
        self.push_short(context, (&address, &shown), "", length);
        true
    }

    /// `#1`, `repository#1` and `user/repository#1`, with `!` for a change and `?` for a discussion.
    pub(crate) fn numbered(&mut self, context: &mut Context<'_, '_>) -> bool {
        let Some(links) = &context.options.short_links else {
            return false;
        };
        let rest = self.rest();
        let digits = rest[1..].bytes().take(12).take_while(u8::is_ascii_digit).count();
        let behind = &rest[1 + digits..];
        let is_number = digits > 0
            && !rest[1..].starts_with('0')
            && !behind.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        let mark = rest.as_bytes()[0];
        let Some(path) = links.host.path(mark).filter(|_| is_number) else {
            return false;
        };
        let Some((user, repository, before)) = self.repository_before(links) else {
            return false;
        };
        let (number, before) = (&rest[1..=digits], before.to_owned());
        let sign = if links.is_normalised {
            '#'
        } else {
            char::from(mark)
        };
        let address = format!("{}/{user}/{repository}/{path}/{number}", links.host.address());
        if !before.is_empty() && !self.take_back(&before) {
            return false;
        }
        let shown = format!("{before}{sign}{number}");
        self.push_short(context, (&address, &shown), &before, 1 + digits);
        true
    }

    /// Whose repository the name before a number is: the person, the repository, and the name as it is written.
    fn repository_before<'l>(&'l self, links: &'l ShortLinks) -> Option<(&'l str, &'l str, &'l str)> {
        let text = &self.text[..self.at];
        let length = text
            .bytes()
            .rev()
            .take(MAX_NAME)
            .take_while(|byte| is_of_repository(*byte) || *byte == b'/')
            .count();
        let written = &text[text.len() - length..];
        let is_told = !links.user.is_empty() && !links.repository.is_empty();
        if written.is_empty() {
            return is_told.then_some((&links.user, &links.repository, ""));
        }
        if text[..text.len() - length].ends_with('@') {
            return None;
        }
        match written.split_once('/') {
            Some((user, name)) if !user.is_empty() && !name.is_empty() && !name.contains('/') => {
                (person(user) == user).then_some((user, name, written))
            }
            None if !links.user.is_empty() => Some((&links.user, written, written)),
            _ => None,
        }
    }

    /// Takes the end of the text that was read away; `false` if marks are in it.
    fn take_back(&mut self, written: &str) -> bool {
        let Some(Node::Text(text)) = self.nodes.last_mut() else {
            return false;
        };
        let is_there = text.ends_with(written);
        if is_there {
            text.truncate(text.len() - written.len());
        }
        is_there
    }

    /// Pushes a link in place of `before`, which was taken back, and of so many bytes of the text.
    fn push_short(
        &mut self,
        context: &mut Context<'_, '_>,
        (address, shown): (&str, &str),
        before: &str,
        length: usize,
    ) {
        let target = context.resolve(Target::Link, address, self.line());
        let html = format!("<a href=\"{}\">{}</a>", escape(&target), escape(shown));
        let behind = &self.rest()[..length];
        let written = format!("{before}{behind}");
        self.nodes.push(Node::Address(html, written));
        self.at += length;
    }
}
