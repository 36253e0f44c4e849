//! What can be typed after `backtrail train`, `prime`, `rl`, `reproduce` and `bench`.

use super::PrintTable;
use clap::{Args, ValueEnum, value_parser};
use std::{fmt, path::PathBuf, str::FromStr};

/// `backtrail train`
#[derive(Clone, Debug, Args)]
pub struct Train {
    /// A recipe: a name from `backtrail recipes`, or a file. Not needed with --resume.
    pub recipe: Option<String>,
    /// The run directory (default: under the data directory).
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on from the last checkpoint of the run directory.
    #[arg(long)]
    pub resume: bool,
    /// Change a recipe key, for instance stage.0.tokens=1000000; may be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Write the rows that a recipe of kind `prime` imitates to this file (`-`: standard output), and train nothing.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "resume", "json"], requires = "recipe")]
    pub rows: Option<PathBuf>,
    /// How those rows are written.
    #[arg(long, value_enum, default_value = "trl", requires = "rows")]
    pub rows_format: RowsFormat,
    /// Print metrics as JSON lines.
    #[arg(long)]
    pub json: bool,
}

/// How the rows of a priming set are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RowsFormat {
    /// `prompt` and `completion`, as TRL reads them.
    #[default]
    Trl,
    /// `query` and `completion`, as the code of Gandhi et al. reads them.
    Query,
}

/// `backtrail reproduce`
#[derive(Clone, Debug, Args)]
pub struct Reproduce {
    /// The experiment; this version knows `four-habits`.
    pub name: String,
    /// Fewer conditions and steps: minutes instead of an hour.
    #[arg(long)]
    pub quick: bool,
    /// Also the variant that rewards a right answer only when every statement of its trace is true; without --quick it is
    /// always made.
    #[arg(long)]
    pub gated: bool,
    /// Training seeds of each condition.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = value_parser!(u64).range(1..=100))]
    pub seeds: u64,
    /// The first of them; with another one and `--set eval_first=500` nothing that was looked at before is used.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = value_parser!(u64).range(0..=1_000_000))]
    pub first_seed: u64,
    /// Where every run is kept (default: under the data directory). Runs that are there already are not made again.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Change a key of the recipe that all conditions learn by, for instance steps=30, or of the one they are primed by:
    /// prime.data.size=800; may be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// How it is printed.
    #[command(flatten)]
    pub print: PrintTable,
}

/// `backtrail bench`
#[derive(Clone, Debug, Args)]
pub struct Bench {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Shorter and rougher.
    #[arg(long)]
    pub quick: bool,
    /// How fast this model generates, and nothing else: a .gguf file, or a directory in the Hugging Face layout; it needs
    /// no tokenizer.
    #[arg(long, value_name = "PATH")]
    pub model: Option<PathBuf>,
    /// How fast a model of that shape is trained instead, with so many sequences of so many random tokens a step: 8x1024.
    #[arg(long, value_name = "ROWSxTOKENS", requires = "model")]
    pub train: Option<BatchSize>,
}

/// Sequences of a step, all of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSize {
    /// Sequences.
    pub rows: usize,
    /// Tokens of each.
    pub tokens: usize,
}

impl fmt::Display for BatchSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.rows, self.tokens)
    }
}

impl FromStr for BatchSize {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sizes = text
            .split_once('x')
            .map(|(rows, tokens)| (rows.parse(), tokens.parse()));
        match sizes {
            Some((Ok(rows @ 1..=65_536), Ok(tokens @ 16..=65_536))) => Ok(Self { rows, tokens }),
            _ => Err(
                "it must be rows and tokens, for instance 8x1024; at least 1x16, at most 65536x65536"
                    .to_owned(),
            ),
        }
    }
}
