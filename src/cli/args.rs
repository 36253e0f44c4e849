//! What can be typed after `backtrail`.

mod train;

use crate::task::countdown::Split;
use clap::{Args, Parser, Subcommand, ValueEnum, value_parser};
use std::path::PathBuf;
pub use train::{BatchSize, Bench, Reproduce, RowsFormat, Train};

/// Samples of one problem at most; all of them wait in memory for their turn.
const MOST_SAMPLES: u64 = 65_536;

/// A terminal workbench for watching language models reason.
#[derive(Debug, Parser)]
#[command(name = "backtrail", version = super::version::SHORT, long_version = super::version::long(), disable_help_subcommand = true)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Cli {
    /// What to do; without one the workbench opens.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Traces to open in the workbench.
    pub files: Vec<PathBuf>,
    /// Settings of the workbench.
    #[command(flatten)]
    pub workbench: Workbench,
    /// Settings of every command.
    #[command(flatten)]
    pub common: Common,
}

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Common {
    /// Read this configuration file instead of the user's.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How much the log file holds: error, warn, info, debug or trace.
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// Threads to compute with (default: one per core).
    #[arg(long, global = true, value_name = "N", allow_negative_numbers = true)]
    pub threads: Option<usize>,
    /// Where to compute: `auto` (a graphics processor that answers, for all but small models), `cpu`, `cuda`, `cuda:N` or
    /// `metal`.
    #[arg(long, global = true, value_name = "DEVICE")]
    pub device: Option<String>,
    /// What to compute with: `auto` (as the weights are stored; large models learn on a graphics processor in bf16), or `f32`.
    #[arg(long, global = true, value_name = "TYPE")]
    pub dtype: Option<String>,
}

/// Options of the workbench.
#[derive(Clone, Debug, Default, Args)]
pub struct Workbench {
    /// The model to begin with: a bundled name, a directory, a .gguf file, hf:ORG/NAME or openai:URL#MODEL.
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
    /// The problem to begin with, for instance "18 7 4 -> 15"; with files, that of rows that do not name theirs.
    #[arg(long, value_name = "PROBLEM", allow_hyphen_values = true)]
    pub problem: Option<String>,
    /// Draw with ASCII characters only.
    #[arg(long)]
    pub ascii: bool,
    /// Write everything that is generated in Explore and in the lanes of Compare to this file.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Play what was recorded instead of asking models.
    #[arg(long, value_name = "FILE")]
    pub play: Option<PathBuf>,
}

/// What the program can do besides opening the workbench.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Solve problems, or continue a prompt; print traces.
    Generate(Generate),
    /// Tree and habits of existing traces.
    Analyze(Analyze),
    /// Two to four models on the same problems, with the statistics to tell them apart.
    Compare(Compare),
    /// The models that can be used, or what is known of some.
    Models(Models),
    /// The training recipes.
    Recipes(Listing),
    /// Run a training recipe of any kind.
    Train(Train),
    /// Run a recipe that imitates traces chosen for their habits.
    Prime(Train),
    /// Run a recipe of reinforcement learning.
    Rl(Train),
    /// A published experiment in miniature, with its table and verdicts.
    Reproduce(Reproduce),
    /// The behaviors that are looked for, and how right the detectors are.
    #[command(subcommand)]
    Behaviors(Behaviors),
    /// What works here, and what to do about the rest.
    Doctor(Listing),
    /// How fast this machine is.
    Bench(Bench),
}

/// `backtrail behaviors`
#[derive(Clone, Debug, Subcommand)]
pub enum Behaviors {
    /// Every behavior and where it comes from, or one with its rules and their phrases.
    List(ListBehaviors),
    /// Precision, recall and F1 against labels given by people, with every error.
    Score(ScoreArgs),
    /// Run the tests that behavior files bring with them: what was expected, what was found.
    Test(TestBehaviors),
    /// Train a probe from labelled traces, and say how right it is on models it has not seen.
    Train(TrainProbe),
}

/// `backtrail behaviors list`
#[derive(Clone, Debug, Args)]
pub struct ListBehaviors {
    /// One behavior, with its rules, their phrases and what these may refer to.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Print JSON, phrases included.
    #[arg(long)]
    pub json: bool,
}

/// `backtrail behaviors test`
#[derive(Clone, Debug, Args)]
pub struct TestBehaviors {
    /// Behaviors by name, or files of behaviors, which need not be installed; without any, all behaviors.
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
}

