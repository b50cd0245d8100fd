//! How far a drawing reaches, so that nothing of it is cut off: the library now and then draws beyond the size that it writes.

/// Least and greatest coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Extent {
    fn take(&mut self, x: f64, y: f64) {
        if x.is_finite() && y.is_finite() {
            self.left = self.left.min(x);
            self.right = self.right.max(x);
            self.top = self.top.min(y);
            self.bottom = self.bottom.max(y);
        }
    }

    fn take_around(&mut self, x: f64, y: f64, (across, down): (f64, f64)) {
        self.take(x - across, y - down);
        self.take(x + across, y + down);
    }
}

/// The size that an SVG has with all that it draws, from the size that it says. Where groups are moved, it is the size that it says.
pub(crate) fn of(svg: &str, said: Extent) -> Extent {
    if svg.contains("<g transform") {
        return said;
    }
    let mut extent = said;
    // Definitions have coordinates of their own.
    let drawn = svg.split_once("</defs>").map_or(svg, |(_, drawn)| drawn);
    for tag in drawn.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        if !tag.contains(" transform=") {
            take(tag, &mut extent);
        }
    }
    extent
}

fn take(tag: &str, extent: &mut Extent) {
    let number = |name: &str| attribute(tag, name).and_then(|value| value.parse::<f64>().ok());
    let or_nothing = |name: &str| number(name).unwrap_or_default();
    match tag.split(' ').next().unwrap_or_default() {
        "rect" => {
            let (x, y) = (or_nothing("x"), or_nothing("y"));
            extent.take(x, y);
            extent.take(x + or_nothing("width"), y + or_nothing("height"));
        }
        "circle" => extent.take_around(
            or_nothing("cx"),
            or_nothing("cy"),
            (or_nothing("r"), or_nothing("r")),
        ),
        "ellipse" => extent.take_around(
            or_nothing("cx"),
            or_nothing("cy"),
            (or_nothing("rx"), or_nothing("ry")),
        ),
        "line" => {
            extent.take(or_nothing("x1"), or_nothing("y1"));
            extent.take(or_nothing("x2"), or_nothing("y2"));
        }
        "path" => path(attribute(tag, "d").unwrap_or_default(), extent),
        "polygon" | "polyline" => {
            let numbers: Vec<f64> = numbers(attribute(tag, "points").unwrap_or_default());
            for point in numbers.chunks_exact(2) {
                extent.take(point[0], point[1]);
            }
        }
        _ => {}
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = tag.split_once(&format!(" {name}=\""))?;
    behind.split('"').next()
}

fn numbers(text: &str) -> Vec<f64> {
    text.split([' ', ','])
        .filter_map(|number| number.parse().ok())
        .collect()
}

/// Takes the points of a path that are written with absolute coordinates, control points included: curves stay within them.
fn path(written: &str, extent: &mut Extent) {
    // A path with relative commands belongs to a shape that is small beside the others.
    if written
        .bytes()
        .any(|byte| byte.is_ascii_lowercase() && byte != b'e' && byte != b'z')
    {
        return;
    }
    for part in written.split_inclusive(|one: char| one.is_ascii_uppercase()) {
        let part = part.trim_end_matches(|one: char| one.is_ascii_uppercase());
        let numbers = numbers(part.trim_matches(['z', ' ']));
        if numbers.len() >= 2 && numbers.len().is_multiple_of(2) {
            for point in numbers.chunks_exact(2) {
                extent.take(point[0], point[1]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_beyond_counts() {
        let said = Extent {
            left: 0.0,
            top: 0.0,
            right: 10.0,
            bottom: 10.0,
        };
        let svg = "<svg><defs><path d=\"M0 0 L99 99\"></path></defs><rect x=\"-2\" y=\"1\" width=\"5\" height=\"5\"></rect>\
             <path d=\"M0 0 C1 -3,5 12,9 9\"></path><circle cx=\"9\" cy=\"9\" r=\"3\"></circle>\
             <text transform=\"rotate(9)\" x=\"500\"></text></svg>";
        let expected = Extent {
            left: -2.0,
            top: -3.0,
            right: 12.0,
            bottom: 12.0,
        };
        assert_eq!(of(svg, said), expected);
        assert_eq!(
            of("<svg><g transform=\"x\"><rect x=\"99\"></rect></g></svg>", said),
            said
        );
    }
}
