//! A server that answers with the bytes it was told to, well-formed or not.

use serde_json::{Value, json};
use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

/// What the server does in answer to a request. Afterwards it closes the connection.
pub enum Step {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Waits until the other side has closed the connection.
    Hang,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method, path and headers.
    pub head: String,
    /// The body; null when there is none.
    pub body: Value,
}

/// The server. It listens on this machine only, and as long as the tests run.
pub struct Mock {
    /// Its address.
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    closed: Receiver<()>,
}

type Answer = dyn Fn(usize, &Asked) -> Vec<Step> + Send + Sync;

impl Mock {
    /// A server of the model `m` that calls itself `owner`. Requests for text get what `answer` says to the request and
    /// its number, counted from 0.
    pub fn new(owner: &str, answer: impl Fn(usize, &Asked) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let list = json!({"object": "list", "data": [{"id": "m", "owned_by": owner}]}).to_string();
        Self::listing(status(200, "", &list), answer)
    }

    /// As [`Mock::new`], with another answer to `GET /v1/models`.
    pub fn listing(
        models: Vec<Step>,
        answer: impl Fn(usize, &Asked) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer) as Arc<Answer>);
        let (tell, closed) = channel();
        let (noted, models) = (Arc::clone(&asked), Arc::new(models));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (noted, models) = (Arc::clone(&noted), Arc::clone(&models));
                let (answer, tell) = (Arc::clone(&answer), tell.clone());
                thread::spawn(move || serve(stream, &noted, &models, answer.as_ref(), &tell));
            }
        });
        Self { url, asked, closed }
    }

    /// The requests for text that came.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Whether a connection was closed by the other side, while it hung or before.
    pub fn sees_a_close(&self) -> bool {
        self.closed.recv_timeout(Duration::from_secs(60)).is_ok()
    }
}

fn serve(
    mut stream: TcpStream,
    noted: &Mutex<Vec<Asked>>,
    models: &[Step],
    answer: &Answer,
    tell: &Sender<()>,
) {
    let Some(asked) = read(&mut stream) else { return };
    let steps;
    let steps = if asked.head.starts_with("GET /v1/models ") {
        models
    } else {
        let number = {
            let mut noted = noted.lock().unwrap();
            noted.push(asked.clone());
            noted.len() - 1
        };
        steps = answer(number, &asked);
        &steps
    };
    for step in steps {
        match step {
            Step::Send(bytes) => {
                if stream.write_all(bytes).is_err() {
                    let _ = tell.send(());
                    return;
                }
            }
            Step::Hang => {
                let mut rest = Vec::new();
                let _ = stream.read_to_end(&mut rest);
                let _ = tell.send(());
            }
        }
    }
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>().ok())?
        });
        if body.len() >= length.unwrap_or(0) {
            return Some(Asked {
                head: head.to_owned(),
                body: serde_json::from_str(body).unwrap_or_default(),
            });
        }
    }
}

fn send(text: impl Into<Vec<u8>>) -> Step {
    Step::Send(text.into())
}

/// A whole answer with a status; `headers` are lines that end with `\r\n`.
pub fn status(code: u16, headers: &str, body: &str) -> Vec<Step> {
    vec![send(format!(
        "HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    ))]
}

/// A stream of these bytes, up to the end of the connection.
pub fn stream(bytes: impl Into<Vec<u8>>) -> Vec<Step> {
    vec![
        send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"),
        send(bytes),
    ]
}

/// An event with an object of the model `m`.
pub fn event(choice: &Value) -> String {
    format!("data: {}\n\n", json!({"model": "m", "choices": [choice]}))
}

/// A piece of text from `/completions`, without log-probabilities.
pub fn text(text: &str) -> String {
    event(&json!({"index": 0, "text": text, "logprobs": null, "finish_reason": null}))
}

/// The same with them, one token.
pub fn token(text: &str) -> String {
    let logprobs =
        json!({"tokens": [text], "token_logprobs": [-0.5], "top_logprobs": [{text: -0.5, "x": -2.0}]});
    event(&json!({"index": 0, "text": text, "logprobs": logprobs, "finish_reason": null}))
}

/// A piece of a conversation.
pub fn delta(delta: &Value) -> String {
    event(&json!({"index": 0, "delta": delta}))
}

/// The end of a stream: the reason, the count of the prompt's tokens, `[DONE]`.
pub fn end(reason: &str) -> String {
    let usage = json!({"model": "m", "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}});
    let last = event(&json!({"index": 0, "text": "", "finish_reason": reason}));
    format!("{last}data: {usage}\n\ndata: [DONE]\n\n")
}
