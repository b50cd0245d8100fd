//! Whose turn it is to write: people overtake bulk work, and bulk work still gets on.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

use crate::StoreError;

/// Who waits for a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// A person waits for the answer: overtakes bulk work, and is synced to disk before the commit returns.
    Person,
    /// Nobody waits. Keep such a transaction below [`Lane::BULK_AIM`]: a person waits for its end.
    Bulk,
}

impl Lane {
    /// How long a bulk transaction should take at most.
    pub const BULK_AIM: Duration = Duration::from_millis(10);
}

/// How long a writer waits for its turn among those of this process.
const PATIENCE: Duration = Duration::from_mins(1);
/// So many people in a row overtake a bulk writer that waits.
const IN_A_ROW: u32 = 32;

/// Lets one writer of this process in at a time.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_taken: bool,
    people: VecDeque<oneshot::Sender<Turn>>,
    bulk: VecDeque<oneshot::Sender<Turn>>,
    people_in_a_row: u32,
}

/// The right to write; the next gets it when this is dropped.
pub(crate) struct Turn(Option<Arc<Gate>>);

impl Gate {
    /// Waits for a turn.
    pub(crate) async fn turn(self: &Arc<Self>, lane: Lane) -> Result<Turn, StoreError> {
        let waiting = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if !state.is_taken {
                state.is_taken = true;
                return Ok(Turn(Some(self.clone())));
            }
            let (sender, waiting) = oneshot::channel();
            match lane {
                Lane::Person => state.people.push_back(sender),
                Lane::Bulk => state.bulk.push_back(sender),
            }
            waiting
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(StoreError::unavailable("other writers take too long")),
        }
    }

    fn pass_on(self: &Arc<Self>) {
        loop {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(next) = state.next() else {
                state.is_taken = false;
                return;
            };
            drop(state);
            match next.send(Turn(Some(self.clone()))) {
                Ok(()) => return,
                // It has given up; its turn must not be passed on once more.
                Err(mut refused) => refused.0 = None,
            }
        }
    }
}

impl State {
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let is_bulk_owed = self.people_in_a_row >= IN_A_ROW && !self.bulk.is_empty();
        if !is_bulk_owed && let Some(person) = self.people.pop_front() {
            self.people_in_a_row += 1;
            return Some(person);
        }
        self.people_in_a_row = 0;
        self.bulk.pop_front()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(gate) = self.0.take() {
            gate.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who gets the turn, in order, when all ask while it is taken.
    async fn order(asking: &[Lane]) -> Vec<Lane> {
        let gate = Arc::new(Gate::default());
        let held = gate.turn(Lane::Bulk).await.unwrap();
        let (sender, mut got) = tokio::sync::mpsc::unbounded_channel();
        for lane in asking.iter().copied() {
            let (gate, sender) = (gate.clone(), sender.clone());
            tokio::spawn(async move {
                let _turn = gate.turn(lane).await.unwrap();
                sender.send(lane).unwrap();
            });
            tokio::task::yield_now().await;
        }
        drop((sender, held));
        let mut lanes = Vec::new();
        while let Some(lane) = got.recv().await {
            lanes.push(lane);
        }
        lanes
    }

    #[tokio::test]
    async fn people_overtake() {
        use Lane::{Bulk, Person};
        assert_eq!(
            order(&[Bulk, Bulk, Person, Person]).await,
            [Person, Person, Bulk, Bulk]
        );
    }

    #[tokio::test]
    async fn bulk_work_gets_on_however_many_people_there_are() {
        let mut asking = vec![Lane::Bulk];
        asking.extend([Lane::Person; 50]);
        let lanes = order(&asking).await;
        let position = lanes.iter().position(|lane| *lane == Lane::Bulk).unwrap();
        assert_eq!(position, usize::try_from(IN_A_ROW).unwrap());
    }

    #[tokio::test]
    async fn somebody_who_gives_up_holds_up_nobody() {
        let gate = Arc::new(Gate::default());
        let held = gate.turn(Lane::Bulk).await.unwrap();
        let mut gives_up = Box::pin(gate.turn(Lane::Person));
        assert!(futures::poll!(&mut gives_up).is_pending());
        drop(gives_up);
        let mut stays = Box::pin(gate.turn(Lane::Bulk));
        assert!(futures::poll!(&mut stays).is_pending());
        drop(held);
        assert!(stays.await.is_ok());
        assert!(gate.turn(Lane::Bulk).await.is_ok());
    }
}
