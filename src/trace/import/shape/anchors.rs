//! thought-anchors: a trace cut into sentences, each with its function, what it depends on and how much it matters.
//!
//! The sentences were cut off their trace without the space between them, so a space stands there again; their labels
//! become annotations over those bytes.

use super::{
    super::{draft::Draft, json},
    Object, said, text,
};
use crate::{task::court::RECORDED, trace::Span};
use serde_json::{Value, json as value};

pub(super) fn fits(object: &Object) -> bool {
    let chunks = said(object, "chunks").and_then(Value::as_array);
    chunks.and_then(|list| list.first()).is_some_and(is_chunk)
}

/// Whether a value is one sentence of such a trace.
pub(super) fn is_chunk(value: &Value) -> bool {
    value.get("chunk").is_some_and(Value::is_string) && !value.get("text").is_some_and(Value::is_string)
}

/// A trace with its problem.
pub(super) fn read(mut object: Object, _: &Object) -> Result<Vec<Draft>, String> {
    let list = object.remove("chunks");
    let list = list.as_ref().and_then(Value::as_array).map(Vec::as_slice);
    let mut drafts = chunks(list.unwrap_or_default())?;
    for draft in &mut drafts {
        draft.question = text(&object, "problem")
            .or_else(|| text(&object, "question"))
            .map(str::to_owned);
        draft.reference = said(&object, "gt_answer").cloned();
        let origin = said(&object, "source").cloned();
        draft.by(said(&object, "model"));
        if let Some(right) = said(&object, "base_is_correct").and_then(Value::as_bool) {
            let score = f64::from(u8::from(right));
            draft.judge(RECORDED, [(RECORDED.to_owned(), score)].into(), None);
        }
        draft
            .more
            .extend(origin.map(|origin| ("origin".to_owned(), origin)));
    }
    Ok(drafts)
}

/// The sentences alone, as `chunks_labeled.json` lists them.
pub(super) fn chunks(list: &[Value]) -> Result<Vec<Draft>, String> {
    let mut draft = Draft::new("thought-anchors");
    let (mut whole, mut skipped) = (String::new(), 0);
    let mut list: Vec<&Value> = list.iter().collect();
    // Where all of them have a number, that is their order.
    let number = |chunk: &Value| chunk.get("chunk_idx").and_then(json::count);
    if list.iter().all(|chunk| number(chunk).is_some()) {
        list.sort_by_key(|chunk| number(chunk));
    }
    for (index, chunk) in list.into_iter().enumerate() {
        let Some(sentence) = chunk.get("chunk").and_then(Value::as_str) else {
            skipped += 1;
            continue;
        };
        if !whole.is_empty()
            && !whole.ends_with(char::is_whitespace)
            && !sentence.starts_with(char::is_whitespace)
        {
            whole.push(' ');
        }
        let start = whole.len();
        whole.push_str(sentence);
        let mut label = chunk.as_object().cloned().unwrap_or_default();
        label.shift_remove("chunk");
        label.entry("chunk_idx").or_insert(value!(index));
        label.insert("span".to_owned(), value!(Span::new(start, whole.len())));
        label.insert("annotator".to_owned(), value!("thought-anchors"));
        draft.trace.annotations.push(Value::Object(label));
    }
    if whole.is_empty() {
        return Err("none of its chunks has a text".to_owned());
    }
    draft.trace.text = whole;
    if skipped > 0 {
        let remark = format!("{skipped} of its chunks have no text and are left out");
        draft.remarks.push(remark);
    }
    Ok(vec![draft])
}
