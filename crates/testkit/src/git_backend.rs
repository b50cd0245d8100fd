//! Git's own program for serving repositories over HTTP, run for one request.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A request of Git.
pub(crate) struct GitRequest<'a> {
    /// The folder in which the repositories lie.
    pub(crate) folder: &'a Path,
    pub(crate) method: &'a str,
    /// The path below the folder.
    pub(crate) path: &'a str,
    pub(crate) query: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) content_encoding: &'a str,
    pub(crate) protocol: &'a str,
    pub(crate) user: &'a str,
    pub(crate) body: &'a [u8],
}

/// What the program answers.
pub(crate) struct GitAnswer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// Has `git http-backend` answer a request. Blocks.
pub(crate) fn answer(request: &GitRequest<'_>) -> GitAnswer {
    let mut running = Command::new("git")
        .arg("http-backend")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_PROJECT_ROOT", request.folder)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REQUEST_METHOD", request.method)
        .env("PATH_INFO", request.path)
        .env("QUERY_STRING", request.query)
        .env("CONTENT_TYPE", request.content_type)
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", request.content_encoding)
        .env("GIT_PROTOCOL", request.protocol)
        .env("REMOTE_USER", request.user)
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("git is installed");
    let mut stdin = running.stdin.take().expect("it was asked for");
    let body = request.body.to_vec();
    // The program may end before it has read all.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&body)));
    let ran = running.wait_with_output().expect("the program runs");
    writing.join().expect("writing does not panic");
    parted(&ran.stdout)
}

/// Takes the answer of a program behind the common gateway interface apart.
fn parted(output: &[u8]) -> GitAnswer {
    let end = output.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = end.map_or((output, &b""[..]), |end| (&output[..end], &output[end + 4..]));
    let mut answer = GitAnswer {
        status: if end.is_some() { 200 } else { 500 },
        content_type: "text/plain".to_owned(),
        body: body.to_vec(),
    };
    for line in String::from_utf8_lossy(head).lines() {
        match line.split_once(": ") {
            Some(("Status", status)) => {
                let digits = status.split(' ').next().unwrap_or_default();
                answer.status = digits.parse().unwrap_or(500);
            }
            Some(("Content-Type", kind)) => kind.clone_into(&mut answer.content_type),
            _ => {}
        }
    }
    answer
}
