//! The template itself: compiled once, rendered for each conversation.

use super::error::Raised;
use super::rewrite::{self, WEIGH};
use super::weigh::{room, weigh};
use super::{Message, Role, TemplateError, files, methods, strftime, tojson};
use jiff::civil::Date;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Rest, ValueOrKwargs};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

/// The one template in its environment.
const NAME: &str = "chat_template";
/// Longest conversation, in bytes: a million tokens.
const LONGEST: usize = 4 << 20;
/// Marks where the model goes on. The blank at its end tells whether the template trims what is said.
const MARK: &str = "BACKTRAIL_GOES_ON_HERE ";

/// A compiled chat template with the special tokens of its model. Cloning is cheap.
#[derive(Clone)]
pub struct Template(Arc<Inner>);

struct Inner {
    env: Environment<'static>,
    source: String,
    specials: BTreeMap<String, String>,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template")
            .field("bytes", &self.0.source.len())
            .field("specials", &self.0.specials)
            .finish()
    }
}

impl Template {
    /// From the contents of `tokenizer_config.json` and `chat_template.jinja`, of which the second wins.
    /// `None`: there is no template, so this is a base model that gets a plain prompt.
    ///
    /// # Errors
    /// [`TemplateError`] when a file is damaged or the template cannot be read.
    pub fn from_files(
        tokenizer_config: Option<&[u8]>,
        jinja: Option<&[u8]>,
    ) -> Result<Option<Self>, TemplateError> {
        let (source, specials) = files::read(tokenizer_config, jinja)?;
        source.map(|source| Self::new(&source, specials)).transpose()
    }

    /// From a Jinja source and the special tokens by name (`bos_token`, `eos_token`, ...).
    ///
    /// # Errors
    /// [`TemplateError::Syntax`] and [`TemplateError::TooLong`].
    pub fn new(source: &str, specials: BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let rewritten = rewrite::rewrite(source)?;
        let mut env = environment();
        guarded(|| env.add_template_owned(NAME, rewritten)).map_err(|e| TemplateError::syntax(&e))?;
        Ok(Self(Arc::new(Inner {
            env,
            source: source.to_owned(),
            specials,
        })))
    }

    /// The text before the model's answer. If the last message is the assistant's, it is left open to be continued,
    /// as transformers does with `continue_final_message`; else the model is asked to begin its turn.
    ///
    /// `thinking` sets `enable_thinking`, `None` leaves it to the template. `today` is what `strftime_now` writes.
    /// Templates of reasoning models rewrite thoughts in an assistant's turn. To go on from text that the model itself
    /// wrote, render the turns before it and append that text.
    ///
    /// # Errors
    /// [`TemplateError`] when the template refuses the conversation, fails, or does not come to an end.
    pub fn render(
        &self,
        messages: &[Message],
        thinking: Option<bool>,
        today: Date,
    ) -> Result<String, TemplateError> {
        let last = messages.last().ok_or(TemplateError::NoMessages)?;
        let bytes = messages
            .iter()
            .map(|message| message.content.len())
            .sum::<usize>();
        if bytes > LONGEST {
            return Err(TemplateError::LongConversation(bytes, LONGEST));
        }
        let continued = (last.role == Role::Assistant).then_some(last.content.as_str());
        let context = self.context(messages, continued.is_some(), thinking, today);
        let mut env = self.0.env.clone();
        env.set_fuel(Some(fuel(messages.len() as u64, bytes as u64)));
        let text =
            guarded(|| env.get_template(NAME)?.render(context)).map_err(|e| TemplateError::running(&e))?;
        match continued {
            Some(said) => cut(text, said),
            None => Ok(text),
        }
    }

    /// Whether `thinking` makes a difference: the source mentions `enable_thinking`.
    #[must_use]
    pub fn can_switch_thinking(&self) -> bool {
        self.0.source.contains("enable_thinking")
    }

    /// Whether it writes the begin-of-text token itself, so that none is to be put before. (transformers never does.)
    #[must_use]
    pub fn writes_bos(&self) -> bool {
        let literal = self.0.specials.get("bos_token").filter(|token| !token.is_empty());
        self.0.source.contains("bos_token") || literal.is_some_and(|token| self.0.source.contains(token))
    }

