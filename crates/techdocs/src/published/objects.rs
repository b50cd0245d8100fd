//! Published sites in a store of objects: whatever `object_store` speaks.

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, Extensions, GetOptions, ObjectStore, ObjectStoreExt as _, PutOptions,
    PutPayload,
};

use super::storage::{Read, Storage, StoredFile, is_plain};
use super::trouble::Trouble;

/// How large an answer may be, for the one who makes the calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most(pub(crate) u64);

/// A store of objects, with the folder in it under which the sites lie.
pub(crate) struct Objects<S> {
    store: S,
    /// Empty, or with a slash at the end.
    root: String,
    name: String,
}

impl<S: ObjectStore> Objects<S> {
    /// `root` is the folder as the configuration writes it; slashes around it do not count.
    pub(crate) fn new(store: S, root: &str, name: String) -> Self {
        let root = match root.trim_matches('/') {
            "" => String::new(),
            root => format!("{root}/"),
        };
        let name = if root.is_empty() {
            name
        } else {
            format!("the folder {root} of {name}")
        };
        Self { store, root, name }
    }

    fn path(&self, key: &str) -> Result<Path, Trouble> {
        if !is_plain(key) {
            return Err(Trouble::Missing);
        }
        Path::parse(format!("{}{key}", self.root)).map_err(|_| Trouble::Missing)
    }
}

#[async_trait]
impl<S: ObjectStore> Storage for Objects<S> {
    fn name(&self) -> &str {
        &self.name
    }

    async fn read(&self, key: &str, known: Option<&str>, most: u64) -> Result<Read, Trouble> {
        let path = self.path(key)?;
        let mut extensions = Extensions::new();
        extensions.insert(Most(most));
        let options = GetOptions {
            if_none_match: known.map(str::to_owned),
            extensions,
            ..GetOptions::default()
        };
        let found = match self.store.get_opts(&path, options).await {
            Ok(found) => found,
            Err(Error::NotModified { .. }) => return Ok(Read::Same),
            Err(error) => return Err(trouble(&error)),
        };
        if found.meta.size > most {
            return Err(Trouble::TooLarge(most));
        }
        let etag = found.meta.e_tag.clone();
        let modified = Timestamp::from_second(found.meta.last_modified.timestamp()).ok();
        let bytes = found.bytes().await.map_err(|error| trouble(&error))?;
        Ok(Read::New(StoredFile {
            bytes,
            etag,
            modified,
        }))
    }

    async fn list(&self, folder: &str, most: usize) -> Result<Vec<String>, Trouble> {
        let path = self.path(folder)?;
        let before = format!("{path}/");
        let mut found = self.store.list(Some(&path));
        let mut names = Vec::new();
        while names.len() < most {
            let Some(meta) = found.try_next().await.map_err(|error| trouble(&error))? else {
                break;
            };
            names.extend(meta.location.as_ref().strip_prefix(&before).map(str::to_owned));
        }
        Ok(names)
    }

    async fn write(&self, key: &str, bytes: Bytes, kind: &'static str) -> Result<(), Trouble> {
        let path = self.path(key)?;
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::ContentType, kind.into());
        let options = PutOptions {
            attributes,
            ..PutOptions::default()
        };
        let written = self
            .store
            .put_opts(&path, PutPayload::from_bytes(bytes), options)
            .await;
        written.map(drop).map_err(|error| trouble(&error))
    }

    async fn remove(&self, key: &str) -> Result<bool, Trouble> {
        let path = self.path(key)?;
        match self.store.delete(&path).await.map_err(|error| trouble(&error)) {
            Ok(()) => Ok(true),
            Err(Trouble::Missing) => Ok(false),
            Err(trouble) => Err(trouble),
        }
    }
}

/// What an error means. The one who makes the calls has put the reason into it.
fn trouble(error: &Error) -> Trouble {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(known) = cause {
        if let Some(trouble) = known.downcast_ref::<Trouble>() {
            return trouble.clone();
        }
        cause = known.source();
    }
    match error {
        Error::NotFound { .. } => Trouble::Missing,
        other => Trouble::Other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn a_store_in_memory_is_read_like_any_other() {
        let store = InMemory::new();
        for (key, text) in [
            ("docs/default/component/a/index.html", "front"),
            ("docs/default/component/a/b/c.png", "picture"),
        ] {
            store.put(&Path::from(key), text.into()).await.unwrap();
        }
        let objects = Objects::new(store, "/docs/", "the store".to_owned());
        let Read::New(file) = objects
            .read("default/component/a/index.html", None, 100)
            .await
            .unwrap()
        else {
            panic!("nothing is known yet");
        };
        assert_eq!(&file.bytes[..], b"front");
        let again = objects
            .read("default/component/a/index.html", file.etag.as_deref(), 100)
            .await;
        assert!(matches!(again, Ok(Read::Same)), "{again:?}");
        let large = objects.read("default/component/a/index.html", None, 4).await;
        assert!(matches!(large, Err(Trouble::TooLarge(4))), "{large:?}");
        for key in ["default/component/a/nothing", "default/../x", "", "/x", "a\\b"] {
            let found = objects.read(key, None, 100).await;
            assert!(matches!(found, Err(Trouble::Missing)), "{key}: {found:?}");
        }
        let listed = objects.list("default/component/a", 10).await.unwrap();
        assert_eq!(listed, ["b/c.png", "index.html"]);
        assert_eq!(objects.list("default/component/a", 1).await.unwrap().len(), 1);
        let new = Bytes::from_static(b"new");
        objects
            .write("default/component/a/new.css", new, "text/css")
            .await
            .unwrap();
        for _ in 0..2 {
            objects.remove("default/component/a/b/c.png").await.unwrap();
        }
        let listed = objects.list("default/component/a", 10).await.unwrap();
        assert_eq!(listed, ["index.html", "new.css"]);
    }
}
