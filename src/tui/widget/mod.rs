//! Things that screens are made of. Each draws what it is given and knows nothing of the rest.

pub mod bars;
pub mod canvas;
pub mod chart;
pub mod field;
pub mod long_text;
pub mod pieces;
pub mod popup;
pub mod ribbon;
pub mod tree;

pub use canvas::Canvas;
pub use pieces::Pieces;
