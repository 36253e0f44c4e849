//! A whole log in one JSON object.

use super::{super::draft::Draft, super::shape::Object, sample};
use serde_json::Value;

/// Whether an object begins as a log does.
pub(in crate::trace::import) fn fits(object: &Object) -> bool {
    object.get("eval").is_some_and(Value::is_object)
        && (object.contains_key("version") || object.contains_key("samples"))
}

/// Its samples.
pub(in crate::trace::import) fn read(mut object: Object, _: &Object) -> Result<Vec<Draft>, String> {
    let Some(Value::Array(samples)) = object.remove("samples").filter(|samples| !samples.is_null()) else {
        return Err(empty(&object));
    };
    let mut drafts = Vec::new();
    for value in samples {
        let Value::Object(one) = value else {
            return Err("one of its samples is no object".to_owned());
        };
        drafts.extend(sample::read(one, &object)?);
    }
    Ok(drafts)
}

/// The sentence about a log without samples.
pub(in crate::trace::import) fn empty(log: &Object) -> String {
    let status = log.get("status").and_then(Value::as_str).unwrap_or("unknown");
    let why = log
        .get("error")
        .and_then(|error| error.get("message"))
        .and_then(Value::as_str);
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    format!("this Inspect log (status {status}) holds no samples{why}")
}
