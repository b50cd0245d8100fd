//! Revisions as Flux writes them: `main@sha1:9f1c…`, `v1.2.3@sha1:…`, `latest@sha256:…`, `sha1:…`, and before 2.0 `main/9f1c…`.

/// Letters of a short name.
const SHORT: usize = 8;

/// A revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// As it is written.
    pub text: String,
    /// The branch, tag or version, if it names one.
    pub reference: Option<String>,
    /// The commit, if it is one of Git.
    pub commit: Option<String>,
    /// The digest of what is no commit.
    digest: Option<String>,
}

impl Revision {
    /// Reads a revision; nothing of an empty text.
    pub fn read(text: Option<&str>) -> Option<Self> {
        let text = text?.trim();
        if text.is_empty() {
            return None;
        }
        let (reference, digest) = match text.rsplit_once('@') {
            Some((reference, digest)) => (Some(reference), Some(digest)),
            None if text.contains(':') => (None, Some(text)),
            None => match text.rsplit_once('/') {
                Some((reference, sha)) if is_hex(sha) => (Some(reference), Some(sha)),
                _ => (Some(text), None),
            },
        };
        let (algorithm, value) = digest
            .map(|digest| digest.split_once(':').unwrap_or(("sha1", digest)))
            .unzip();
        let is_commit = value.is_some_and(is_hex)
            && (algorithm == Some("sha1")
                || (algorithm == Some("sha256") && reference.is_some_and(|name| name.contains("refs/"))));
        Some(Self {
            text: text.to_owned(),
            reference: reference.map(str::to_owned),
            commit: value.filter(|_| is_commit).map(str::to_owned),
            digest: value.filter(|_| !is_commit).map(str::to_owned),
        })
    }

    /// The commit's or digest's first letters, else the version.
    pub fn short(&self) -> String {
        let value = self.commit.as_ref().or(self.digest.as_ref());
        match value {
            Some(value) => value.chars().take(SHORT).collect(),
            None => self.text.clone(),
        }
    }

    /// Whether both are the same, however they are written.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.commit, &other.commit, &self.digest, &other.digest) {
            (Some(own), Some(other), ..) | (_, _, Some(own), Some(other)) => own == other,
            _ => self.text == other.text,
        }
    }
}

fn is_hex(text: &str) -> bool {
    text.len() >= 7 && text.chars().all(|letter| letter.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "9f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c";

    #[test]
    fn every_form() {
        for (text, reference, commit, short) in [
            (format!("main@sha1:{SHA}"), Some("main"), Some(SHA), "9f1c2d3e"),
            (
                format!("v1.2.3@sha1:{SHA}"),
                Some("v1.2.3"),
                Some(SHA),
                "9f1c2d3e",
            ),
            (
                format!("refs/heads/a@b@sha1:{SHA}"),
                Some("refs/heads/a@b"),
                Some(SHA),
                "9f1c2d3e",
            ),
            (format!("sha1:{SHA}"), None, Some(SHA), "9f1c2d3e"),
            (format!("main/{SHA}"), Some("main"), Some(SHA), "9f1c2d3e"),
            (
                "latest@sha256:0123456789ab".to_owned(),
                Some("latest"),
                None,
                "01234567",
            ),
            ("sha256:0123456789ab".to_owned(), None, None, "01234567"),
            ("6.0.3".to_owned(), Some("6.0.3"), None, "6.0.3"),
            (
                "6.0.3+0123456789ab".to_owned(),
                Some("6.0.3+0123456789ab"),
                None,
                "6.0.3+0123456789ab",
            ),
        ] {
            let read = Revision::read(Some(&text)).unwrap();
            assert_eq!(read.reference.as_deref(), reference, "{text}");
            assert_eq!(read.commit.as_deref(), commit, "{text}");
            assert_eq!(read.short(), short, "{text}");
        }
        assert_eq!(Revision::read(Some("")), None);
        let (old, new) = (format!("main/{SHA}"), format!("main@sha1:{SHA}"));
        assert!(
            Revision::read(Some(&old))
                .unwrap()
                .is_same(&Revision::read(Some(&new)).unwrap())
        );
    }
}