    /// The Jinja source as it was given.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// What a template sees, by name.
    fn context(&self, messages: &[Message], continued: bool, thinking: Option<bool>, today: Date) -> Value {
        let last = messages.len().saturating_sub(1);
        let turns = messages.iter().enumerate().map(|(at, message)| {
            let mut content = message.content.clone();
            if continued && at == last {
                content.push_str(MARK);
            }
            Value::from_pairs([
                ("role", Value::from(message.role.name())),
                ("content", Value::from(content)),
            ])
        });
        let mut names: BTreeMap<String, Value> = BTreeMap::new();
        names.extend(
            self.0
                .specials
                .iter()
                .map(|(name, token)| (name.clone(), Value::from(token.as_str()))),
        );
        let room = room(messages);
        let weigh = move |state: &State<'_, '_>, values: Rest<Value>| -> Result<(), Error> {
            values.iter().try_for_each(|value| weigh(state, value, room))
        };
        let now = move |format: String| strftime::strftime(today, &format);
        let fixed = [
            ("messages", turns.collect::<Vec<_>>().into()),
            ("tools", Value::from(())),
            ("documents", Value::from(())),
            ("add_generation_prompt", Value::from(!continued)),
            ("strftime_now", Value::from_function(now)),
            (WEIGH, Value::from_function(weigh)),
        ];
        names.extend(fixed.map(|(name, value)| (name.to_owned(), value)));
        names.extend(thinking.map(|on| ("enable_thinking".to_owned(), Value::from(on))));
        Value::from(names)
    }
}

/// Jinja as transformers sets it up.
fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    // The delimiters are the usual ones, so this cannot fail.
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        env.set_syntax(syntax);
    }
    env.set_auto_escape_callback(|_| AutoEscape::None);
    methods::register(&mut env);
    env.add_filter("tojson", tojson::tojson);
    env.add_filter("map", map);
    env.add_function("raise_exception", |message: Value| -> Result<Value, Error> {
        let raised = Raised(message.to_string());
        Err(Error::new(ErrorKind::InvalidOperation, "raised by the template").with_source(raised))
    });
    env
}

/// Steps of one rendering, several times what real templates take. A step pays for 64 bytes, so this also bounds what is
/// written: to 4 MB for a short conversation, to 320 MB for any. Some templates look back from each message to all those
/// before, hence the products.
fn fuel(messages: u64, bytes: u64) -> u64 {
    // More messages than that end at the upper bound anyway.
    let messages = messages.min(10_000);
    let steps = 50_000 + messages * (1000 + 16 * messages) + bytes / 2 + bytes * messages / 16;
    steps.min(5_000_000)
}

/// Runs what a foreign source drives, so that a fault of the engine becomes an error of the template.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Error::new(
            ErrorKind::InvalidOperation,
            "the template engine broke down",
        ))
    })
}

/// minijinja's `map`, whose result is weighed: it can repeat one value for each item of a list.
fn map(state: &mut State<'_, '_>, value: Value, args: Rest<ValueOrKwargs>) -> Result<Value, Error> {
    let mapped = Value::from(minijinja::filters::map(state, value, args)?);
    match state.lookup(WEIGH) {
        Some(weigh) => drop(weigh.call(state, std::slice::from_ref(&mapped))?),
        // Not in sight inside of a macro that names nothing.
        None => weigh(state, &mapped, LONGEST)?,
    }
    Ok(mapped)
}

/// Ends `text` where the last turn ended, which must be in it once and as it was said.
fn cut(mut text: String, said: &str) -> Result<String, TemplateError> {
    let end = text.rfind(MARK.trim_end()).ok_or(TemplateError::NotContinued)?;
    let kept = text.get(end..).is_some_and(|rest| rest.starts_with(MARK));
    if !text.contains(methods::strip(said, None, true, true)) {
        return Err(TemplateError::NotContinued);
    }
    text.truncate(end);
    // A second mark would become part of what the model reads.
    if text.contains(MARK.trim_end()) {
        return Err(TemplateError::NotContinued);
    }
    if !kept {
        // The template trims what is said: what was blank at the end would be gone without the mark, too.
        let length = methods::strip(&text, None, false, true).len();
        text.truncate(length);
    }
    Ok(text)
}
