//! A whole log in one JSON object: its samples are rows, and the rest is said of all of them.

use super::super::shape::Object;
use serde_json::Value;

/// Whether an object begins as a log does.
pub(in crate::trace::import) fn fits(object: &Object) -> bool {
    object.get("eval").is_some_and(Value::is_object)
        && (object.contains_key("version") || object.contains_key("samples"))
        && !object.contains_key("text")
}

/// The sentence about a log without samples.
pub(in crate::trace::import) fn empty(log: &Object) -> String {
    // What a log begins with says nothing of that.
    let Some(status) = log.get("status").and_then(Value::as_str) else {
        return "this Inspect log was not closed (it has just begun, or its run was broken off) and holds no samples yet".to_owned();
    };
    let why = log
        .get("error")
        .and_then(|error| error.get("message"))
        .and_then(Value::as_str);
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    format!("this Inspect log (status {status}) holds no samples{why}")
}
