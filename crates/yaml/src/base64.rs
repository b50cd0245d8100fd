//! Base64 as `!!binary` reads it: leniently, ignoring whatever does not belong.

/// The bytes of `text`; decoding stops at the first `=`.
pub fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for sign in text.bytes().take_while(|sign| *sign != b'=') {
        let Some(value) = sextet(sign) else { continue };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            let byte = u8::try_from(bits >> held).expect("at most eight bits are above the held ones");
            bytes.push(byte);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

fn sextet(sign: u8) -> Option<u8> {
    Some(match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}
