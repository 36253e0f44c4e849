//! Where answers and complaints go, and what the exit status says about them.

use crate::base::{file::is_same, json, sanitize};
use serde::Serialize;
use std::{
    fmt,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

/// Why a command did not succeed; the message is one sentence for a person.
#[derive(Debug)]
pub enum Failure {
    /// Bad usage or bad input: exit status 2.
    Input(String),
    /// The work itself failed: exit status 1.
    Work(String),
    /// Nobody reads the output any more; not worth a word.
    Closed,
}

impl Failure {
    /// The exit status of the program.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Failure::Input(_) => 2,
            Failure::Work(_) => 1,
            Failure::Closed => 0,
        }
    }

    /// Says why on standard error; nothing when nobody reads the output.
    pub fn tell(&self) {
        if !matches!(self, Failure::Closed) {
            complain(&self.to_string());
        }
    }

    /// A failure of bad input.
    pub fn input(reason: impl ToString) -> Self {
        Failure::Input(reason.to_string())
    }

    /// A failure of the work.
    pub fn work(reason: impl ToString) -> Self {
        Failure::Work(reason.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Input(sentence) | Failure::Work(sentence) => f.write_str(sentence),
            Failure::Closed => f.write_str("nobody reads the output"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Work(format!("the output could not be written: {error}")),
        }
    }
}

/// What a command ends with.
pub type Outcome = Result<(), Failure>;

/// Standard output, or the file named by `--out`.
pub struct Output(BufWriter<Box<dyn Write>>);

impl Output {
    /// Opens it.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let target: Box<dyn Write> = match path {
            None => Box::new(io::stdout()),
            Some(path) => Box::new(
                File::create(path)
                    .map_err(|e| Failure::work(format!("{} cannot be written: {e}", path.display())))?,
            ),
        };
        Ok(Self(BufWriter::new(target)))
    }

    /// One value as a line of JSON that no terminal obeys; readers get it at once.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn json(&mut self, value: &impl Serialize) -> Outcome {
        let line = json::to_line(value).map_err(Failure::work)?;
        writeln!(self.0, "{line}")?;
        Ok(self.0.flush()?)
    }

    /// Text for a person; newlines stay, everything else a terminal might obey does not.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn text(&mut self, text: &str) -> Outcome {
        write!(self.0, "{}", sanitize::lines(text))?;
        Ok(self.0.flush()?)
    }
}

/// What stands beside the results of a directory and is read with them.
const BESIDE: &str = "metadata.json";

/// Refuses to write into a file that is read: an output is empty before its input has been looked at. `option` names the
/// output, and the inputs may be directories or `-`.
///
/// # Errors
/// A sentence about the file.
pub fn apart<'a>(option: &str, output: Option<&Path>, inputs: impl IntoIterator<Item = &'a Path>) -> Outcome {
    let Some(output) = output else { return Ok(()) };
    let is_read = |input: &Path| {
        if input == Path::new("-") {
            return is_same(output, Path::new(STDIN));
        }
        match fs::read_dir(input) {
            Ok(entries) => entries.flatten().any(|entry| is_same(output, &entry.path())),
            Err(_) => is_same(output, input) || is_same(output, &input.with_file_name(BESIDE)),
        }
    };
    match inputs.into_iter().find(|input| is_read(input)) {
        None => Ok(()),
        Some(input) => Err(Failure::Input(format!(
            "{option} {} is a file that is read ({}), and writing into it would destroy it: name another one",
            output.display(),
            input.display()
        ))),
    }
}

/// The file, if it is one, that standard input comes from.
const STDIN: &str = "/dev/stdin";

/// Ends what a command does all along, and prints what is left, unless nobody reads any more. Of two failures the second is
/// told at once, and the first is how the command ends.
///
/// # Errors
/// That failure.
pub fn end(all: Outcome, rest: impl FnOnce() -> Outcome) -> Outcome {
    if matches!(all, Err(Failure::Closed)) {
        return all;
    }
    let rest = rest();
    if let (Err(_), Err(failure)) = (&all, &rest) {
        failure.tell();
    }
    all.and(rest)
}

/// Says something on standard error. If that is closed there is nobody to tell.
pub fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "backtrail: {}", sanitize::lines(text));
}
