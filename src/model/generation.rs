//! `generation_config.json`: which tokens end a text, and how its makers sample from it.

use crate::base::sampler::Sampler;
use serde_json::{Map, Value};

/// Its name in the folder.
pub const FILE: &str = "generation_config.json";

/// Tokens a model that converses may write when nobody says how many: its thinking is long.
const LONG: usize = 4096;

/// What is used of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Generation {
    /// Tokens that end a text.
    pub eos_token_ids: Vec<u32>,
    sampler: Option<Sampler>,
    /// Fields that would change what is drawn and are not applied, for a person to know.
    pub ignored: Vec<String>,
}

impl Generation {
    /// Reads the bytes of the file.
    ///
    /// # Errors
    /// A sentence naming the field that makes no sense.
    pub fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let map: Map<String, Value> =
            serde_json::from_slice(bytes).map_err(|error| format!("{FILE} is not a JSON object: {error}"))?;
        let number = |name: &str| match map.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value
                .as_f64()
                .map(Some)
                .ok_or_else(|| format!("{FILE}: `{name}` is {value}, not a number")),
        };
        let one = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
        let ends = match map.get("eos_token_id") {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::Array(many)) => many.iter().map(one).collect(),
            Some(value) => one(value).map(|id| vec![id]),
        };
        let eos_token_ids = ends.ok_or_else(|| format!("{FILE}: `eos_token_id` is not a token id"))?;
        let greedy = map.get("do_sample") == Some(&Value::Bool(false));
        let mut sampler = Sampler {
            max_tokens: 0,
            ..Sampler::default()
        };
        let mut said = greedy;
        if let Some(temperature) = number("temperature")? {
            (sampler.temperature, said) = (temperature as f32, true);
        }
        if let Some(top_k) = number("top_k")? {
            (sampler.top_k, said) = (top_k.max(0.0) as u32, true);
        }
        if let Some(top_p) = number("top_p")? {
            (sampler.top_p, said) = (top_p as f32, true);
        }
        if let Some(min_p) = number("min_p")? {
            (sampler.min_p, said) = (min_p as f32, true);
        }
        if let Some(penalty) = number("repetition_penalty")? {
            (sampler.repetition_penalty, said) = (penalty as f32, true);
        }
        if greedy {
            (sampler.temperature, sampler.top_k, sampler.top_p, sampler.min_p) = (0.0, 0, 1.0, 0.0);
        }
        if let Some(tokens) = number("max_new_tokens")? {
            (sampler.max_tokens, said) = (tokens.max(0.0) as usize, true);
        }
        let check = Sampler {
            max_tokens: sampler.max_tokens.max(1),
            ..sampler.clone()
        };
        check.check().map_err(|reason| format!("{FILE}: {reason}"))?;
        let plain = [
            ("presence_penalty", 0.0),
            ("frequency_penalty", 0.0),
            ("no_repeat_ngram_size", 0.0),
            ("typical_p", 1.0),
            ("num_beams", 1.0),
        ];
        let mut ignored = Vec::new();
        for (name, neutral) in plain {
            if let Some(value) = number(name)?.filter(|value| *value != neutral) {
                ignored.push(format!("{name} {value}"));
            }
        }
        Ok(Self {
            eos_token_ids,
            sampler: said.then_some(sampler),
            ignored,
        })
    }

    /// The sampler; temperature 1 when the file does not say. A model that converses is given room to think.
    #[must_use]
    pub fn sampler(&self, converses: bool) -> Sampler {
        let default = Sampler::default();
        let mut sampler = self.sampler.clone().unwrap_or(Sampler {
            max_tokens: 0,
            ..Sampler::default()
        });
        if sampler.max_tokens == 0 {
            sampler.max_tokens = if converses { LONG } else { default.max_tokens };
        }
        sampler
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Generation, String> {
        Generation::from_json(json.as_bytes())
    }

    #[test]
    fn the_makers_sampler_and_every_end_token_are_used() {
        let found = read(
            r#"{"do_sample": true, "temperature": 0.7, "top_p": 0.8, "top_k": 20, "repetition_penalty": 1.05, "typical_p": 0.9, "eos_token_id": [7, 9]}"#,
        )
        .unwrap();
        assert_eq!(found.eos_token_ids, [7, 9]);
        assert_eq!(found.ignored, ["typical_p 0.9"]);
        let sampler = found.sampler(true);
        assert_eq!(
            (sampler.temperature, sampler.top_k, sampler.top_p),
            (0.7, 20, 0.8)
        );
        assert_eq!(sampler.repetition_penalty, 1.05);
        assert_eq!((sampler.max_tokens, found.sampler(false).max_tokens), (LONG, 512));
    }

    #[test]
    fn a_model_that_is_not_to_be_sampled_is_greedy_and_a_silent_one_has_temperature_one() {
        let greedy = read(r#"{"do_sample": false, "max_new_tokens": 64, "eos_token_id": 3}"#).unwrap();
        assert_eq!(
            (
                greedy.sampler(false).temperature,
                greedy.sampler(false).max_tokens
            ),
            (0.0, 64)
        );
        assert_eq!(read("{}").unwrap().sampler(false), Sampler::default());
    }

    #[test]
    fn nonsense_is_a_sentence_with_the_field() {
        for (json, field) in [
            ("[]", "JSON object"),
            (r#"{"temperature": "warm"}"#, "temperature"),
            (r#"{"temperature": -1}"#, "temperature"),
            (r#"{"eos_token_id": -1}"#, "eos_token_id"),
            (r#"{"top_p": 7}"#, "top_p"),
            (r#"{"repetition_penalty": 0}"#, "repetition_penalty"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(field), "{json}: {error}");
        }
    }
}
