//! Long texts that stand elsewhere in a sample and are referred to.

use crate::base::words::counted;
use serde_json::{Map, Value};

/// What a reference begins with; a hash, or in large samples a number, follows.
const PROTOCOL: &str = "attachment://";
/// What all references of a sample may come to: a short text can refer to a long one very often.
const MOST: usize = 256 << 20;

/// The texts by name.
#[derive(Debug, Default)]
pub(super) struct Attachments {
    texts: Map<String, Value>,
    left: usize,
    /// References to nothing.
    missing: usize,
}

impl Attachments {
    /// Those of a sample, as an object by hash or a list by number.
    pub(super) fn new(value: Option<Value>) -> Self {
        let texts = match value {
            Some(Value::Object(texts)) => texts,
            Some(Value::Array(texts)) => (0..)
                .zip(texts)
                .map(|(i, text): (usize, _)| (i.to_string(), text))
                .collect(),
            _ => Map::new(),
        };
        Self {
            texts,
            left: MOST,
            missing: 0,
        }
    }

    /// What is said of references to nothing, when there were any.
    pub(super) fn lacks(&self) -> Option<String> {
        (self.missing > 0).then(|| {
            format!(
                "its text lacks {}, which the log does not have",
                counted(self.missing, "attachment")
            )
        })
    }

    /// Puts the texts where they are referred to. References to nothing stay.
    ///
    /// # Errors
    /// When that would be too much text.
    pub(super) fn resolve(&mut self, value: &mut Value) -> Result<(), String> {
        match value {
            Value::String(text) if text.contains(PROTOCOL) => *text = self.text(text)?,
            Value::Array(list) => list.iter_mut().try_for_each(|value| self.resolve(value))?,
            Value::Object(object) => object.values_mut().try_for_each(|value| self.resolve(value))?,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<String, String> {
        let mut pieces = text.split(PROTOCOL);
        let mut whole = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let end = piece
                .find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(piece.len());
            let (name, rest) = piece.split_at(end);
            match self.texts.get(name).and_then(Value::as_str) {
                Some(attached) => {
                    self.left = self.left.checked_sub(attached.len()).ok_or_else(|| {
                        format!("its attachments come to more than {} MiB of text", MOST >> 20)
                    })?;
                    whole.push_str(attached);
                }
                None => {
                    self.missing += 1;
                    whole.push_str(PROTOCOL);
                    whole.push_str(name);
                }
            }
            whole.push_str(rest);
        }
        Ok(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_are_replaced_wherever_they_stand() {
        let mut value = json!([{"a": "attachment://ab1"}, "x attachment://ab1, attachment://none y", 3]);
        let mut attachments = Attachments::new(Some(json!({"ab1": "long"})));
        attachments.resolve(&mut value).unwrap();
        assert_eq!(
            attachments.lacks().as_deref(),
            Some("its text lacks 1 attachment, which the log does not have")
        );
        assert_eq!(value, json!([{"a": "long"}, "x long, attachment://none y", 3]));
        let mut value = json!("attachment://1");
        Attachments::new(Some(json!(["zero", "one"])))
            .resolve(&mut value)
            .unwrap();
        assert_eq!(value, "one");
    }

    #[test]
    fn a_text_that_is_referred_to_too_often_is_refused() {
        let mut value = json!(vec!["attachment://a"; 300]);
        let mut attachments = Attachments::new(Some(json!({"a": "x".repeat(1 << 20)})));
        let refusal = attachments.resolve(&mut value).unwrap_err();
        assert!(refusal.contains("more than 256 MiB"), "{refusal}");
    }
}
