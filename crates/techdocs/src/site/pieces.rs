//! Texts of pieces in any order, for tests that hold a scanner to the pattern it stands for.

/// Many texts of up to a dozen of these pieces, the same ones each time.
pub(crate) fn texts<'p>(pieces: &'p [&str]) -> impl Iterator<Item = String> + 'p {
    let mut state = 1_u64;
    let mut next = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below
    };
    (0..30_000).map(move |_| (0..=next(12)).map(|_| pieces[next(pieces.len())]).collect())
}
