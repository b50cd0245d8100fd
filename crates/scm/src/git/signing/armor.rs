//! The text form of `OpenPGP` (RFC 9580, section 6).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Letters of a line.
const WIDTH: usize = 64;

/// The bytes of an armored private key; nothing where it is none.
pub(super) fn private_key(text: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once("-----BEGIN PGP PRIVATE KEY BLOCK-----")?;
    let (block, _) = rest.split_once("-----END PGP PRIVATE KEY BLOCK-----")?;
    let lines: Vec<&str> = block
        .trim_start_matches(['\r', '\n'])
        .lines()
        .map(str::trim)
        .collect();
    // Headers end in an empty line; without headers that may be missing.
    let has_headers = lines.first().is_some_and(|line| line.contains(": "));
    let start = if has_headers {
        lines.iter().position(|line| line.is_empty())?
    } else {
        0
    };
    let lines = lines[start..].iter();
    // The line that begins with '=' is a check sum, which RFC 9580 tells readers to pass over.
    let packed: String = lines.filter(|line| !line.starts_with('=')).copied().collect();
    STANDARD.decode(packed).ok()
}

/// Bytes as an armored text.
pub(super) fn written(kind: &str, bytes: &[u8]) -> String {
    let packed = STANDARD.encode(bytes);
    let mut text = format!("-----BEGIN PGP {kind}-----\n\n");
    let mut rest = packed.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(WIDTH));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    let sum = check_sum(bytes).to_be_bytes();
    text.push('=');
    text.push_str(&STANDARD.encode(&sum[1..]));
    text.push_str(&format!("\n-----END PGP {kind}-----\n"));
    text
}

/// The check sum that older readers want (RFC 9580, section 6.1).
fn check_sum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00b7_04ce, |mut sum, byte| {
        sum ^= u32::from(*byte) << 16;
        for _ in 0..8 {
            sum <<= 1;
            if sum & 0x0100_0000 != 0 {
                sum ^= 0x0186_4cfb;
            }
        }
        sum & 0x00ff_ffff
    })
}
