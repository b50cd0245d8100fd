//! The sizes of images, so that a page keeps the room for them while they are fetched. An image of an unknown size is left
//! as it is.

use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use regex::{Captures, Regex};

use super::{BASE, Places};

/// Where the head of a drawing ends at the latest, in bytes.
const MAX_HEAD: usize = 4_000;

static IMAGE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"<img [^>]*?src="([^"]*)"[^>]*>"#).ok());
static DRAWING: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?s)<svg\b[^>]*>").ok());
static MEASURE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"\b(width|height|viewBox)\s*=\s*["']([^"'%]+)["']"#).ok());

/// The page with width and height of the site's own images.
pub(super) fn with_sizes(html: &str, places: &Places) -> String {
    let Some(image) = IMAGE.as_ref() else {
        return html.to_owned();
    };
    image
        .replace_all(html, |found: &Captures<'_>| {
            let (tag, source) = (&found[0], &found[1]);
            let size = source.strip_prefix(BASE).and_then(|path| size_of(places, path));
            match size {
                Some((width, height)) if !tag.contains(" width=") => tag.replacen(
                    "<img ",
                    &format!("<img width=\"{width}\" height=\"{height}\" "),
                    1,
                ),
                _ => tag.to_owned(),
            }
        })
        .into_owned()
}

/// Width and height of a file, in pixels of the page.
fn size_of(places: &Places, path: &str) -> Option<(u32, u32)> {
    let path = percent_decode_str(path).decode_utf8_lossy();
    let bytes = places.files.get(&*path)?;
    if path.to_ascii_lowercase().ends_with(".svg") {
        return size_of_drawing(bytes);
    }
    let size = imagesize::blob_size(bytes).ok()?;
    Some((size.width.try_into().ok()?, size.height.try_into().ok()?))
}

/// What a drawing says of itself: width and height, else those of its view.
fn size_of_drawing(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_HEAD)]);
    let tag = DRAWING.as_ref()?.find(&head)?.as_str();
    let (mut width, mut height, mut view) = (None, None, None);
    for found in MEASURE.as_ref()?.captures_iter(tag) {
        match &found[1] {
            "width" => width = pixels(&found[2]),
            "height" => height = pixels(&found[2]),
            _ => view = view_of(&found[2]),
        }
    }
    width.zip(height).or(view)
}

fn view_of(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split([' ', ',']).filter(|part| !part.is_empty()).skip(2);
    Some((pixels(parts.next()?)?, pixels(parts.next()?)?))
}

/// A length in pixels; nothing for other units.
fn pixels(text: &str) -> Option<u32> {
    let number = text.trim().trim_end_matches("px");
    let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
    whole.parse().ok().filter(|pixels| *pixels > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_say_their_size() {
        let size = |text: &str| size_of_drawing(text.as_bytes());
        assert_eq!(size("<?xml?><svg viewBox=\"0 0 640 150\">"), Some((640, 150)));
        assert_eq!(
            size("<svg width='20px' height=\"10.5\" viewBox='0 0 4 2'>"),
            Some((20, 10))
        );
        assert_eq!(size("<svg width=\"100%\" viewBox=\"0,0,4,2\">"), Some((4, 2)));
        assert_eq!(size("<svg width=\"2em\" height=\"1em\">"), None);
        assert_eq!(size("no drawing"), None);
    }
}
