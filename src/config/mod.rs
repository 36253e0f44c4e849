//! Settings, paths and recipes as files: layers, defaults, and a sentence for whatever is wrong in them.

pub mod file;
pub mod paths;
pub mod recipe;
pub mod recipes;
pub mod set;
pub mod settings;

pub use file::File;
pub use paths::Paths;
pub use recipe::{Kind, Recipe, RecipeError};
pub use set::{Override, SetError};
pub use settings::{Settings, Source, Warning};
