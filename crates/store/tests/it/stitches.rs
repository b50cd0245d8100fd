//! What waits for being stitched.

use serde_json::{Value, json};
use store::{Lane, StitchRound};

use crate::fixture::{Place, node, put, strings, time};

/// The reason of a neighbour never takes the place of one's own; whatever is deleted waits no more.
pub async fn wait_for_their_turn(place: &Place) {
    let store = place.open().await;
    put(&store, &[node("a"), node("b"), node("c"), node("d")]).await;
    assert_eq!(store.stitches_since().await.unwrap(), None);
    let (own, other) = (json!("own"), json!("other"));
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let rows = [("b", &other), ("c", &other), ("d", &other)];
    tx.put_off_stitching(&rows, false, time(1)).await.unwrap();
    tx.put_off_stitching(&[("a", &own), ("b", &own)], true, time(2))
        .await
        .unwrap();
    tx.put_off_stitching(&[("a", &other)], false, time(3))
        .await
        .unwrap();
    tx.delete_nodes(&strings(&["d"])).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.stitches_since().await.unwrap(), Some(time(1)));

    // A round of new entities leaves the neighbours.
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let mut new = StitchRound::of_new_entities(time(4));
    assert_eq!(tx.take_stitches(&mut new, 10).await.unwrap().len(), 2);
    tx.rollback().await.unwrap();

    // A crash before the end leaves them waiting.
    let mut tx = store.write(Lane::Bulk).await.unwrap();
    assert_eq!(
        tx.take_stitches(&mut StitchRound::new(time(4)), 10)
            .await
            .unwrap()
            .len(),
        3
    );
    tx.rollback().await.unwrap();

    let mut tx = store.write(Lane::Bulk).await.unwrap();
    let mut round = StitchRound::new(time(2));
    let mut taken: Vec<(String, Value)> = tx.take_stitches(&mut round, 2).await.unwrap();
    taken.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(taken, [("a".to_owned(), own.clone()), ("b".to_owned(), own)]);
    // What a neighbour puts off again, and what comes in meanwhile, is left for the next round.
    tx.put_off_stitching(&[("b", &other), ("z", &other)], false, time(3))
        .await
        .unwrap();
    let rest = tx.take_stitches(&mut round, 2).await.unwrap();
    assert_eq!(rest, [("c".to_owned(), other)]);
    let mut next = StitchRound::new(time(3));
    assert_eq!(tx.take_stitches(&mut next, 5).await.unwrap().len(), 2);
    tx.commit().await.unwrap();
    assert_eq!(store.stitches_since().await.unwrap(), None);
}
