//! A part of the catalog answers from orders of its own what it answers without them, however it changes.

use model::{Filter, SearchRow};
use proptest::prelude::*;
use read_model::{Excerpt, ReadModel, Room, Scan, ScanOrder, Subset, UidBound};
use roaring::RoaringBitmap;

use crate::plain::{KEYS, Plain, Step, apply, filter, row, step, uid};

/// More questions than it takes until an order is made in the small catalogs of this test.
const ASKED: usize = 3;

/// Changes a catalog and an excerpt of it, as whoever keeps the excerpt does.
fn change(model: &mut ReadModel, plain: &mut Plain, excerpt: &mut Excerpt, part: &Filter, step: &Step) {
    let (Step::Upsert(id, _) | Step::Remove(id)) = step else {
        return;
    };
    let before = model.by_uid(uid(*id));
    apply(model, plain, std::slice::from_ref(step));
    for doc in before.into_iter().chain(model.by_uid(uid(*id))) {
        let is_in = model.is_live(doc) && model.matches(part, doc);
        if is_in || excerpt.set().contains(doc) {
            excerpt.update(doc, is_in);
        }
    }
}

fn orders() -> impl Iterator<Item = ScanOrder<'static>> {
    let keys = KEYS.into_iter().chain(["metadata.name", "kind"]);
    [ScanOrder::Uid, ScanOrder::Reference]
        .into_iter()
        .chain(keys.map(ScanOrder::Key))
}

fn check(model: &ReadModel, excerpt: &Excerpt, filter: &Filter, descending: bool, limit: usize) {
    let set: RoaringBitmap = &*model.evaluate(filter) & excerpt.set();
    assert_eq!(*excerpt.part(model, filter), set, "{filter:?}");
    let part = Subset {
        set: &set,
        excerpt: Some(excerpt),
    };
    let bound = uid(100).to_string();
    for (order, after) in orders().flat_map(|order| [(order, None), (order, Some("s"))]) {
        let after = after.map(|value| (value, UidBound::parse(&bound)));
        let ask = |subset: Subset<'_>| {
            let scan = Scan::by(order, subset).descending(descending);
            model.scan(&scan.after(after.clone()).page(1, limit))
        };
        assert_eq!(ask(part), ask((&set).into()), "{order:?} {after:?}");
        if let ScanOrder::Key(key) = order {
            let ask = |subset: Subset<'_>| model.page_by_value(subset, key, descending, 1, limit);
            assert_eq!(ask(part), ask((&set).into()), "{key}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn an_excerpt_answers_as_its_set_does(
        before in prop::collection::vec(step(), 20..120),
        after in prop::collection::vec(step(), 1..8),
        part in filter(),
        filters in prop::collection::vec(filter(), 1..3),
        descending in any::<bool>(),
        limit in 1_usize..20,
    ) {
        let (mut model, mut plain) = (ReadModel::default(), Plain::new());
        apply(&mut model, &mut plain, &before);
        let mut excerpt = Excerpt::new(model.evaluate(&part).into_owned(), Room::default());
        for step in &after {
            for filter in filters.iter().chain([&Filter::All(Vec::new())]) {
                for _ in 0..ASKED {
                    check(&model, &excerpt, filter, descending, limit);
                }
            }
            change(&mut model, &mut plain, &mut excerpt, &part, step);
            let expected = model.evaluate(&part);
            prop_assert_eq!(excerpt.set(), &*expected);
        }
    }
}

/// An excerpt of one entity in fifty, which is asked until its order is made: what a page goes past is then its own
/// entities, and the room is given back with a change.
#[test]
fn room_is_taken_by_orders_and_given_back() {
    let mut model = ReadModel::default();
    for id in 0..=255_u8 {
        let values = [
            ("kind", "Component"),
            ("metadata.name", &format!("n{id}")),
            ("metadata.namespace", "default"),
        ];
        let rows: Vec<SearchRow> = values.iter().map(|(key, value)| row(key, Some(value))).collect();
        model.upsert(uid(id), &rows).unwrap();
    }
    let check = |room: &Room, taken: usize| check_room(&model, room, taken);
    check(&Room::default(), 5);
    // There is no room for five entries: the questions are answered without an order.
    check(&Room::of(4), 0);
}

fn check_room(model: &ReadModel, room: &Room, taken: usize) {
    let whole = room.entries_left();
    let set: RoaringBitmap = (0..250).step_by(50).collect();
    let mut excerpt = Excerpt::new(set, room.clone());
    let ask = |excerpt: &Excerpt| {
        let subset = Subset {
            set: excerpt.set(),
            excerpt: Some(excerpt),
        };
        model
            .scan(&Scan::by(ScanOrder::Key("metadata.name"), subset).page(0, 3))
            .len()
    };
    for _ in 0..100 {
        assert_eq!(ask(&excerpt), 3);
    }
    assert_eq!(room.entries_left(), whole - taken);
    excerpt.update(0, true);
    assert_eq!(room.entries_left(), whole);
    for _ in 0..100 {
        ask(&excerpt);
    }
    assert_eq!(room.entries_left(), whole - taken);
    drop(excerpt);
    assert_eq!(room.entries_left(), whole);
}
