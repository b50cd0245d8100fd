//! A process that does not end by itself is ended.

use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use web::{Ending, Lifecycle};

static ENDED: OnceLock<Mutex<Sender<()>>> = OnceLock::new();

fn end() {
    let ended = ENDED.get().expect("the test waits").lock().expect("not poisoned");
    ended.send(()).expect("the test waits");
}

#[test]
fn work_that_never_yields_cannot_keep_the_process() {
    let (sender, ended) = mpsc::channel();
    ENDED.set(Mutex::new(sender)).expect("set once");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    let life = Lifecycle::install(Ending {
        drain: Duration::from_millis(10),
        deadline: Duration::from_millis(200),
        haste: Duration::from_millis(10),
        end,
    })
    .expect("signals can be heard");
    let (begun, has_begun) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    runtime.spawn(async move {
        begun.send(()).expect("the test waits");
        // Keeps the only thread, so that nothing else on the runtime moves.
        let _ = released.recv();
    });
    has_begun.recv().expect("the task runs");
    life.stop();
    ended
        .recv_timeout(Duration::from_secs(10))
        .expect("the process is ended from outside of the runtime");
    drop(release);
    runtime.shutdown_timeout(Duration::from_secs(1));
}
