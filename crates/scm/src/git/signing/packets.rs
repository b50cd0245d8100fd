//! The packets that `OpenPGP` keys and signatures are made of (RFC 9580, sections 3 and 4).

/// A packet: its kind and its content.
pub(super) type Packet<'a> = (u8, &'a [u8]);

/// The packets of a key; nothing where they are cut off.
pub(super) fn read(mut bytes: &[u8]) -> Option<Vec<Packet<'_>>> {
    let mut packets = Vec::new();
    while let Some((&head, rest)) = bytes.split_first() {
        if head & 0x80 == 0 {
            return None;
        }
        let (kind, (length, rest)) = if head & 0x40 == 0 {
            ((head >> 2) & 0x0f, old_length(head & 3, rest)?)
        } else {
            (head & 0x3f, length(rest)?)
        };
        let (body, rest) = rest.split_at_checked(length)?;
        packets.push((kind, body));
        bytes = rest;
    }
    Some(packets)
}

/// A length in the older form of packets.
fn old_length(kind: u8, bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_at_checked(1 << kind).filter(|_| kind < 3)?;
    Some((big_endian(number)?, rest))
}

/// A length in the newer form, which the parts of signatures have, too. Packets in pieces are not read.
pub(super) fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    match first {
        0..=191 => Some((usize::from(first), rest)),
        192..=223 => {
            let (&second, rest) = rest.split_first()?;
            Some((
                ((usize::from(first) - 192) << 8) + usize::from(second) + 192,
                rest,
            ))
        }
        255 => {
            let (number, rest) = rest.split_at_checked(4)?;
            Some((big_endian(number)?, rest))
        }
        _ => None,
    }
}

pub(super) fn big_endian(bytes: &[u8]) -> Option<usize> {
    let number = bytes.iter().try_fold(0_u64, |number, byte| {
        number.checked_mul(256)?.checked_add(u64::from(*byte))
    });
    usize::try_from(number?).ok()
}

/// A packet in the newer form.
pub(super) fn written(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or_default().to_be_bytes();
    [&[0xc0 | kind, 0xff], &length[..], body].concat()
}

/// The first number of some bytes, without zeros before it, and what comes behind it.
pub(super) fn first_integer(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (bits, rest) = bytes.split_at_checked(2)?;
    rest.split_at_checked(big_endian(bits)?.div_ceil(8))
}

/// A number with its bits before it.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = &bytes[zeros..];
    let unused = bytes.first().map_or(0, |first| first.leading_zeros() as usize);
    let bits = u16::try_from(bytes.len() * 8 - unused).unwrap_or_default();
    [&bits.to_be_bytes(), bytes].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_both_forms_are_read() {
        let long = [7; 300];
        let mut bytes = vec![0x88, 2, 1, 2];
        bytes.extend([0x99, 1, 44]);
        bytes.extend(long);
        bytes.extend([0xc6, 192, 108]);
        bytes.extend(long);
        bytes.extend(written(13, b"ines"));
        let packets = read(&bytes).unwrap();
        assert_eq!(packets, [(2, &[1, 2][..]), (6, &long), (6, &long), (13, b"ines")]);
        assert_eq!(read(&bytes[..bytes.len() - 1]), None, "cut off");
        assert_eq!(read(&[0xc6, 230, 1]), None, "in pieces");
        assert_eq!(read(b"text"), None);
    }

    #[test]
    fn numbers_have_no_zeros_before_them() {
        assert_eq!(integer(&[0, 0, 1, 255]), [0, 9, 1, 255]);
        assert_eq!(first_integer(&[0, 9, 1, 255, 3]), Some((&[1, 255][..], &[3][..])));
        assert_eq!(integer(&[0]), [0, 0]);
        assert_eq!(first_integer(&[0, 9, 1]), None);
    }
}