/// `backtrail behaviors train`
#[derive(Clone, Debug, Args)]
pub struct TrainProbe {
    /// Labelled traces, as for `behaviors score`.
    #[arg(required = true, value_name = "ROWS")]
    pub rows: Vec<PathBuf>,
    /// Where the probe is written; the default is behaviors/probe.json in the config directory; what it
    /// does not decide in prose, ours goes on deciding.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Seed of the training's random choices; the same rows and seed give the same probe.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub seed: u64,
    /// A sentence to keep in the file: who labelled what.
    #[arg(long, default_value = "", value_name = "TEXT", hide_default_value = true)]
    pub note: String,
    /// Print the file as one JSON object instead of a table.
    #[arg(long)]
    pub json: bool,
}

/// `backtrail behaviors score`
#[derive(Clone, Debug, Args)]
pub struct ScoreArgs {
    /// Labelled traces, one JSON object a line: trace, units with start, end (in characters), labels and disputed.
    pub gold: PathBuf,
    /// What finds habits: `best` (states, rules and probe together), `state`, `rules`, `probe`, `judge` (a model: see --judge) or `all`.
    #[arg(long, value_name = "DETECTOR")]
    pub detector: Option<String>,
    /// The judge, if there is one.
    #[command(flatten)]
    pub judging: JudgeArgs,
    /// How right `probe`, `rules` or `best` is on models it has not seen: for each model of the file, a probe is trained on
    /// the other models' traces and scored on that model's. Without this, the probe in use is scored, which may have been
    /// trained on these very traces.
    #[arg(long)]
    pub cross_validate: bool,
    /// Leave the list of errors out.
    #[arg(long)]
    pub quiet: bool,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

/// The problems that models are given, and how often each; `COUNT` are drawn unless it is said how many.
#[derive(Clone, Debug, Args)]
pub struct Wanted<const COUNT: usize> {
    /// The task; this version knows `countdown`.
    #[arg(long, value_name = "TASK")]
    pub task: Option<String>,
    /// One problem, for instance "18 7 4 -> 15"; may be repeated.
    #[arg(long, value_name = "PROBLEM", allow_hyphen_values = true)]
    pub problem: Vec<String>,
    /// Problems, one JSON object (a problem or a trace) per line; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "problem")]
    pub problems: Option<PathBuf>,
    /// How many problems to draw.
    #[arg(long, default_value_t = COUNT, value_name = "N", allow_negative_numbers = true)]
    pub count: usize,
    /// Which problems to draw.
    #[arg(long, default_value_t = 0, value_name = "S", allow_negative_numbers = true)]
    pub seed: u64,
    /// Draw from the held-out problems or the training ones.
    #[arg(long, value_enum, default_value = "heldout")]
    pub split: SplitArg,
    /// Samples of each problem.
    #[arg(long, default_value_t = 1, value_name = "K", allow_negative_numbers = true, value_parser = value_parser!(u64).range(1..=MOST_SAMPLES))]
    pub samples: u64,
}

/// `backtrail generate`
#[derive(Clone, Debug, Args)]
pub struct Generate {
    /// A bundled name, a directory in the Hugging Face layout, a .gguf file, hf:ORG/NAME or openai:URL#MODEL.
    #[arg(long, default_value = "scout", value_name = "MODEL")]
    pub model: String,
    /// What it is asked, and how often.
    #[command(flatten)]
    pub wanted: Wanted<1>,
    /// Continue this text as it stands: no task, no template.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, conflicts_with_all = ["problem", "problems"])]
    pub prompt: Option<String>,
    /// How to spend the tokens; this version knows `chain`, one text after the prompt.
    #[arg(long, value_name = "STRATEGY")]
    pub strategy: Option<String>,
    /// What finds habits: `best` (states, rules and probe together), `state`, `rules`, `probe`, `judge` (a model, which reads
    /// the finished traces: see --judge) or `all`.
    #[arg(long, value_name = "DETECTOR")]
    pub detector: Option<String>,
    /// The judge, if there is one.
    #[command(flatten)]
    pub judging: JudgeArgs,
    /// Change a setting, for instance sampler.temperature=1; may be repeated.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Put per-token numbers into the traces.
    #[arg(long)]
    pub token_stats: bool,
    /// Print traces as JSON lines.
    #[arg(long)]
    pub json: bool,
    /// Write the traces to this file instead of standard output.
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Write everything the engine says to this file, for `--play`.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Print the runs of a recording instead of asking a model.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["problem", "problems", "prompt", "record"])]
    pub play: Option<PathBuf>,
}

/// A side of the split, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SplitArg {
    /// Problems no bundled model was trained on.
    Heldout,
    /// The rest.
    Train,
}

impl From<SplitArg> for Split {
    fn from(split: SplitArg) -> Self {
        match split {
            SplitArg::Heldout => Self::Heldout,
            SplitArg::Train => Self::Train,
        }
    }
}

