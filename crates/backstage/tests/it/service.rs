//! An address in front of several portals, as a Service of Kubernetes is: each new connection goes to the next one whose readiness
//! probe is answered with 200, and stays there until one side closes it.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Pause between two probes of one portal.
const BETWEEN_PROBES: Duration = Duration::from_millis(100);
/// Longest time of a probe.
const PROBE: Duration = Duration::from_secs(2);
/// Pause of the listener while nobody connects.
const PAUSE: Duration = Duration::from_millis(2);

/// A Service, ended with the value.
pub struct Service {
    address: SocketAddr,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    backends: Mutex<Vec<Backend>>,
    next: AtomicUsize,
    is_over: AtomicBool,
}

#[derive(Clone)]
struct Backend {
    address: String,
    is_ready: bool,
}

impl Service {
    /// One without portals.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("it can wait");
        let address = listener.local_addr().expect("it has an address");
        let shared = Arc::new(Shared::default());
        let (accepting, probing) = (shared.clone(), shared.clone());
        let threads = vec![
            std::thread::spawn(move || accepting.accept(&listener)),
            std::thread::spawn(move || probing.probe()),
        ];
        Self {
            address,
            shared,
            threads,
        }
    }

    /// Host and port that clients connect to.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Adds a portal, which gets connections once it is ready.
    pub fn add(&self, address: &str) {
        let backend = Backend {
            address: address.to_owned(),
            is_ready: false,
        };
        self.shared.backends().push(backend);
    }

    /// Whether a portal gets connections.
    pub fn leads_to(&self, address: &str) -> bool {
        let backends = self.shared.backends();
        backends.iter().any(|one| one.address == address && one.is_ready)
    }

    /// Forgets a portal.
    pub fn remove(&self, address: &str) {
        self.shared.backends().retain(|one| one.address != address);
    }
}

impl Shared {
    fn backends(&self) -> MutexGuard<'_, Vec<Backend>> {
        self.backends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(&self, listener: &TcpListener) {
        while !self.is_over.load(Ordering::Relaxed) {
            match listener.accept() {
                Ok((client, _)) => self.lead(client),
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
    }

    /// Connects a client with the next portal. Where that is refused the client sees a closed connection, as in a cluster.
    fn lead(&self, client: TcpStream) {
        let ready: Vec<String> = {
            let backends = self.backends();
            let ready = backends.iter().filter(|one| one.is_ready);
            ready.map(|one| one.address.clone()).collect()
        };
        if ready.is_empty() {
            return;
        }
        let chosen = &ready[self.next.fetch_add(1, Ordering::Relaxed) % ready.len()];
        let Ok(portal) = TcpStream::connect(chosen) else {
            return;
        };
        client.set_nonblocking(false).expect("it can wait");
        let pairs = [(client.try_clone(), portal.try_clone()), (Ok(portal), Ok(client))];
        for (from, to) in pairs {
            let (mut from, mut to) = (from.expect("a handle"), to.expect("a handle"));
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.shutdown(Shutdown::Write);
            });
        }
    }

    fn probe(&self) {
        while !self.is_over.load(Ordering::Relaxed) {
            let addresses: Vec<String> = self.backends().iter().map(|one| one.address.clone()).collect();
            for address in addresses {
                let is_ready = answers(&address).unwrap_or(false);
                for one in self.backends().iter_mut().filter(|one| one.address == address) {
                    one.is_ready = is_ready;
                }
            }
            std::thread::sleep(BETWEEN_PROBES);
        }
    }
}

/// Whether the readiness probe is answered with 200.
fn answers(address: &str) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PROBE))?;
    write!(
        stream,
        "GET /.backstage/health/v1/readiness HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}

impl Drop for Service {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
