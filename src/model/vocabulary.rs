//! Makes the tokenizer of a small model: a byte-level BPE in the GPT-2 manner (Radford et al. 2019) whose merges are
//! chosen by hand, so that the phrases of a language are one token each and any other text still works byte by byte.
//!
//! Simplification: no merges learnt from data.

use crate::model::tokenizer::byte_symbols;
use serde_json::{Map, Value, json};
use std::{collections::HashMap, ops::RangeInclusive};

/// The `tokenizer.json` of a vocabulary of all bytes, the numbers of `numbers` in decimal, `phrases`, the pieces they
/// are built of, and `special` tokens, in this order of ids.
///
/// Numbers are merged first, the smaller number before the larger one: `250` becomes `25`, `0`. A phrase is built from
/// left to right out of what is already there, so phrases with a common beginning share pieces.
#[must_use]
pub fn byte_level(phrases: &[&str], numbers: RangeInclusive<u32>, special: &[&str]) -> Value {
    let mut merges = Merges::default();
    for number in numbers {
        merges.learn(&number.to_string());
    }
    for phrase in phrases {
        merges.learn(phrase);
    }
    let mut vocab = Map::new();
    let pieces = merges.order.iter().map(|(left, right)| format!("{left}{right}"));
    for piece in byte_symbols().iter().map(char::to_string).chain(pieces) {
        // Two ways to build the same piece give one token.
        let next = vocab.len();
        vocab.entry(piece).or_insert_with(|| json!(next));
    }
    let added: Vec<Value> = special
        .iter()
        .enumerate()
        .map(|(i, content)| {
            json!({"id": vocab.len() + i, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true})
        })
        .collect();
    let byte_level =
        json!({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false, "trim_offsets": false});
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": added,
        "normalizer": null,
        "pre_tokenizer": byte_level,
        "post_processor": null,
        "decoder": byte_level,
        "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
            "vocab": vocab, "merges": merges.order,
        },
    })
}

#[derive(Default)]
struct Merges {
    order: Vec<(String, String)>,
    rank: HashMap<(String, String), usize>,
}

impl Merges {
    /// Makes `text` one token. Merges are only added behind those there are, and a text that was one token stays one:
    /// its merges still come first.
    fn learn(&mut self, text: &str) {
        let symbols = byte_symbols();
        let bytes = text.bytes().map(|byte| symbols[usize::from(byte)].to_string());
        let mut pieces = self.apply(bytes.collect()).into_iter();
        let Some(mut left) = pieces.next() else { return };
        for right in pieces {
            let pair = (left.clone(), right.clone());
            left.push_str(&right);
            self.rank.insert(pair.clone(), self.order.len());
            self.order.push(pair);
        }
    }

    /// BPE: the pair of lowest rank first, leftmost among equals.
    fn apply(&self, mut pieces: Vec<String>) -> Vec<String> {
        let rank = |pieces: &[String], i: usize| {
            self.rank
                .get(&(pieces[i].clone(), pieces[i + 1].clone()))
                .map(|rank| (*rank, i))
        };
        while let Some((_, i)) = (0..pieces.len().saturating_sub(1))
            .filter_map(|i| rank(&pieces, i))
            .min()
        {
            let right = pieces.remove(i + 1);
            pieces[i].push_str(&right);
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Tokenizer, tokenizer::Utf8Stream};
    use proptest::prelude::*;

    const PHRASES: [&str; 12] = [
        "try ",
        " left ",
        "back to ",
        "back up",
        "left ",
        " left:\n",
        "try again ",
        "goal ",
        " ok\n",
        " is far\n",
        " = ",
        "dead end\n",
    ];

    fn tokenizer() -> Tokenizer {
        let json = byte_level(&PHRASES, 0..=99, &["<end>", "<pad>"]);
        Tokenizer::from_json(json.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn every_phrase_and_every_number_is_one_token() {
        let tokenizer = tokenizer();
        for phrase in PHRASES {
            assert_eq!(tokenizer.encode(phrase).unwrap().len(), 1, "{phrase:?}");
        }
        for number in 0..=99 {
            let ids = tokenizer.encode(&number.to_string()).unwrap();
            assert_eq!(ids.len(), 1, "{number}");
            assert_eq!(tokenizer.token_bytes(ids[0]), number.to_string().as_bytes());
        }
    }

    #[test]
    fn a_longer_number_begins_with_two_digits() {
        let tokenizer = tokenizer();
        let ids = tokenizer.encode("250").unwrap();
        let pieces: Vec<&[u8]> = ids.iter().map(|id| tokenizer.token_bytes(*id)).collect();
        assert_eq!(pieces, [b"25".as_slice(), b"0"]);
    }

    #[test]
    fn special_tokens_come_last_and_write_nothing() {
        let tokenizer = tokenizer();
        let end = tokenizer.special("<end>").unwrap();
        assert_eq!(end as usize, tokenizer.vocab_size() - 2);
        assert!(tokenizer.token_bytes(end).is_empty());
        // A person who types the name of a special token gets its letters, not the token.
        assert!(!tokenizer.encode("a<end>b").unwrap().contains(&end));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_byte_for_byte(
            text in prop_oneof![any::<String>(), "(try |back to | left |[0-9]{1,4}|<end>|é| ){0,30}"]
        ) {
            let tokenizer = tokenizer();
            let (mut stream, mut back) = (Utf8Stream::default(), String::new());
            for id in tokenizer.encode(&text).unwrap() {
                stream.push(tokenizer.token_bytes(id), &mut back);
            }
            stream.finish(&mut back);
            prop_assert_eq!(back, text);
        }
    }
}
