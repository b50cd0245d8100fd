//! Building statement texts: numbering, `VALUES` of many rows and `IN` lists of a few fixed sizes.

use std::borrow::Cow;

/// Most arguments of one statement; far below the limits of both engines (32,766 and 65,535), because
/// longer statements gain nothing.
const MOST_ARGUMENTS: usize = 1_024;

/// Sizes of `IN` lists; a shorter list is filled up by repeating its last element.
const LIST_SIZES: [usize; 4] = [1, 8, 64, 512];

/// Sizes of `VALUES` lists, largest first, each used as long as it fits.
const ROW_SIZES: [usize; 5] = [256, 64, 16, 4, 1];

/// `?` becomes `$1`, `$2`, … as PostgreSQL wants it.
pub(super) fn numbered(text: &str) -> String {
    let mut numbered = String::with_capacity(text.len() + text.len() / 4);
    let mut pieces = text.split('?');
    numbered.push_str(pieces.next().unwrap_or_default());
    for (index, piece) in pieces.enumerate() {
        numbered.push('$');
        numbered.push_str(&(index + 1).to_string());
        numbered.push_str(piece);
    }
    numbered
}

/// Cuts items into pieces whose sizes are among a few.
pub(crate) fn row_chunks<T>(items: &[T], columns: usize) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let fits = |size: &usize| *size <= rest.len() && (*size == 1 || size * columns <= MOST_ARGUMENTS);
        let size = ROW_SIZES.into_iter().find(fits)?;
        let (chunk, tail) = rest.split_at(size);
        rest = tail;
        Some(chunk)
    })
}

/// `head` + `(?,?),(?,?)…` + `tail`.
pub(super) fn with_rows(head: &str, columns: usize, rows: usize, tail: &str) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    format!("{head} {} {tail}", vec![row; rows].join(","))
}

/// Cuts a list into pieces for [`with_list`], each filled up to one of a few sizes.
pub fn in_list_chunks<T: Clone>(items: &[T]) -> impl Iterator<Item = Cow<'_, [T]>> {
    items.chunks(LIST_SIZES[LIST_SIZES.len() - 1]).map(|chunk| {
        let size = LIST_SIZES
            .into_iter()
            .find(|&size| size >= chunk.len())
            .unwrap_or(chunk.len());
        if size == chunk.len() {
            return Cow::Borrowed(chunk);
        }
        let mut filled = chunk.to_vec();
        filled.resize(size, chunk[chunk.len() - 1].clone());
        Cow::Owned(filled)
    })
}

/// Replaces `{list}` by `(?,?,…)`, for a piece of [`in_list_chunks`].
pub fn with_list(template: &str, size: usize) -> String {
    template.replace("{list}", &format!("({})", vec!["?"; size].join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_numbered() {
        assert_eq!(numbered("a = ? and b in (?,?)"), "a = $1 and b in ($2,$3)");
        assert_eq!(with_rows("VALUES", 2, 2, "END"), "VALUES (?,?),(?,?) END");
        assert_eq!(with_list("x IN {list}", 3), "x IN (?,?,?)");
    }

    #[test]
    fn chunks_keep_every_item_in_order() {
        for length in [0, 1, 7, 64, 65, 1_000, 5_003] {
            let items: Vec<usize> = (0..length).collect();
            let joined: Vec<usize> = row_chunks(&items, 14).flatten().copied().collect();
            assert_eq!(joined, items);
            assert!(row_chunks(&items, 14).all(|chunk| chunk.len() * 14 <= MOST_ARGUMENTS));
            let mut listed: Vec<usize> = in_list_chunks(&items).flat_map(Cow::into_owned).collect();
            listed.dedup();
            assert_eq!(listed, items);
            assert!(in_list_chunks(&items).all(|chunk| LIST_SIZES.contains(&chunk.len())));
        }
    }
}
