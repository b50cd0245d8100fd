//! The archive of one image: layer, configuration, manifest and index, as the OCI image layout 1.0 has them.

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::layer::{Entry, Layer};

/// What the image says about itself.
pub struct About<'a> {
    /// The processor.
    pub architecture: &'static str,
    /// The version of the portal.
    pub version: &'a str,
    /// The commit it was built of.
    pub revision: &'a str,
    /// When that was, in seconds since 1970.
    pub seconds: u64,
    /// User and group that the program runs as.
    pub user: u64,
}

/// An archive, as `skopeo` and `podman load` read it.
pub struct Archive {
    /// The tar.
    pub bytes: Vec<u8>,
    /// The digest of the manifest, by which the image is known.
    pub digest: String,
    /// The processor.
    pub architecture: &'static str,
}

/// Makes the archive of a layer.
pub fn archive(layer: Layer, about: &About<'_>) -> Result<Archive> {
    let layer = layer.pack()?;
    let configuration = configuration(about, &digest(&layer.plain))
        .to_string()
        .into_bytes();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("application/vnd.oci.image.config.v1+json", &configuration),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar+zstd", &layer.compressed)],
        "annotations": labels(about),
    });
    let manifest = manifest.to_string().into_bytes();
    let mut listed = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
    listed["platform"] = json!({ "architecture": about.architecture, "os": "linux" });
    listed["annotations"] = json!({ "org.opencontainers.image.ref.name": about.version });
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [listed],
    });
    let mut outer = Layer::new(about.seconds);
    outer.add(&Entry::file("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#))?;
    outer.add(&Entry::file("index.json", index.to_string().as_bytes()))?;
    for blob in [&layer.compressed, &configuration, &manifest] {
        let path = format!("blobs/{}", digest(blob).replace(':', "/"));
        outer.add(&Entry::file(path, blob))?;
    }
    Ok(Archive {
        bytes: outer.plain()?,
        digest: digest(&manifest),
        architecture: about.architecture,
    })
}

fn configuration(about: &About<'_>, layer: &str) -> Value {
    let created = moment(about.seconds);
    json!({
        "created": created,
        "architecture": about.architecture,
        "os": "linux",
        "config": {
            "User": format!("{0}:{0}", about.user),
            "ExposedPorts": { "7007/tcp": {}, "9464/tcp": {} },
            "Env": [
                "PATH=/usr/local/bin",
                "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
            ],
            "Entrypoint": ["/usr/local/bin/backstage"],
            "WorkingDir": "/data",
            "Labels": labels(about),
        },
        "rootfs": { "type": "layers", "diff_ids": [layer] },
        "history": [{ "created": created, "created_by": "cargo xtask image" }],
    })
}

fn labels(about: &About<'_>) -> Value {
    json!({
        "org.opencontainers.image.title": "backstage",
        "org.opencontainers.image.description": "The developer portal",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.version": about.version,
        "org.opencontainers.image.revision": about.revision,
        "org.opencontainers.image.created": moment(about.seconds),
    })
}

fn descriptor(kind: &str, blob: &[u8]) -> Value {
    json!({ "mediaType": kind, "digest": digest(blob), "size": blob.len() })
}

/// The digest of bytes, with the name of its kind.
pub fn digest(blob: &[u8]) -> String {
    format!("sha256:{:x}", Sha256::digest(blob))
}

/// A moment in UTC as RFC 3339 has it.
fn moment(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The date of a day since 1970, in the Gregorian calendar: years that begin in March end with the leap day.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn moments_are_written() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
        ] {
            assert_eq!(moment(seconds), expected);
        }
    }
}
