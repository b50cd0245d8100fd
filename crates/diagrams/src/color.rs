//! Colours of diagrams for light and dark pages.
//!
//! Diagrams are drawn for a light page. What the portal itself chose is a variable of its styles. All else, colours of the
//! library and of the source, is kept on a light page and has its lightness turned over on a dark one, so that text on a fill stays as
//! readable as its author made it.

/// What the library is told to draw with, and the variable that stands for it. No source writes these colours by chance.
pub(crate) const OWN: [(&str, &str); 14] = [
    (TEXT, "--text"),
    (TEXT_MUTED, "--text-muted"),
    (PAGE, "--surface"),
    (FILL, "--drawing-fill"),
    (BORDER, "--drawing-border"),
    (LINE, "--neutral-mark"),
    (LABEL, "--drawing-label"),
    (GROUP, "--drawing-group"),
    (GROUP_BORDER, "--border-strong"),
    (NOTE, "--amber-fill"),
    (NOTE_BORDER, "--amber-mark"),
    (TEXT_OF_LIBRARY, "--text"),
    (TEXT_OF_LIBRARY_LONG, "--text"),
    (MUTED_OF_LIBRARY, "--text-muted"),
];
pub(crate) const TEXT: &str = "#1b1d23";
pub(crate) const TEXT_MUTED: &str = "#5a5f6d";
pub(crate) const PAGE: &str = "#fefeff";
pub(crate) const FILL: &str = "#ecedfd";
pub(crate) const BORDER: &str = "#8f94e3";
pub(crate) const LINE: &str = "#7b818f";
pub(crate) const LABEL: &str = "#f6f7fa";
pub(crate) const GROUP: &str = "#f6f7fb";
pub(crate) const GROUP_BORDER: &str = "#c9ccd5";
pub(crate) const NOTE: &str = "#fdf1dd";
pub(crate) const NOTE_BORDER: &str = "#c77c12";
/// Colours that the library writes whatever it is told.
const TEXT_OF_LIBRARY: &str = "#333";
const TEXT_OF_LIBRARY_LONG: &str = "#333333";
const MUTED_OF_LIBRARY: &str = "#666";

/// Names of colours that diagrams are written with, and their values. Other names stay as they are on a dark page, too.
const NAMED: [(&str, u32); 30] = [
    ("black", 0x00_0000),
    ("white", 0xff_ffff),
    ("red", 0xff_0000),
    ("green", 0x00_8000),
    ("blue", 0x00_00ff),
    ("yellow", 0xff_ff00),
    ("orange", 0xff_a500),
    ("purple", 0x80_0080),
    ("gray", 0x80_8080),
    ("grey", 0x80_8080),
    ("silver", 0xc0_c0c0),
    ("lightgray", 0xd3_d3d3),
    ("lightgrey", 0xd3_d3d3),
    ("darkgray", 0xa9_a9a9),
    ("darkgrey", 0xa9_a9a9),
    ("lightblue", 0xad_d8e6),
    ("lightgreen", 0x90_ee90),
    ("lightyellow", 0xff_ffe0),
    ("lightpink", 0xff_b6c1),
    ("pink", 0xff_c0cb),
    ("navy", 0x00_0080),
    ("teal", 0x00_8080),
    ("maroon", 0x80_0000),
    ("lime", 0x00_ff00),
    ("cyan", 0x00_ffff),
    ("aqua", 0x00_ffff),
    ("magenta", 0xff_00ff),
    ("gold", 0xff_d700),
    ("brown", 0xa5_2a2a),
    ("darkgreen", 0x00_6400),
];

/// A colour as pages write it; nothing if it is none.
pub(crate) fn themed(written: &str) -> Option<String> {
    let written = written.trim();
    if matches!(written, "none" | "currentColor" | "transparent") {
        return Some(written.to_owned());
    }
    if let Some((_, variable)) = OWN.iter().find(|(own, _)| *own == written) {
        return Some(format!("var({variable})"));
    }
    if let Some(color) = parsed(written) {
        let dark = turned(color);
        return Some(format!("light-dark(#{color:06x}, #{dark:06x})"));
    }
    let is_name = (1..=30).contains(&written.len()) && written.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_name.then(|| written.to_owned())
}

/// The value of a colour in one of the forms that diagrams use, without its transparency.
fn parsed(written: &str) -> Option<u32> {
    if let Some(digits) = written.strip_prefix('#') {
        return match digits.len() {
            3 | 4 => {
                let value = u32::from_str_radix(&digits[..3], 16).ok()?;
                let wide = |shift: u32| ((value >> shift) & 0xf) * 0x11;
                Some(wide(8) << 16 | wide(4) << 8 | wide(0))
            }
            6 | 8 => u32::from_str_radix(digits.get(..6)?, 16).ok(),
            _ => None,
        };
    }
    if let Some(inner) = function(written, "rgb").or_else(|| function(written, "rgba")) {
        let mut parts = numbers(inner).map(|part| byte(part / 255.0));
        let mut next = || parts.next();
        return Some(next()? << 16 | next()? << 8 | next()?);
    }
    if let Some(inner) = function(written, "hsl").or_else(|| function(written, "hsla")) {
        let mut parts = numbers(inner);
        let (hue, saturation, lightness) = (parts.next()?, parts.next()?, parts.next()?);
        return Some(of_hsl(hue, saturation / 100.0, lightness / 100.0));
    }
    let found = NAMED
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(written))?;
    Some(found.1)
}

