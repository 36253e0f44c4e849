//! Chat templates: from turns of a conversation to the text that a model was trained to see them as.
//!
//! A template is a Jinja program from somebody else. It is run as transformers runs it, with three bounds of our own:
//! fuel for what it computes and writes, a weight for every value it names, and a size for what it is given.
//! Simplification: text content only; no tools, no documents.

mod error;
mod files;
mod message;
mod methods;
mod rewrite;
mod scan;
mod strftime;
mod template;
mod tojson;
mod weigh;

#[cfg(test)]
mod tests;

pub use error::TemplateError;
pub use message::{Message, Role};
pub use template::Template;
