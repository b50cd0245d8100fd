//! A page as it was rendered. It is kept as long as the site is, but only for a short time where something could not be drawn that may
//! be the next time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::Rendered;

/// How long a page is kept in which something is missing that may be there the next time.
const PASSING: Duration = Duration::from_secs(10);

/// The place of a page.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    rendered: Mutex<Option<(Arc<Rendered>, Instant)>>,
}

impl Kept {
    /// A page that is rendered already.
    pub(crate) fn of(rendered: Rendered) -> Self {
        Self {
            rendered: Mutex::new(Some((Arc::new(rendered), Instant::now()))),
        }
    }

    /// The page, rendered if it is not known. Others who ask meanwhile wait for it.
    pub(crate) fn or_render(&self, render: impl FnOnce() -> Rendered) -> Arc<Rendered> {
        let mut kept = self.rendered.lock();
        if let Some((rendered, at)) = kept.as_ref()
            && (!rendered.is_passing || at.elapsed() < PASSING)
        {
            return rendered.clone();
        }
        let rendered = Arc::new(render());
        *kept = Some((rendered.clone(), Instant::now()));
        rendered
    }

    /// The page, if it was rendered.
    pub(crate) fn known(&self) -> Option<Arc<Rendered>> {
        let kept = self.rendered.lock();
        kept.as_ref().map(|(rendered, _)| rendered.clone())
    }

    /// Whether the page was rendered.
    pub(crate) fn is_rendered(&self) -> bool {
        self.rendered.lock().is_some()
    }

    /// Bytes that it takes, about. A page that is rendered now counts the next time.
    pub(crate) fn bytes(&self) -> usize {
        let rendered = self.rendered.try_lock();
        let known = rendered.as_ref().and_then(|kept| kept.as_ref());
        known.map_or(0, |(rendered, _)| rendered.bytes())
    }

    /// The same a while ago.
    #[cfg(test)]
    fn aged(&self, by: Duration) {
        if let Some((_, at)) = self.rendered.lock().as_mut() {
            *at = at.checked_sub(by).expect("the machine runs for longer");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str, is_passing: bool) -> Rendered {
        Rendered {
            html: html.to_owned(),
            is_passing,
            ..Rendered::default()
        }
    }

    #[test]
    fn what_may_be_gone_is_rendered_again() {
        let kept = Kept::default();
        assert!(!kept.is_rendered() && kept.bytes() == 0);
        assert_eq!(kept.or_render(|| page("busy", true)).html, "busy");
        assert_eq!(kept.or_render(|| page("drawn", false)).html, "busy");
        kept.aged(PASSING);
        assert_eq!(kept.or_render(|| page("drawn", false)).html, "drawn");
        kept.aged(PASSING);
        assert_eq!(kept.or_render(|| page("other", false)).html, "drawn");
        assert!(kept.is_rendered() && kept.bytes() >= 5);
    }
}
