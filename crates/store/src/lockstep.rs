//! Answers of `SQLite` in step with the thread that asks, so that a simulation can be repeated.
//!
//! `SQLite` works on threads of its own, and the operating system decides when an answer comes. In lockstep the thread
//! that asks waits for each answer. On a runtime with one thread nothing else happens meanwhile, so that the order of
//! everything follows from the program alone. This is for tests, and for no other database.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::task::Poll;

/// Connections that may be open: one that was given back is tested in the background before it is used again, and
/// nobody may wait for that.
pub(crate) const CONNECTIONS: u32 = 256;

type Turns = Box<dyn FnMut() -> u32>;

thread_local! {
    static TURNS: RefCell<Option<Turns>> = const { RefCell::new(None) };
}

/// What this thread asks `SQLite` is answered in lockstep until this is dropped.
pub struct Lockstep {
    /// It belongs to its thread.
    _thread: PhantomData<*const ()>,
}

impl Lockstep {
    /// Begins on this thread. `turns` is called before each question and says how many turns other tasks get before it
    /// is asked: the simulation decides what happens in which order.
    pub fn begin(turns: impl FnMut() -> u32 + 'static) -> Self {
        TURNS.set(Some(Box::new(turns)));
        Self { _thread: PhantomData }
    }
}

impl Drop for Lockstep {
    fn drop(&mut self) {
        TURNS.set(None);
    }
}

/// Whether this thread is in lockstep.
pub(crate) fn is_on() -> bool {
    TURNS.with_borrow(Option::is_some)
}

/// Waits for the answer to a question, in lockstep if this thread is.
pub(crate) async fn answer<T>(question: impl Future<Output = T>) -> T {
    let Some(turns) = TURNS.with_borrow_mut(|turns| Some(turns.as_mut()?())) else {
        return question.await;
    };
    for _ in 0..turns {
        let mut is_over = false;
        // Not tokio's own way, which lets chance in: it depends on how often the runtime looks for events.
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut is_over, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
    futures::executor::block_on(tokio::task::unconstrained(question))
}
