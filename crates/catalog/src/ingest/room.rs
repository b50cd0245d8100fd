//! Bounds of one source: targets, files by pattern, bytes altogether, problems shown one by one.

use model::Fault;

/// Most targets of one location.
pub(crate) const MAX_TARGETS: usize = 10_000;
/// Most bytes that one source brings, all files together.
pub(crate) const MAX_BYTES: u64 = 128 << 20;
/// Most faults or problems of one source that are shown one by one.
pub(crate) const MAX_SHOWN: usize = 1_000;

/// The bytes that a source may still bring.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    all: u64,
    left: u64,
}

impl Room {
    /// Room for so many bytes.
    pub fn of(bytes: u64) -> Self {
        Self {
            all: bytes,
            left: bytes,
        }
    }

    /// Bytes taken so far.
    pub fn taken(&self) -> u64 {
        self.all - self.left
    }

    /// Takes room for a file; fails where there is not enough, after which there is none for any other.
    pub fn take(&mut self, file: &str, bytes: usize) -> Result<(), Fault> {
        let left = self.left.checked_sub(bytes as u64);
        self.left = left.unwrap_or(0);
        if left.is_some() {
            return Ok(());
        }
        Err(Fault::error(format!(
            "{file} was left out: with it the source would bring more than {} MiB; split the location",
            self.all >> 20
        )))
    }

    /// Whether nothing more can be brought.
    pub fn is_full(&self) -> bool {
        self.left == 0
    }
}

/// Keeps the first faults and says how many more there were.
pub(crate) fn bounded(mut faults: Vec<Fault>) -> Vec<Fault> {
    if faults.len() <= MAX_SHOWN {
        return faults;
    }
    let more = faults.split_off(MAX_SHOWN - 1);
    let (more, last) = (more.len(), more.into_iter().next_back());
    // Under the name of one of them, which decides when the source is read again.
    let name = last.map_or_else(|| "Error".to_owned(), |fault| fault.name);
    faults.push(Fault::new(
        name,
        format!("{more} more targets or files could not be read"),
    ));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_brings_so_much_and_then_nothing_more() {
        let mut room = Room::of(2 << 20);
        room.take("file /a.yaml", 1 << 20).unwrap();
        assert_eq!(room.taken(), 1 << 20);
        let fault = room.take("file /b.yaml", 3 << 19).unwrap_err();
        assert_eq!(
            fault.message,
            "file /b.yaml was left out: with it the source would bring more than 2 MiB; split the location"
        );
        assert!(room.is_full());
        room.take("file /c.yaml", 1).unwrap_err();
    }

    #[test]
    fn faults_beyond_the_first_are_counted_under_the_name_of_the_last() {
        let faults = vec![Fault::not_found("x"); MAX_SHOWN + 3];
        let told = bounded(faults);
        assert_eq!(told.len(), MAX_SHOWN);
        let last = told[MAX_SHOWN - 1].to_string();
        assert_eq!(last, "NotFoundError: 4 more targets or files could not be read");
        assert_eq!(bounded(vec![Fault::error("y")]).len(), 1);
    }
}
