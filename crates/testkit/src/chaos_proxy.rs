//! A proxy in front of PostgreSQL that can be cut and restored: the database gone and back.

use std::{io, path::PathBuf};

use tokio::{
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    task::AbortHandle,
};

/// A TCP port before a server's socket. Cut, it drops every connection and refuses new ones by closing
/// them at once. It ends when dropped.
pub struct ChaosProxy {
    url: String,
    open: watch::Sender<bool>,
    listening: AbortHandle,
}

impl ChaosProxy {
    /// A proxy before the database at this address, which must be one of [`crate::fresh_database`].
    pub async fn before(url: &str) -> io::Result<Self> {
        let no_socket = || io::Error::new(io::ErrorKind::InvalidInput, "the address names no socket folder");
        let (server, folder) = url.split_once("?host=").ok_or_else(no_socket)?;
        let database = server.rsplit_once('/').ok_or_else(no_socket)?.1;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!(
            "postgres://postgres@{}/{database}?sslmode=disable",
            listener.local_addr()?
        );
        let open = watch::Sender::new(true);
        let socket = PathBuf::from(folder).join(".s.PGSQL.5432");
        let listening = tokio::spawn(listen(listener, socket, open.subscribe())).abort_handle();
        Ok(Self { url, open, listening })
    }

    /// The address of the database through the proxy.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Drops all connections and accepts no more.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Accepts connections again.
    pub fn restore(&self) {
        self.open.send_replace(true);
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.cut();
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, socket: PathBuf, open: watch::Receiver<bool>) {
    while let Ok((client, _)) = listener.accept().await {
        if *open.borrow() {
            tokio::spawn(carry(client, socket.clone(), open.clone()));
        }
    }
}

/// Carries bytes both ways until one side ends or the proxy is cut.
async fn carry(mut client: TcpStream, socket: PathBuf, mut open: watch::Receiver<bool>) -> io::Result<()> {
    let mut server = UnixStream::connect(socket).await?;
    tokio::select! {
        carried = tokio::io::copy_bidirectional(&mut client, &mut server) => carried.map(drop),
        _ = open.wait_for(|open| !open) => Ok(()),
    }
}
