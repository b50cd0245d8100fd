//! Files behind addresses, and how the server that has them feels.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::task::Poll;

use async_trait::async_trait;
use catalog::UrlSource;
use model::Fault;
use scm::{Found, Integrations, Read, Search};

/// Turns that a slow answer takes.
const SLOW: usize = 200;
pub const FOLDER: &str = "https://git.invalid/files/*.yaml";
pub const URL: &str = "https://git.invalid/catalog.yaml";

#[derive(Default)]
pub struct FakeWeb {
    integrations: Integrations,
    pub state: Mutex<Web>,
}

#[derive(Default, Clone)]
pub struct Web {
    pub files: BTreeMap<usize, String>,
    pub page: String,
    /// That of the page.
    pub weather: Weather,
}

#[derive(Debug, Default, Clone, Copy)]
pub enum Weather {
    #[default]
    Fine,
    Failing,
    Slow,
}

/// Lets other tasks have so many turns.
async fn turns(mut count: usize) {
    std::future::poll_fn(|context| {
        if count == 0 {
            return Poll::Ready(());
        }
        count -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[async_trait]
impl UrlSource for FakeWeb {
    async fn read(&self, url: &str, _etag: Option<&str>) -> Result<Read, Fault> {
        Err(Fault::not_found(format!("could not read {url}, 404 Not Found")))
    }

    async fn search(&self, url: &str, etag: Option<&str>) -> Result<Search, Fault> {
        let web = self.state.lock().unwrap().clone();
        if url == URL {
            match web.weather {
                Weather::Fine => {}
                Weather::Failing => return Err(Fault::error("connection reset")),
                Weather::Slow => turns(SLOW).await,
            }
        }
        let files: Vec<(String, String)> = if url == URL {
            vec![(url.to_owned(), web.page)]
        } else {
            let address = |number: usize| format!("https://git.invalid/files/{number}.yaml");
            let files = web.files.into_iter();
            files.map(|(number, text)| (address(number), text)).collect()
        };
        let current = model::sha1_hex(format!("{files:?}").as_bytes());
        let not_modified = etag == Some(current.as_str());
        let found = |(url, text): (String, String)| Found {
            url,
            bytes: text.into_bytes().into(),
            commit: Some("c0ffee".into()),
        };
        Ok(Search {
            files: files.into_iter().filter(|_| !not_modified).map(found).collect(),
            etag: Some(current),
            not_modified,
        })
    }

    fn integrations(&self) -> &Integrations {
        &self.integrations
    }
}
