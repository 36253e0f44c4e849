//! Keys that mean nothing, found before anything else is said about a recipe: who mistyped a required key is told so, and
//! not that it is missing.

use super::{AdamW, Data, File, Recipe, RecipeError, Rl, Sampler, Sizes, Stage, Stop};
use crate::base::nearest::unknown;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, Visitor, value::Error},
    forward_to_deserialize_any,
};
use toml::de::{DeTable, DeValue};

/// The first key of `file` that no recipe has.
pub(super) fn check(file: &File) -> Result<(), RecipeError> {
    // What is no TOML is somebody else's complaint.
    let Ok(recipe) = DeTable::parse(&file.text) else {
        return Ok(());
    };
    let recipe = recipe.into_inner();
    let mut found: Vec<(usize, String)> = strangers(&recipe, keys::<Recipe>()).collect();
    for (key, value) in &recipe {
        let known = match key.get_ref().as_ref() {
            "model" => keys::<Sizes>(),
            "optimizer" => keys::<AdamW>(),
            "sampler" => keys::<Sampler>(),
            "stage" => keys::<Stage>(),
            "data" => keys::<Data>(),
            "rl" => keys::<Rl>(),
            "stop" => keys::<Stop>(),
            _ => continue,
        };
        match value.get_ref() {
            DeValue::Table(table) => found.extend(strangers(table, known)),
            DeValue::Array(list) => {
                let tables = list.iter().filter_map(|value| value.get_ref().as_table());
                found.extend(tables.flat_map(|table| strangers(table, known)));
            }
            _ => {}
        }
    }
    match found.into_iter().min() {
        None => Ok(()),
        Some((start, what)) => Err(RecipeError::Content {
            place: file.line(start),
            what,
        }),
    }
}

/// The keys of a table that are not `known`: where they stand, and a sentence.
fn strangers(table: &DeTable<'_>, known: &'static [&'static str]) -> impl Iterator<Item = (usize, String)> {
    table
        .keys()
        .filter(move |key| !known.contains(&key.get_ref().as_ref()))
        .map(move |key| (key.span().start, unknown("key", key.get_ref(), known)))
}

/// The keys that serde reads into a `T`.
fn keys<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    let mut keys: &'static [&'static str] = &[];
    // It fails in any case: nothing is read, the question is only what would be.
    let _ = T::deserialize(Question(&mut keys));
    keys
}

/// A deserializer that only listens which fields it is asked for.
struct Question<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Question<'_> {
    type Error = Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        Err(Error::custom("only asked"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("only asked"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
