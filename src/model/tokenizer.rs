//! x
/// x
pub struct Tokenizer;
