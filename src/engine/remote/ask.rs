//! A request in the words of the OpenAI API.
//!
//! Settings that a server would otherwise take from a file of the model (vLLM, SGLang, transformers serve) or from its own
//! taste (llama.cpp) are always said, so that a text is drawn as its trace says. Other servers refuse names they do not
//! know: they are told only what was set.

use super::{
    error::RemoteError,
    models::{Family, Served},
    server::Server,
};
use crate::{
    base::{rng, sampler::Sampler},
    engine::{Prefix, PromptKind, Request},
};
use rand::RngCore as _;
use serde_json::{Value, json};

/// How many of the most likely tokens any known server is willing to list.
const MOST_TOP: usize = 20;

/// The part of the API that continues text.
pub(super) const COMPLETIONS: &str = "/completions";
/// The part of the API that answers in a conversation.
pub(super) const CHAT: &str = "/chat/completions";

/// What the samples of a run have in common.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ask {
    /// The part of the API.
    pub path: &'static str,
    body: Value,
    seed: u64,
    index: u64,
    top: usize,
    /// Whether the server can tell log-probabilities, as far as is known.
    pub scores: bool,
}

/// The text of a prefix.
///
/// # Errors
/// [`RemoteError::Tokens`] when it holds token ids.
pub(super) fn given(prefix: &[Prefix]) -> Result<String, RemoteError> {
    let mut given = String::new();
    for part in prefix {
        match part {
            Prefix::Text(text) => given.push_str(text),
            Prefix::Tokens(ids) if ids.is_empty() => {}
            Prefix::Tokens(_) => return Err(RemoteError::Tokens),
        }
    }
    Ok(given)
}

impl Ask {
    /// What `served` is to be asked for `request`, whose prefix has the text `given`.
    ///
    /// # Errors
    /// When the server cannot continue a begun answer.
    pub fn new(
        request: &Request,
        given: &str,
        served: &Served,
        server: &Server,
    ) -> Result<Self, RemoteError> {
        let sampler = &request.sampler;
        let mut body = json!({
            "model": served.model,
            "stream": true,
            "max_tokens": sampler.max_tokens,
            "temperature": decimal(sampler.temperature),
            "top_p": decimal(sampler.top_p),
        });
        if served.family == Family::Transformers {
            // It knows these nowhere else, and takes the most likely token unless it is told to draw.
            let config = json!({
                "do_sample": sampler.temperature > 0.0,
                "top_k": sampler.top_k,
                "min_p": decimal(sampler.min_p),
                "repetition_penalty": decimal(sampler.repetition_penalty),
            });
            body["generation_config"] = json!(config.to_string());
        } else {
            body["stream_options"] = json!({"include_usage": true});
            draw(&mut body, sampler, served.family);
        }
        if !sampler.stop.is_empty() {
            body["stop"] = json!(sampler.stop);
        }
        let path = match request.kind {
            PromptKind::Raw | PromptKind::Rendered => {
                body["prompt"] = json!(format!("{}{given}", request.prompt));
                // The template has written the tokens that begin a text already.
                if request.kind == PromptKind::Rendered && served.family == Family::Vllm {
                    body["add_special_tokens"] = json!(false);
                }
                COMPLETIONS
            }
            PromptKind::Question => {
                let mut messages = vec![json!({"role": "user", "content": request.prompt})];
                if !given.is_empty() {
                    messages.push(begun(given, served.family));
                    match served.family {
                        Family::Vllm | Family::Sglang => {
                            body["continue_final_message"] = json!(true);
                            body["add_generation_prompt"] = json!(false);
                        }
                        // It continues an assistant's last message anyway.
                        Family::LlamaCpp => {}
                        Family::Transformers | Family::Other => {
                            return Err(RemoteError::Prefill {
                                server: server.address().to_owned(),
                            });
                        }
                    }
                }
                body["messages"] = json!(messages);
                // Where templates are the server's, this is how its switch is reached.
                if let Some(thinking) = sampler.thinking {
                    body["chat_template_kwargs"] = json!({"enable_thinking": thinking});
                }
                CHAT
            }
        };
        Ok(Self {
            path,
            body,
            seed: sampler.seed,
            index: request.index,
            // Asked for none, some servers tell no token's own log-probability either.
            top: request.top.clamp(1, MOST_TOP),
            scores: served.family != Family::Transformers,
        })
    }

    /// The request for one sample, with or without log-probabilities.
    pub fn body(&self, sample: u64, scores: bool) -> String {
        let mut body = self.body.clone();
        body["seed"] = json!(seed(self.seed, self.index, sample));
        if scores && self.path == CHAT {
            body["logprobs"] = json!(true);
            body["top_logprobs"] = json!(self.top);
        } else if scores {
            body["logprobs"] = json!(self.top);
        }
        body.to_string()
    }
}

