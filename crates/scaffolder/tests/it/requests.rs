//! `http:request`: what is sent to another server, what comes back, and where it may not lead.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use scaffolder::tasks::{TaskReport, TaskState};
use serde_json::{Value, json};

use crate::world::World;

/// A server that answers by the path, and keeps what it was asked.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                kept.lock().unwrap().push(answer(stream));
            }
        });
        Self { address, asked }
    }
}

fn answer(mut stream: TcpStream) -> String {
    let (mut asked, mut buffer) = (Vec::new(), [0; 4096]);
    let is_whole = |asked: &[u8]| {
        let text = String::from_utf8_lossy(asked).into_owned();
        text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")
                    .map(str::to_owned)
            });
            body.len() >= length.map_or(0, |length| length.parse().unwrap())
        })
    };
    while !is_whole(&asked) {
        let read = stream.read(&mut buffer).unwrap();
        asked.extend_from_slice(&buffer[..read]);
        if read == 0 {
            break;
        }
    }
    let asked = String::from_utf8_lossy(&asked).into_owned();
    let path = asked.split(' ').nth(1).unwrap_or_default();
    let (status, more, body) = match path {
        "/away" => ("302 Found", "location: http://169.254.169.254/secret\r\n", ""),
        "/bad" => (
            "404 Not Found",
            "content-type: application/json\r\n",
            "{\"why\":\"gone\"}",
        ),
        "/text" => ("200 OK", "content-type: text/plain\r\n", "plain"),
        _ => (
            "200 OK",
            "content-type: application/json; charset=utf-8\r\nx-mark: m\r\n",
            "{\"id\": 7}",
        ),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{more}\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    asked
}

async fn ran(server: &Server, is_allowed: bool, input: Value) -> (TaskReport, String) {
    let hosts = if is_allowed {
        json!([server.address])
    } else {
        json!([])
    };
    let world = World::with(json!({"scaffolder": {"http": {"allowedHosts": hosts}}})).await;
    let steps = json!([{"id": "call", "name": "call", "action": "http:request", "input": input}]);
    let template = world.template(&steps, &json!({"given": "${{ steps.call.output }}"}), &[]);
    let process = world.process();
    let id = world.begin(&template, &[("token", "hushhush")]).await;
    let task = world.ended(id).await;
    process.end().await;
    (task, world.messages(id).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_gets_the_request_and_its_answer_is_the_output() {
    let server = Server::new();
    let url = format!("http://{}/names?a=1", server.address);
    let (task, messages) = ran(&server, true, json!({
        "url": url, "method": "POST", "headers": {"Authorization": "Bearer ${{ secrets.token }}", "x-n": 5},
        "params": {"b": "x y", "c": [1, 2]}, "body": {"name": "${{ parameters.name }}"},
    })).await;
    assert_eq!(task.state, TaskState::Completed, "{messages}");
    let given = &task.output.unwrap()["given"];
    assert_eq!(given["code"], 200);
    assert_eq!(given["body"], json!({"id": 7}));
    assert_eq!(given["headers"]["x-mark"], "m");
    let asked = server.asked.lock().unwrap()[0].to_lowercase();
    for expected in [
        "post /names?a=1&b=x+y&c=1%2c2 http/1.1",
        "authorization: bearer hushhush",
        "x-n: 5",
        "content-type: application/json",
        "{\"name\":\"orders\"}",
    ] {
        assert!(asked.contains(expected), "{expected}: {asked}");
    }
    assert!(!messages.contains("hushhush"), "{messages}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_redirects_fail_in_words() {
    let server = Server::new();
    let at = |path: &str| json!({"url": format!("http://{}{path}", server.address), "method": "GET"});
    let (task, messages) = ran(&server, true, at("/bad")).await;
    assert_eq!(task.state, TaskState::Failed);
    assert!(task.problem.unwrap().message.contains("404"), "{messages}");
    assert!(
        messages.contains("Response body: {\"why\":\"gone\"}"),
        "{messages}"
    );
    let mut goes_on = at("/bad");
    goes_on["continueOnBadResponse"] = true.into();
    goes_on["logRequestPath"] = false.into();
    let (task, messages) = ran(&server, true, goes_on).await;
    assert_eq!(task.output.unwrap()["given"]["code"], 404, "{messages}");
    assert!(!messages.contains("/bad"), "{messages}");
    let (task, _) = ran(&server, true, at("/text")).await;
    assert_eq!(task.output.unwrap()["given"]["body"], json!({"message": "plain"}));
    let (task, messages) = ran(&server, true, at("/away")).await;
    assert_eq!(task.state, TaskState::Failed);
    assert!(
        task.problem
            .unwrap()
            .message
            .contains("may not call 169.254.169.254"),
        "{messages}"
    );
    let count = server.asked.lock().unwrap().len();
    let (task, _) = ran(&server, false, at("/names")).await;
    assert!(
        task.problem
            .unwrap()
            .message
            .contains("scaffolder.http.allowedHosts")
    );
    assert_eq!(server.asked.lock().unwrap().len(), count);
}