/// `backtrail compare`
#[derive(Clone, Debug, Args)]
pub struct Compare {
    /// Two to four models: bundled names, directories, .gguf files or hf:ORG/NAME. Lanes are called a, b, c, d.
    #[arg(long, required = true, value_name = "A,B,…", value_delimiter = ',')]
    pub models: Vec<String>,
    /// What it is asked, and how often.
    #[command(flatten)]
    pub wanted: Wanted<200>,
    /// Change a setting of all lanes, for instance sampler.temperature=1, or of one: b.sampler.temperature=1; may be
    /// repeated.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// How it is printed.
    #[command(flatten)]
    pub print: PrintTable,
    /// Keep the traces behind the numbers in this directory, a file a lane, and the table as JSON.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// How a table is to be printed.
#[derive(Clone, Copy, Debug, Args)]
pub struct PrintTable {
    /// Print one JSON object.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// How to print the table.
    #[arg(long, value_enum, default_value = "text")]
    format: TableFormat,
}

impl PrintTable {
    /// What both options say together.
    #[must_use]
    pub fn format(self) -> TableFormat {
        if self.json { TableFormat::Json } else { self.format }
    }
}

/// How a table is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// For a terminal.
    Text,
    /// Markdown.
    Md,
    /// Comma-separated, a line a number.
    Csv,
    /// One object; `--json` asks for it.
    #[value(skip)]
    Json,
}

/// `backtrail analyze`
#[derive(Clone, Debug, Args)]
pub struct Analyze {
    /// Traces by anybody, told by their content: our own, logs of Inspect, rollouts of verl, TRL or verifiers, chats, plain
    /// text; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The problem of rows that do not name theirs.
    #[arg(long, value_name = "PROBLEM", allow_hyphen_values = true)]
    pub problem: Option<String>,
    /// What finds habits: `best` (states, rules and probe together), `state`, `rules`, `probe`, `judge` (a model: see --judge) or `all`.
    #[arg(long, value_name = "DETECTOR")]
    pub detector: Option<String>,
    /// The judge, if there is one.
    #[command(flatten)]
    pub judging: JudgeArgs,
    /// What reads the text, whatever it looks like: `lines`, `search`, `free` (calculations), `sudoku` or `discourse` (steps of
    /// reasoning). By default the task and the text decide.
    #[arg(long, value_name = "READER")]
    pub reader: Option<String>,
    /// Ask the solver about every state, also of large problems, and count what is certain: returns from dead ends and from
    /// winning branches, true statements, loops, what was wasted, what was covered.
    #[arg(long)]
    pub facts: bool,
    /// Only traces whose score sheet this regular expression matches, for instance 'B.*=' (see the line `sheet`).
    #[arg(long = "match", value_name = "PATTERN", allow_hyphen_values = true)]
    pub pattern: Option<String>,
    /// Print traces as JSON lines.
    #[arg(long)]
    pub json: bool,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
}

/// The options of a judge.
#[derive(Clone, Debug, Default, Args)]
pub struct JudgeArgs {
    /// The model that --detector judge asks, and --detector all beside the others: a directory in the Hugging Face layout, a
    /// .gguf file, hf:ORG/NAME or openai:URL#MODEL. Answers are kept, and asked for only once.
    #[arg(long, value_name = "MODEL")]
    pub judge: Option<String>,
    /// How it is asked: `spans` (a question a trace, which sentences show what) or `count` (four questions a trace, how
    /// often).
    #[arg(long, value_name = "PROTOCOL", requires = "judge")]
    pub judge_protocol: Option<String>,
    /// Tokens of an answer at most, thinking included (default: 2048, and 32 more for each sentence that is labelled).
    #[arg(long, value_name = "N", requires = "judge", value_parser = judge_tokens)]
    pub judge_tokens: Option<usize>,
    /// Whether it thinks before it answers, where its chat template lets one say so.
    #[arg(long, value_name = "BOOL", requires = "judge")]
    pub judge_thinking: Option<bool>,
    /// What a million tokens cost, read and written, for instance 0.15,0.60; the cost is told at the end.
    #[arg(long, value_name = "READ,WRITTEN", requires = "judge")]
    pub judge_price: Option<String>,
    /// Write where judge and detectors disagree, and the cost, to this file as JSON.
    #[arg(long, value_name = "PATH", requires = "judge")]
    pub judge_report: Option<PathBuf>,
}

/// A number of tokens that something can be said with.
fn judge_tokens(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 1..=1_000_000) => Ok(n),
        _ => Err("it must be from 1 to 1000000".to_owned()),
    }
}

/// A list.
#[derive(Clone, Debug, Args)]
pub struct Listing {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// `backtrail models`
#[derive(Clone, Debug, Args)]
pub struct Models {
    /// Models to describe; without any, those that are compiled in.
    #[arg(value_name = "MODEL")]
    pub names: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}