/// How tokens are drawn, by the names most servers have for it.
fn draw(body: &mut Value, sampler: &Sampler, family: Family) {
    let penalty = sampler.repetition_penalty;
    let off = match family {
        Family::Vllm | Family::Sglang => {
            body["repetition_penalty"] = json!(decimal(penalty));
            Some(-1)
        }
        Family::LlamaCpp => {
            // Left alone it divides by the temperature last, so that top-p and min-p keep other tokens.
            body["samplers"] = json!(["penalties", "temperature", "top_k", "top_p", "min_p"]);
            body["repeat_penalty"] = json!(decimal(penalty));
            // Of the whole text, not of its last tokens.
            body["repeat_last_n"] = json!(-1);
            Some(0)
        }
        Family::Transformers | Family::Other => {
            if penalty != 1.0 {
                body["repetition_penalty"] = json!(decimal(penalty));
            }
            None
        }
    };
    if sampler.top_k > 0 {
        body["top_k"] = json!(sampler.top_k);
    } else if let Some(off) = off {
        body["top_k"] = json!(off);
    }
    if sampler.min_p > 0.0 || off.is_some() {
        body["min_p"] = json!(decimal(sampler.min_p));
    }
}

/// The begun answer as a message. llama.cpp wants thoughts apart; the others put the text into the template as it is.
fn begun(given: &str, family: Family) -> Value {
    let thoughts = given
        .strip_prefix("<think>")
        .filter(|_| family == Family::LlamaCpp);
    match thoughts.map(|rest| rest.split_once("</think>").unwrap_or((rest, ""))) {
        Some((thoughts, content)) => {
            json!({"role": "assistant", "reasoning_content": thoughts, "content": content})
        }
        None => json!({"role": "assistant", "content": given}),
    }
}

/// The seed of one sample: 31 bits, which every server takes, and never the 32 that llama.cpp takes for chance.
fn seed(seed: u64, index: u64, sample: u64) -> u64 {
    rng::stream("remote sample", seed, &[index, sample]).next_u64() >> 33
}

