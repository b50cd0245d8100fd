//! What servers of storages write into refusals, as all of them write it: a small XML document with a code.

use http::StatusCode;

use super::trouble::Trouble;

/// Longest text of an element that is taken.
const MAX_TEXT: usize = 200;

/// The text of an element of a small document.
pub(super) fn element<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once("</")?;
    (text.len() <= MAX_TEXT).then_some(text)
}

/// A refusal that no rule of the server's own explains.
pub(super) fn other(status: StatusCode, body: &str) -> Trouble {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Trouble::Away(format!("answers {status}"));
    }
    let code = element(body, "Code").unwrap_or_default();
    let message = element(body, "Message").unwrap_or_default();
    // Azure's goes on with the number of the request.
    let message = message.lines().next().unwrap_or_default();
    let text = format!("the server answers {status} {code} {message}");
    Trouble::Other(text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_without_a_rule_is_quoted() {
        for (status, body, expected) in [
            (
                503,
                "",
                Trouble::Away("answers 503 Service Unavailable".to_owned()),
            ),
            (
                429,
                "<Code>SlowDown</Code>",
                Trouble::Away("answers 429 Too Many Requests".to_owned()),
            ),
            (
                400,
                "\u{feff}<Error><Code>Bad</Code><Message>No.\nRequestId:1</Message></Error>",
                Trouble::Other("the server answers 400 Bad Request Bad No.".to_owned()),
            ),
            (
                409,
                "{}",
                Trouble::Other("the server answers 409 Conflict".to_owned()),
            ),
        ] {
            assert_eq!(other(StatusCode::from_u16(status).unwrap(), body), expected);
        }
    }
}