fn function<'a>(written: &'a str, name: &str) -> Option<&'a str> {
    written
        .strip_prefix(name)?
        .trim()
        .strip_prefix('(')?
        .strip_suffix(')')
}

fn numbers(inner: &str) -> impl Iterator<Item = f64> {
    inner
        .split([',', ' ', '/'])
        .filter_map(|part| {
            part.trim()
                .trim_end_matches(['%', 'g', 'e', 'd'])
                .parse::<f64>()
                .ok()
        })
        .filter(|number| number.is_finite())
}

fn of_hsl(hue: f64, saturation: f64, lightness: f64) -> u32 {
    let swing = saturation.clamp(0.0, 1.0) * lightness.min(1.0 - lightness).max(0.0);
    let channel = |offset: f64| {
        let at = (offset + hue / 30.0).rem_euclid(12.0);
        byte(lightness - swing * (at - 3.0).min(9.0 - at).clamp(-1.0, 1.0))
    };
    channel(0.0) << 16 | channel(8.0) << 8 | channel(4.0)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is between 0 and 255"
)]
fn byte(share: f64) -> u32 {
    (share.clamp(0.0, 1.0) * 255.0).round() as u32
}

/// The colour with its lightness turned over, in the colour space `OKLab`, whose lightness is what people see.
/// Its matrices are those of <https://bottosson.github.io/posts/oklab/>.
fn turned(color: u32) -> u32 {
    let channel = |shift: u32| linear(f64::from((color >> shift) & 0xff) / 255.0);
    let (red, green, blue) = (channel(16), channel(8), channel(0));
    let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
    let middle = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
    let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
    let lightness = 0.210_454_255_3 * long + 0.793_617_785_0 * middle - 0.004_072_046_8 * short;
    let a = 1.977_998_495_1 * long - 2.428_592_205_0 * middle + 0.450_593_709_9 * short;
    let b = 0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766_0 * short;
    // White becomes the surface of a dark page, black nearly white; strong colours glow on dark, so that they are weakened.
    let lightness = (1.21 - lightness).clamp(0.21, 0.96);
    let (a, b) = (a * 0.8, b * 0.8);
    let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let middle = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let red = 4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short;
    let green = -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short;
    let blue = -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701_0 * short;
    byte(curved(red)) << 16 | byte(curved(green)) << 8 | byte(curved(blue))
}

fn linear(channel: f64) -> f64 {
    if channel <= 0.040_45 {
        channel / 12.92
    } else {
        ((channel + 0.055) / 1.055).powf(2.4)
    }
}

fn curved(channel: f64) -> f64 {
    if channel <= 0.003_130_8 {
        channel * 12.92
    } else {
        1.055 * channel.powf(1.0 / 2.4) - 0.055
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_every_form() {
        for (written, expected) in [
            ("#333", "var(--text)"),
            (FILL, "var(--drawing-fill)"),
            ("none", "none"),
            ("#f96", "light-dark(#ff9966, "),
            ("#ff9966cc", "light-dark(#ff9966, "),
            ("rgb(255, 153, 102)", "light-dark(#ff9966, "),
            ("rgba(255,153,102,.5)", "light-dark(#ff9966, "),
            ("hsl(0, 100%, 50%)", "light-dark(#ff0000, "),
            ("hsl(240, 60%, 86.2745098039%)", "light-dark(#c7c7f1, "),
            ("Red", "light-dark(#ff0000, "),
            ("rebeccapurple", "rebeccapurple"),
        ] {
            let themed = themed(written).expect(written);
            assert!(themed.starts_with(expected), "{written}: {themed}");
        }
        for refused in [
            "url(http://x)",
            "red;x:y",
            "#12",
            "var(--x)",
            "rgb(1)",
            "",
            "#äöü",
            "#12345é",
        ] {
            assert_eq!(themed(refused), None, "{refused}");
        }
    }

    #[test]
    fn dark_pages_have_light_and_dark_turned_over() {
        let lightness = |color: u32| (color >> 16) + (color >> 8 & 0xff) + (color & 0xff);
        assert!(lightness(turned(0xff_ffff)) < 0x80);
        assert!(lightness(turned(0)) > 0x290);
        assert!(lightness(turned(0xff_ffab)) < 0xf0, "{:x}", turned(0xff_ffab));
        // Red stays red.
        let red = turned(0xff_0000);
        assert!(red >> 16 > 0xa0 && (red & 0xff) < 0xa0, "{red:06x}");
    }
}
