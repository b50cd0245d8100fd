//! Grafana's names of units.

use ui::Unit;

/// Amounts of data and rates, shortened by 1,000 or by 1,024.
const SIZES: [(&str, &str, bool, f64); 24] = [
    ("bytes", "B", true, 1.0),
    ("decbytes", "B", false, 1.0),
    ("kbytes", "B", true, 1_024.0),
    ("deckbytes", "B", false, 1e3),
    ("mbytes", "B", true, 1_048_576.0),
    ("decmbytes", "B", false, 1e6),
    ("gbytes", "B", true, 1_073_741_824.0),
    ("decgbytes", "B", false, 1e9),
    ("bits", "b", true, 1.0),
    ("decbits", "b", false, 1.0),
    ("Bps", "B/s", false, 1.0),
    ("binBps", "B/s", true, 1.0),
    ("bps", "b/s", false, 1.0),
    ("binbps", "b/s", true, 1.0),
    ("KiBs", "B/s", true, 1_024.0),
    ("KBs", "B/s", false, 1e3),
    ("MiBs", "B/s", true, 1_048_576.0),
    ("MBs", "B/s", false, 1e6),
    ("Kbits", "b/s", false, 1e3),
    ("Mbits", "b/s", false, 1e6),
    ("hertz", "Hz", false, 1.0),
    ("watt", "W", false, 1.0),
    ("volt", "V", false, 1.0),
    ("amp", "A", false, 1.0),
];
/// Lengths of time, in seconds.
const TIMES: [(&str, f64); 8] = [
    ("ns", 1e-9),
    ("µs", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3_600.0),
    ("d", 86_400.0),
    ("dtdurations", 1.0),
];
/// Things that are counted in a while.
const RATES: [(&str, &str); 14] = [
    ("cps", "c/s"),
    ("ops", "ops/s"),
    ("reqps", "req/s"),
    ("rps", "reads/s"),
    ("wps", "writes/s"),
    ("iops", "io/s"),
    ("eps", "events/s"),
    ("mps", "messages/s"),
    ("recps", "records/s"),
    ("rowsps", "rows/s"),
    ("pps", "packets/s"),
    ("cpm", "c/min"),
    ("opm", "ops/min"),
    ("reqpm", "req/min"),
];
/// Currencies, with what stands before the number.
const CURRENCIES: [(&str, &str); 4] = [
    ("currencyUSD", "$"),
    ("currencyEUR", "€"),
    ("currencyGBP", "£"),
    ("currencyJPY", "¥"),
];

/// The unit of a name. A name that is not known here is its own word, as Grafana does with units of one's own.
pub(crate) fn unit(name: &str) -> Unit {
    if let Some((_, word, is_binary, factor)) = SIZES.iter().find(|(known, ..)| *known == name) {
        let unit = if *is_binary {
            Unit::binary(*word)
        } else {
            Unit::of(*word)
        };
        return unit.times(*factor);
    }
    if let Some((_, seconds)) = TIMES.iter().find(|(known, _)| *known == name) {
        return Unit::time(*seconds);
    }
    if let Some((_, word)) = RATES.iter().find(|(known, _)| *known == name) {
        return Unit::of(*word);
    }
    if let Some((_, sign)) = CURRENCIES.iter().find(|(known, _)| *known == name) {
        return Unit::number().after(*sign);
    }
    match name {
        "" | "none" | "short" | "sishort" | "string" | "bool" | "bool_yes_no" => Unit::number(),
        "locale" => Unit::plain(""),
        "percent" => Unit::percent(100.0),
        "percentunit" => Unit::percent(1.0),
        "celsius" => Unit::plain("°C"),
        "fahrenheit" => Unit::plain("°F"),
        other => own(other),
    }
}

/// A unit of one's own: `suffix:cups`, `prefix:№`, `si:mm`.
fn own(name: &str) -> Unit {
    match name.split_once(':') {
        Some(("suffix" | "si" | "count", word)) => Unit::of(word.to_owned()),
        Some(("prefix", sign)) => Unit::number().after(sign.to_owned()),
        Some(_) => Unit::number(),
        None => Unit::of(name.to_owned()),
    }
}
