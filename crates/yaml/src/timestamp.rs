//! `!!timestamp` scalars as the JSON form of a JavaScript date.

/// The instant in UTC with milliseconds, or `None` when the text is no date.
pub fn iso(text: &str) -> Option<String> {
    let (date, rest) = split_date(text)?;
    let mut parts = date.split('-');
    let year: i64 = fixed(parts.next()?, 4, 4)?;
    let month: i64 = fixed(parts.next()?, 1, 2)?;
    let day: i64 = fixed(parts.next()?, 1, 2)?;
    let clock = if rest.is_empty() { 0 } else { time_of_day(rest)? };
    let days = days_from_civil(year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1) + day - 1;
    Some(format_millis(days * 86_400_000 + clock))
}

fn split_date(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|sign: char| !sign.is_ascii_digit() && sign != '-')
        .unwrap_or(text.len());
    (text[..end].matches('-').count() == 2).then(|| text.split_at(end))
}

fn fixed(digits: &str, least: usize, most: usize) -> Option<i64> {
    let sound = (least..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if sound { digits.parse().ok() } else { None }
}

/// Milliseconds since midnight UTC of ` hh:mm:ss.fff +zz:zz`.
fn time_of_day(rest: &str) -> Option<i64> {
    let blank = |sign: char| matches!(sign, ' ' | '\t');
    let rest = match rest.strip_prefix(['t', 'T']) {
        Some(time) => time,
        None => rest.strip_prefix(blank)?.trim_start_matches(blank),
    };
    let end = rest
        .find(|sign: char| !sign.is_ascii_digit() && !matches!(sign, ':' | '.'))
        .unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let mut parts = clock.splitn(3, ':');
    let hour = fixed(parts.next()?, 1, 2)?;
    let minute = fixed(parts.next()?, 1, 2)?;
    let (second, fraction) = match parts.next()?.split_once('.') {
        Some((second, fraction)) => (fixed(second, 1, 2)?, millis(fraction)?),
        None => (fixed(clock.rsplit(':').next()?, 1, 2)?, 0),
    };
    let offset = zone_minutes(zone.trim_start_matches(blank))?;
    Some(((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction)
}

fn millis(fraction: &str) -> Option<i64> {
    format!("{fraction}00").get(..3)?.parse().ok()
}

fn zone_minutes(zone: &str) -> Option<i64> {
    if matches!(zone, "" | "Z") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let body = zone.strip_prefix(['-', '+'])?;
    if let Some((hours, minutes)) = body.split_once(':') {
        return Some(sign * (fixed(hours, 1, 2)? * 60 + fixed(minutes, 2, 2)?));
    }
    let number = fixed(body, 1, 2)?;
    Some(sign * if number < 30 { number * 60 } else { number })
}

/// Days since 1970-01-01 of the first of a month.
fn days_from_civil(year: i64, month: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn format_millis(millis: i64) -> String {
    let (days, clock) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hours, minutes) = (clock / 3_600_000, clock / 60_000 % 60);
    let (seconds, rest) = (clock / 1000 % 60, clock % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{rest:03}Z")
}
