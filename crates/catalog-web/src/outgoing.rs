//! Lists of entities on their way out, portion by portion: an answer never lies in memory whole, and
//! nothing more is read or rendered when the client is gone.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body as HttpBody;
use bytes::Bytes;
use catalog::query::{Body, Fields, PORTION_BYTES, Portions, QueryError, Wanted};
use catalog::{Caller, Catalog, View};
use futures::stream::{self, Stream, StreamExt};
use uuid::Uuid;
use web::Unread;

/// Answers up to this size are made before the first byte goes out, and have a length.
const SHORT: usize = 4 << 20;
/// Rendering more than this is left to a thread of its own.
const INLINE: usize = 64 << 10;

/// Room for what stands after the entities.
const END: usize = 256;

type Render = dyn Fn(&Body) -> String + Send + Sync;

/// What is to be sent.
pub(crate) struct Outgoing {
    wanted: Vec<Wanted>,
    form: Form,
    before: String,
    after: String,
}

/// How the entities are written.
struct Form {
    /// What becomes of a body, nothing of one that is left out; without it bodies are passed on as they are.
    render: Option<Arc<Render>>,
    /// What stands for entities that are not there; without it they are left out.
    gap: Option<&'static str>,
    between: &'static str,
}

/// An answer.
pub(crate) enum Answered {
    /// All of it.
    Short(String),
    /// More than should lie in memory, and what lies there until it is read.
    Long(HttpBody, Unread),
}

impl Outgoing {
    /// A JSON list; entities that went away meanwhile are left out.
    pub(crate) fn list(wanted: Vec<(Uuid, u64)>, fields: &Fields) -> Self {
        let mut list = Self::with_gaps(present(wanted), fields);
        list.form.gap = None;
        list
    }

    /// A JSON list with `null` for those that are not there.
    pub(crate) fn with_gaps(wanted: Vec<Wanted>, fields: &Fields) -> Self {
        let render = (!fields.is_all()).then(|| {
            let fields = fields.clone();
            Arc::new(move |body: &Body| fields.project_text(body)) as Arc<Render>
        });
        Self {
            wanted,
            form: Form {
                render,
                gap: Some("null"),
                between: ",",
            },
            before: "[".to_owned(),
            after: "]".to_owned(),
        }
    }

    /// A JSON list of what is made of each entity.
    pub(crate) fn rendered(
        wanted: Vec<(Uuid, u64)>,
        render: impl Fn(&Body) -> String + Send + Sync + 'static,
    ) -> Self {
        let mut list = Self::list(wanted, &Fields::all());
        list.form.render = Some(Arc::new(render));
        list
    }

    /// A line for each entity below a first one.
    pub(crate) fn lines(
        wanted: Vec<(Uuid, u64)>,
        first: String,
        line: impl Fn(&Body) -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            wanted: present(wanted),
            form: Form {
                render: Some(Arc::new(line)),
                gap: None,
                between: "",
            },
            before: first,
            after: String::new(),
        }
    }

    /// The list between two texts.
    pub(crate) fn within(mut self, before: &str, after: &str) -> Self {
        self.before.insert_str(0, before);
        self.after.push_str(after);
        self
    }

    /// Fails as long as nothing was sent; later on the connection breaks off.
    pub(crate) async fn answer(self, seen: View<'_>) -> Result<Answered, QueryError> {
        let mut texts = Box::pin(self.texts(seen));
        let mut begin = String::new();
        while begin.len() < SHORT {
            match texts.next().await.transpose()? {
                Some(text) if begin.is_empty() => begin = text,
                Some(text) => begin.push_str(&text),
                None => return Ok(Answered::Short(begin)),
            }
        }
        let unread = Unread(begin.len() + PORTION_BYTES);
        let rest = texts.map(|text| text.map(Bytes::from));
        let all = stream::iter([Ok(begin.into())]).chain(rest);
        Ok(Answered::Long(HttpBody::from_stream(all), unread))
    }

    fn texts(self, seen: View<'_>) -> impl Stream<Item = Result<String, QueryError>> + Send + use<> {
        let sending = Sending {
            catalog: seen.catalog().clone(),
            portions: seen.portions(self.wanted),
            form: Arc::new(self.form),
            before: Some(self.before),
            after: Some(self.after),
        };
        stream::try_unfold(sending, |mut sending| async move {
            let text = sending.next().await?;
            Ok(text.map(|text| (text, sending)))
        })
    }
}

fn present(wanted: Vec<(Uuid, u64)>) -> Vec<Wanted> {
    wanted.into_iter().map(Some).collect()
}

/// A list of which a part was sent.
struct Sending {
    catalog: Catalog,
    portions: Portions,
    form: Arc<Form>,
    /// Until the first entity was sent.
    before: Option<String>,
    after: Option<String>,
}

impl Sending {
    async fn next(&mut self) -> Result<Option<String>, QueryError> {
        while let Some(bodies) = self.portions.next().await? {
            let text = self.rendered(bodies).await?;
            if !text.is_empty() {
                self.before = None;
                return Ok(Some(text));
            }
        }
        let after = self.after.take();
        Ok(after.map(|after| self.before.take().unwrap_or_default() + &after))
    }

    /// The bodies with the text that stands before them, or nothing when all are left out.
    async fn rendered(&self, bodies: Vec<Option<Body>>) -> Result<String, QueryError> {
        let start = self.before.as_deref().unwrap_or(self.form.between);
        let length: usize = bodies.iter().flatten().map(|body| body.len()).sum();
        if self.form.render.is_none() || length <= INLINE {
            return Ok(self.form.joined(start, &bodies, &Caller::default()));
        }
        let (form, start) = (self.form.clone(), start.to_owned());
        let render = move |caller: &Caller| form.joined(&start, &bodies, caller);
        Ok(self.catalog.run_slow(render).await?)
    }
}

impl Form {
    /// Cut short when the caller is gone.
    fn joined(&self, start: &str, bodies: &[Option<Body>], caller: &Caller) -> String {
        let mut text = String::with_capacity(self.room(start, bodies));
        for body in bodies.iter().take_while(|_| !caller.is_gone()) {
            let one = match (body, &self.render) {
                (Some(body), Some(render)) => Cow::Owned(render(body)),
                (Some(body), None) => Cow::Borrowed(&**body),
                (None, _) => Cow::Borrowed(self.gap.unwrap_or_default()),
            };
            if one.is_empty() {
                continue;
            }
            text.push_str(if text.is_empty() { start } else { self.between });
            text.push_str(&one);
        }
        text
    }

    /// Bytes of the text when bodies are passed on, with the end of the answer; texts that are rendered
    /// are mostly far shorter, and grow.
    fn room(&self, start: &str, bodies: &[Option<Body>]) -> usize {
        if self.render.is_some() {
            return 0;
        }
        let gap = self.gap.map_or(0, str::len);
        let length = |body: &Option<Body>| body.as_ref().map_or(gap, |body| body.len());
        let all: usize = bodies.iter().map(|body| length(body) + self.between.len()).sum();
        start.len() + all + END
    }
}
