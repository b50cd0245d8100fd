//! What a program runs on, and whether it needs a linker of the system: ELF, 64 bits, little-endian.

use anyhow::{Result, bail};

/// The name that images have for the processor of a static program.
pub fn architecture(program: &[u8]) -> Result<&'static str> {
    if program.get(..6) != Some(b"\x7fELF\x02\x01") {
        bail!("the binary is no program for Linux with 64 bits");
    }
    let headers = usize::try_from(number(program, 32, 8)).unwrap_or(usize::MAX);
    let (size, count) = (number(program, 54, 2), number(program, 56, 2));
    for index in 0..count {
        let at = headers.saturating_add(usize::try_from(index * size).unwrap_or(usize::MAX));
        // PT_INTERP: the linker of the system.
        if number(program, at, 4) == 3 {
            bail!(
                "the binary needs libraries of the system, and the image has none: build it with RUSTFLAGS='-C \
                 target-feature=+crt-static' and a --target"
            );
        }
    }
    match number(program, 18, 2) {
        62 => Ok("amd64"),
        183 => Ok("arm64"),
        other => bail!("the binary is for a processor ({other}) that no image is made for"),
    }
}

/// A little-endian number of some bytes; 0 where the program ends before.
fn number(program: &[u8], at: usize, bytes: usize) -> u64 {
    let found = program.get(at..at.saturating_add(bytes)).unwrap_or_default();
    found
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// A program of nothing but headers.
#[cfg(test)]
pub fn sample(machine: u8, kind_of_header: u8) -> Vec<u8> {
    let mut program = vec![0; 64 + 56];
    program[..6].copy_from_slice(b"\x7fELF\x02\x01");
    program[18] = machine;
    program[32] = 64;
    program[54] = 56;
    program[56] = 1;
    program[64] = kind_of_header;
    program
}

#[cfg(test)]
mod tests {
    use super::{architecture, sample};

    #[test]
    fn only_static_programs_are_taken() {
        for (program, expected) in [
            (sample(62, 1), Ok("amd64")),
            (sample(183, 1), Ok("arm64")),
            (sample(62, 3), Err("libraries of the system")),
            (sample(40, 1), Err("(40)")),
            (b"#!/bin/sh\n".to_vec(), Err("no program for Linux")),
            (b"\x7fELF\x02\x01".to_vec(), Err("(0)")),
        ] {
            match (architecture(&program), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
                (found, expected) => panic!("{found:?} in place of {expected:?}"),
            }
        }
    }
}
