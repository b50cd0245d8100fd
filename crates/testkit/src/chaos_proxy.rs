//! A proxy in front of PostgreSQL that can be cut and restored: the database gone and back.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use tokio::{
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::AbortHandle,
};

/// A TCP port before a server's socket. Cut, it drops every connection and refuses new ones by closing
/// them at once. It ends when dropped.
pub struct ChaosProxy {
    url: String,
    /// The socket to connect to; none while it is cut.
    open: watch::Sender<Option<PathBuf>>,
    socket: Mutex<PathBuf>,
    listening: AbortHandle,
}

impl ChaosProxy {
    /// A proxy before the database at this address, which must be one of [`crate::fresh_database`].
    pub async fn before(url: &str) -> io::Result<Self> {
        let (database, socket) = database_and_socket(url)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!(
            "postgres://postgres@{}/{database}?sslmode=disable",
            listener.local_addr()?
        );
        let open = watch::Sender::new(Some(socket.clone()));
        let listening = tokio::spawn(listen(listener, open.subscribe())).abort_handle();
        Ok(Self {
            url,
            open,
            socket: Mutex::new(socket),
            listening,
        })
    }

    /// The address of the database through the proxy.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Drops all connections and accepts no more.
    pub fn cut(&self) {
        self.open.send_replace(None);
    }

    /// Leads to the database of the same name at another address once it is restored: a fail-over.
    pub fn lead_to(&self, url: &str) -> io::Result<()> {
        let (_, socket) = database_and_socket(url)?;
        *self.socket.lock().unwrap_or_else(PoisonError::into_inner) = socket;
        Ok(())
    }

    /// Accepts connections again.
    pub fn restore(&self) {
        let socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.open.send_replace(Some(socket));
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.cut();
        self.listening.abort();
    }
}

/// Of an address of [`crate::fresh_database`]: the database's name and the server's socket.
fn database_and_socket(url: &str) -> io::Result<(String, PathBuf)> {
    let no_socket = || io::Error::new(io::ErrorKind::InvalidInput, "the address names no socket folder");
    let (server, folder) = url.split_once("?host=").ok_or_else(no_socket)?;
    let database = server.rsplit_once('/').ok_or_else(no_socket)?.1;
    Ok((database.to_owned(), PathBuf::from(folder).join(".s.PGSQL.5432")))
}

async fn listen(listener: TcpListener, open: watch::Receiver<Option<PathBuf>>) {
    while let Ok((client, _)) = listener.accept().await {
        let socket = open.borrow().clone();
        if let Some(socket) = socket {
            tokio::spawn(carry(client, socket, open.clone()));
        }
    }
}

/// Carries bytes both ways until one side ends or the proxy is cut.
async fn carry(
    mut client: TcpStream,
    socket: PathBuf,
    mut open: watch::Receiver<Option<PathBuf>>,
) -> io::Result<()> {
    let mut server = UnixStream::connect(socket).await?;
    tokio::select! {
        carried = tokio::io::copy_bidirectional(&mut client, &mut server) => carried.map(drop),
        _ = open.wait_for(Option::is_none) => Ok(()),
    }
}
