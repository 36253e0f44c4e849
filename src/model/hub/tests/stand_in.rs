//! A small server with the hub's routes, and a second one for the host that large files come from.

use crate::base::hash;
use std::{
    collections::{BTreeMap, HashMap},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    thread,
};

pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Whether it came to the second server.
    pub elsewhere: bool,
    pub method: String,
    pub path: String,
    pub headers: HashMap<String, String>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Whether it asks for the content of `file`.
    pub fn gets(&self, file: &str) -> bool {
        self.elsewhere && self.path.starts_with(&format!("/{file}?"))
    }
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// The connection ends after so many bytes of the body.
    pub cut: Option<usize>,
    /// Whether the length of the body is said.
    pub length: bool,
}

impl Answer {
    pub fn new(status: u16, headers: Vec<(&'static str, String)>, body: &[u8]) -> Self {
        Self {
            status,
            headers,
            body: body.to_vec(),
            cut: None,
            length: true,
        }
    }

    /// As the hub says no.
    pub fn refuse(status: u16, code: &str) -> Self {
        Self::new(status, vec![("X-Error-Code", code.into())], b"no hf_secret")
    }
}

/// What the repository `org/name` holds: files that end in `.json` and `.jinja` are small, all others large.
pub type Files = BTreeMap<String, Vec<u8>>;
/// Changes an answer before it is sent.
pub type Hook = dyn Fn(&Request, Answer) -> Answer + Send + Sync;

struct World {
    files: Files,
    elsewhere: String,
    hook: Box<Hook>,
    seen: Mutex<Vec<Request>>,
    news: Mutex<Sender<Request>>,
}

pub struct StandIn {
    pub address: String,
    world: Arc<World>,
    news: Receiver<Request>,
}

pub fn is_small(file: &str) -> bool {
    file.ends_with(".json") || file.ends_with(".jinja")
}

pub fn etag(file: &str, content: &[u8]) -> String {
    let hash = hash::sha256(content).replace("sha256:", "");
    if is_small(file) { hash[..40].into() } else { hash }
}

impl StandIn {
    pub fn new(files: &[(&str, &str)]) -> Self {
        Self::with(files, |_, answer| answer)
    }

    pub fn with(
        files: &[(&str, &str)],
        hook: impl Fn(&Request, Answer) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let [near, far] = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let address = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let (sender, news) = mpsc::channel();
        let files = files.iter().map(|&(name, text)| (name.into(), text.into()));
        let stand_in = Self {
            address: address(&near),
            world: Arc::new(World {
                files: files.collect(),
                elsewhere: address(&far),
                hook: Box::new(hook),
                seen: Mutex::default(),
                news: Mutex::new(sender),
            }),
            news,
        };
        for (listener, elsewhere) in [(near, false), (far, true)] {
            let world = stand_in.world.clone();
            thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    let world = world.clone();
                    thread::spawn(move || world.serve(stream, elsewhere));
                }
            });
        }
        stand_in
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Request> {
        self.world.seen.lock().unwrap().clone()
    }

    /// Waits for a request that is like this.
    pub fn wait(&self, like: impl Fn(&Request) -> bool) {
        while !like(&self.news.recv().unwrap()) {}
    }
}

impl World {
    fn serve(&self, stream: TcpStream, elsewhere: bool) -> Option<()> {
        let mut lines = BufReader::new(&stream).lines();
        let first = lines.next()?.ok()?;
        let (method, rest) = first.split_once(' ')?;
        let headers = lines.map_while(Result::ok).take_while(|line| !line.is_empty());
        let headers = headers.filter_map(|line| {
            let (name, value) = line.split_once(": ")?;
            Some((name.to_lowercase(), value.to_owned()))
        });
        let request = Request {
            elsewhere,
            method: method.into(),
            path: rest.split(' ').next()?.into(),
            headers: headers.collect(),
        };
        self.seen.lock().unwrap().push(request.clone());
        let _ = self.news.lock().unwrap().send(request.clone());
        let answer = (self.hook)(&request, self.answer(&request));
        let mut text = format!("HTTP/1.1 {} x\r\nConnection: close\r\n", answer.status);
        if answer.length {
            text += &format!("Content-Length: {}\r\n", answer.body.len());
        }
        for (name, value) in &answer.headers {
            text += &format!("{name}: {value}\r\n");
        }
        let mut out = &stream;
        out.write_all(format!("{text}\r\n").as_bytes()).ok()?;
        if request.method != "HEAD" {
            let end = answer.cut.unwrap_or(answer.body.len()).min(answer.body.len());
            out.write_all(&answer.body[..end]).ok()?;
        }
        // So that the end is seen as an end, not as a reset.
        stream.shutdown(std::net::Shutdown::Write).ok()?;
        out.read_to_end(&mut Vec::new()).ok()?;
        Some(())
    }

    fn answer(&self, request: &Request) -> Answer {
        let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        if request.elsewhere {
            return self.large(request);
        }
        match parts.as_slice() {
            [
                "api",
                "models",
                "org",
                "name",
                "revision",
                "main" | "v1" | "refs%2Fpr%2F1" | COMMIT,
            ] => {
                let names: Vec<_> = self
                    .files
                    .keys()
                    .map(|name| serde_json::json!({"rfilename": name}))
                    .collect();
                let answer = serde_json::json!({"id": "org/name", "sha": COMMIT, "siblings": names});
                Answer::new(200, vec![], answer.to_string().as_bytes())
            }
            ["api", "models", "org", "name", "revision", _] => Answer::refuse(404, "RevisionNotFound"),
            ["api", "models", ..] => Answer::refuse(404, "RepoNotFound"),
            ["org", "name", "resolve", COMMIT, file @ ..] => self.resolve(&file.join("/")),
            ["direct", file @ ..] => {
                let file = file.join("/");
                let content = &self.files[&file];
                let headers = vec![
                    ("ETag", format!("W/\"{}\"", etag(&file, content))),
                    ("X-Repo-Commit", COMMIT.into()),
                ];
                Answer::new(200, headers, content)
            }
            _ => Answer::refuse(404, "RepoNotFound"),
        }
    }

    /// Small files are on the same host, large ones elsewhere.
    fn resolve(&self, file: &str) -> Answer {
        let Some(content) = self.files.get(file) else {
            return Answer::refuse(404, "EntryNotFound");
        };
        if is_small(file) {
            return Answer::new(307, vec![("Location", format!("/direct/{file}"))], b"go there");
        }
        let headers = vec![
            (
                "Location",
                format!("{}/{file}?signature=hf_signed", self.elsewhere),
            ),
            ("ETag", "\"of-the-redirect\"".into()),
            ("X-Linked-ETag", format!("\"{}\"", etag(file, content))),
            ("X-Linked-Size", content.len().to_string()),
            ("X-Repo-Commit", COMMIT.into()),
        ];
        Answer::new(302, headers, b"go there")
    }

    fn large(&self, request: &Request) -> Answer {
        let file = request.path.trim_start_matches('/').split('?').next().unwrap();
        let content = &self.files[file];
        let from = request.header("range").and_then(|range| {
            let from: usize = range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()?;
            content.get(from..).map(|rest| (from, rest))
        });
        match from {
            None => Answer::new(200, vec![], content),
            Some((from, rest)) => {
                let all = content.len();
                let range = format!("bytes {from}-{}/{all}", all - 1);
                Answer::new(206, vec![("Content-Range", range)], rest)
            }
        }
    }
}