/// 0.6 as 0.6, and not as the nearest number of twice the length.
fn decimal(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{RunId, remote::tests::request};

    fn ask(request: &Request, owner: &str) -> Result<(String, Value), String> {
        let server = Server::parse("openai:http://host:1#m").unwrap();
        let list = match owner {
            "transformers" => {
                r#"{"data":[{"id":"m","owned_by":"local","status":{"value":"loaded"}}]}"#.into()
            }
            owner => format!(r#"{{"data":[{{"id":"m","owned_by":"{owner}"}}]}}"#),
        };
        let served = Served::choose(Some(&list), &server, None).unwrap();
        let asked = given(&request.prefix)
            .and_then(|given| Ask::new(request, &given, &served, &server))
            .map_err(|error| error.to_string())?;
        let body = serde_json::from_str(&asked.body(3, asked.scores)).unwrap();
        Ok((asked.path.to_owned(), body))
    }

    fn question(prefix: &str) -> Request {
        Request {
            kind: PromptKind::Question,
            prefix: vec![Prefix::Text(prefix.into())],
            ..request(1, [3])
        }
    }

    #[test]
    fn the_switch_for_thinking_goes_to_the_template_of_the_server() {
        let mut request = question("");
        assert_eq!(
            ask(&request, "vllm").unwrap().1["chat_template_kwargs"],
            Value::Null
        );
        request.sampler.thinking = Some(false);
        let wanted = json!({"enable_thinking": false});
        assert_eq!(ask(&request, "vllm").unwrap().1["chat_template_kwargs"], wanted);
    }

    #[test]
    fn what_is_to_be_continued_goes_to_completions_with_its_prefix() {
        let raw = Request {
            prefix: vec![
                Prefix::Text("one ".into()),
                Prefix::Tokens(vec![]),
                Prefix::Text("two".into()),
            ],
            ..request(1, [3])
        };
        let (path, body) = ask(&raw, "vllm").unwrap();
        assert_eq!(
            (path.as_str(), &body["prompt"]),
            (COMPLETIONS, &json!("try 3 4one two"))
        );
        assert_eq!(
            (&body["logprobs"], &body["add_special_tokens"]),
            (&json!(2), &Value::Null)
        );
        let rendered = Request {
            kind: PromptKind::Rendered,
            ..raw
        };
        assert_eq!(
            ask(&rendered, "vllm").unwrap().1["add_special_tokens"],
            json!(false)
        );
    }

    #[test]
    fn a_question_is_a_conversation_and_a_begun_answer_is_continued_where_the_server_can() {
        let (path, body) = ask(&question(""), "openai").unwrap();
        assert_eq!(path, CHAT);
        assert_eq!(body["messages"], json!([{"role": "user", "content": "try 3 4"}]));
        assert_eq!(
            (&body["logprobs"], &body["top_logprobs"]),
            (&json!(true), &json!(2))
        );
        let begun = json!({"role": "assistant", "content": "<think>so"});
        for family in ["vllm", "sglang"] {
            let (_, body) = ask(&question("<think>so"), family).unwrap();
            assert_eq!(body["messages"][1], begun);
            assert_eq!(body["continue_final_message"], json!(true));
            assert_eq!(body["add_generation_prompt"], json!(false));
        }
        let (_, body) = ask(&question("<think>so</think>4"), "llamacpp").unwrap();
        let begun = json!({"role": "assistant", "reasoning_content": "so", "content": "4"});
        assert_eq!(
            (&body["messages"][1], &body["continue_final_message"]),
            (&begun, &Value::Null)
        );
        for owner in ["library", "transformers"] {
            assert!(
                ask(&question("so"), owner)
                    .unwrap_err()
                    .contains("cannot continue a begun answer")
            );
        }
    }

    #[test]
    fn token_numbers_are_refused() {
        let mut request = request(1, [3]);
        request.prefix = vec![Prefix::Tokens(vec![7])];
        assert!(ask(&request, "vllm").unwrap_err().contains("fork from the text"));
    }

    #[test]
    fn settings_are_said_as_they_are_and_those_of_no_effect_only_to_servers_that_know_them() {
        let mut request = request(1, [3]);
        request.sampler = Sampler {
            temperature: 0.6,
            top_p: 0.95,
            ..Sampler::default()
        };
        let text = |body: &Value| {
            ["temperature", "top_p", "top_k", "min_p", "stop"].map(|name| body[name].to_string())
        };
        let (_, body) = ask(&request, "openai").unwrap();
        assert_eq!(text(&body), ["0.6", "0.95", "null", "null", "null"]);
        let (_, body) = ask(&request, "vllm").unwrap();
        assert_eq!(text(&body), ["0.6", "0.95", "-1", "0.0", "null"]);
        assert_eq!(body["repetition_penalty"], json!(1.0));
        request.sampler.repetition_penalty = 1.05;
        for server in ["openai", "vllm"] {
            assert_eq!(
                ask(&request, server).unwrap().1["repetition_penalty"],
                json!(1.05)
            );
        }
        request.sampler.top_k = 20;
        request.sampler.min_p = 0.1;
        request.sampler.stop = vec!["##".into()];
        let (_, body) = ask(&request, "openai").unwrap();
        assert_eq!(text(&body), ["0.6", "0.95", "20", "0.1", "[\"##\"]"]);
    }

    #[test]
    fn transformers_serve_is_told_to_draw_and_nothing_it_refuses() {
        let mut request = request(1, [3]);
        request.sampler = Sampler {
            temperature: 0.6,
            top_k: 20,
            min_p: 0.1,
            ..Sampler::default()
        };
        let drawn = |request: &Request| {
            let (_, body) = ask(request, "transformers").unwrap();
            let config: Value = serde_json::from_str(body["generation_config"].as_str().unwrap()).unwrap();
            (body, config)
        };
        let (body, config) = drawn(&request);
        assert_eq!(
            config,
            json!({"do_sample": true, "top_k": 20, "min_p": 0.1, "repetition_penalty": 1.0})
        );
        assert_eq!((&body["temperature"], &body["top_p"]), (&json!(0.6), &json!(1.0)));
        for refused in [
            "top_k",
            "min_p",
            "stream_options",
            "logprobs",
            "repetition_penalty",
        ] {
            assert_eq!(body.get(refused), None, "{refused}");
        }
        request.sampler = Sampler {
            temperature: 0.0,
            ..Sampler::default()
        };
        let (_, config) = drawn(&request);
        // Zero turns it off; a default of 50 would stand otherwise.
        assert_eq!(
            (&config["do_sample"], &config["top_k"]),
            (&json!(false), &json!(0))
        );
    }

    #[test]
    fn llama_cpp_is_told_the_order_in_which_tokens_are_left_out() {
        let (_, body) = ask(&request(1, [3]), "llamacpp").unwrap();
        assert_eq!(
            body["samplers"],
            json!(["penalties", "temperature", "top_k", "top_p", "min_p"])
        );
        assert_eq!((&body["top_k"], &body["min_p"]), (&json!(0), &json!(0.0)));
        assert_eq!(
            (&body["repeat_penalty"], &body["repeat_last_n"]),
            (&json!(1.0), &json!(-1))
        );
        assert_eq!(ask(&request(1, [3]), "vllm").unwrap().1["samplers"], Value::Null);
    }

    #[test]
    fn a_seed_depends_on_the_problem_and_the_sample_only_and_fits_every_server() {
        let mut seeds: Vec<u64> = (0..50).map(|i| seed(7, i / 10, i % 10)).collect();
        assert_eq!(seed(7, 4, 9), seeds[49]);
        assert!(seeds.iter().all(|seed| *seed < 1 << 31));
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), 50);
        // Not on the run or on who else was asked for.
        let (one, many) = (request(1, [3]), request(2, 0..9));
        assert_eq!(one.run, RunId(1));
        assert_eq!(
            ask(&one, "vllm").unwrap().1["seed"],
            ask(&many, "vllm").unwrap().1["seed"]
        );
    }
}
