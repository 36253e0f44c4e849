//! The loop: waits for keys, messages, signals or the next frame; changes the state; draws when it changed.

use super::{
    clipboard,
    pacer::{FramePacer, Urgency},
    terminal::Screen,
};
use crate::tui::{
    app::{App, Effect, Msg, Notice, train, update},
    screen,
    theme::Look,
};
use crossterm::event::{Event, EventStream, MouseButton, MouseEventKind};
use futures_util::StreamExt;
use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc::Receiver,
};

/// Messages taken in before the frame's turn comes.
const TURN: usize = 64;

/// How often what another process writes is looked at.
const WATCH: Duration = Duration::from_secs(1);

/// Whoever performs what the screen wants done and is not the terminal's own. Never blocks; answers come as messages.
pub trait Driver {
    /// Performs one effect.
    fn perform(&mut self, effect: Effect);
}

/// What the workbench begins with.
#[derive(Debug)]
pub struct Start {
    /// The state; its size is taken from the terminal.
    pub app: App,
    /// Colours and glyphs.
    pub look: Look,
    /// Frames a second at most while text streams.
    pub max_fps: u32,
}

/// Why the workbench could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no terminal.
    #[error("the workbench needs a terminal; `backtrail generate` and the other commands work without one")]
    NoTerminal,
    /// The terminal failed.
    #[error("the terminal could not be used: {0}")]
    Terminal(#[from] io::Error),
}

/// Shows the workbench until the person leaves. Whatever ends it, the terminal is given back.
///
/// # Errors
/// When there is no terminal or it fails.
pub fn run(start: Start, driver: &mut dyn Driver, inbox: Receiver<Msg>) -> Result<(), Error> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Error::NoTerminal);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Heard from before the terminal is taken: whoever ends us meanwhile gets it back too.
        let signals = Signals::listen()?;
        Shell::enter(start, driver, inbox)?.work(signals).await
    })
}

struct Shell<'a> {
    app: App,
    look: Look,
    driver: &'a mut dyn Driver,
    inbox: Receiver<Msg>,
    screen: Screen,
    pacer: FramePacer,
    /// When to look again at what another process writes; none while nobody looks at such a thing.
    alarm: Option<Instant>,
    began: Instant,
    leaving: bool,
}

impl<'a> Shell<'a> {
    fn enter(start: Start, driver: &'a mut dyn Driver, inbox: Receiver<Msg>) -> Result<Self, Error> {
        let screen = Screen::enter(start.app.mouse)?;
        let Start {
            mut app,
            look,
            max_fps,
        } = start;
        app.size = screen.size()?;
        Ok(Self {
            app,
            look,
            driver,
            inbox,
            screen,
            pacer: FramePacer::new(max_fps),
            alarm: None,
            began: Instant::now(),
            leaving: false,
        })
    }

    async fn work(mut self, mut signals: Signals) -> Result<(), Error> {
        let mut keys = EventStream::new();
        // Once nobody is left to send, the inbox is not asked again.
        let mut listening = true;
        self.draw()?;
        while !self.leaving {
            let deadline = self.pacer.deadline().into_iter().chain(self.alarm).min();
            let deadline = deadline.map(tokio::time::Instant::from_std);
            tokio::select! {
                event = keys.next() => match event {
                    Some(event) => self.input(event?)?,
                    // The terminal is gone.
                    None => break,
                },
                msg = self.inbox.recv(), if listening => match msg {
                    Some(msg) => self.take(msg)?,
                    None => listening = false,
                },
                _ = signals.terminate.recv() => break,
                _ = signals.interrupt.recv() => break,
                _ = signals.hang_up.recv() => break,
                _ = signals.stop.recv() => self.suspend()?,
                () = tokio::time::sleep_until(deadline.unwrap_or_else(tokio::time::Instant::now)),
                    if deadline.is_some() => {}
            }
            if self.alarm.is_some_and(|alarm| alarm <= Instant::now()) {
                self.alarm = None;
                self.hear(Msg::Alarm, Urgency::Stream)?;
            }
            if self.pacer.is_due(Instant::now()) {
                self.draw()?;
            }
        }
        // Whatever ended the loop, nothing goes on generating for nobody.
        self.app.stop();
        Ok(())
    }

    /// A key, the mouse, a paste, a new size.
    fn input(&mut self, event: Event) -> Result<(), Error> {
        let msg = match event {
            Event::Key(key) => Msg::Key(key),
            Event::Paste(text) => Msg::Paste(text),
            Event::Resize(columns, rows) => {
                self.screen.resized();
                Msg::Resize(columns, rows)
            }
            Event::Mouse(mouse) if is_meant(mouse.kind) => Msg::Mouse(mouse),
            Event::FocusGained | Event::FocusLost | Event::Mouse(_) => return Ok(()),
        };
        self.hear(msg, Urgency::Input)
    }

    /// This message and those that wait behind it, up to a turn's worth.
    fn take(&mut self, msg: Msg) -> Result<(), Error> {
        self.hear(msg, Urgency::Stream)?;
        for _ in 1..TURN {
            match self.inbox.try_recv() {
                Ok(msg) => self.hear(msg, Urgency::Stream)?,
                Err(_) => break,
            }
        }
        Ok(())
    }

    fn hear(&mut self, msg: Msg, urgency: Urgency) -> Result<(), Error> {
        let now = Instant::now();
        update(&mut self.app, Msg::Clock(now.duration_since(self.began)));
        for effect in update(&mut self.app, msg) {
            self.perform(effect)?;
        }
        if self.app.take_dirty() {
            self.pacer.request(now, urgency);
        }
        let watches = train::is_watching(&self.app);
        self.alarm = watches.then(|| self.alarm.unwrap_or(now + WATCH));
        Ok(())
    }

    fn perform(&mut self, effect: Effect) -> Result<(), Error> {
        match effect {
            Effect::Copy(text) => {
                if let Err(error) = clipboard::copy(self.screen.out(), &text) {
                    self.app
                        .say(Notice::error(format!("The terminal took no copy: {error}.")));
                }
            }
            Effect::Stop(cancel) => cancel.cancel(),
            Effect::Suspend => self.suspend()?,
            Effect::Redraw => self.screen.resized(),
            Effect::Quit => self.leaving = true,
            other => self.driver.perform(other),
        }
        Ok(())
    }

    fn suspend(&mut self) -> Result<(), Error> {
        self.screen.suspend()?;
        self.app.size = self.screen.size()?;
        self.pacer.request(Instant::now(), Urgency::Input);
        Ok(())
    }

    fn draw(&mut self) -> Result<(), Error> {
        self.app.settle();
        let (app, look) = (&self.app, &self.look);
        self.screen.draw(|buffer| screen::draw(app, look, buffer))?;
        self.pacer.drawn(Instant::now());
        if self.app.is_seeking() {
            self.pacer.request(Instant::now(), Urgency::Stream);
        }
        Ok(())
    }
}

/// What a person does with the mouse on purpose; moving it about is nothing.
fn is_meant(kind: MouseEventKind) -> bool {
    use MouseEventKind::{Down, Drag, ScrollDown, ScrollUp, Up};
    matches!(
        kind,
        Down(MouseButton::Left) | Drag(MouseButton::Left) | Up(_) | ScrollDown | ScrollUp
    )
}

/// What the system tells us.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
    /// The stop signal of job control; sent from elsewhere, for in raw mode ctrl-z is a key like any other.
    stop: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
            stop: signal(SignalKind::from_raw(libc::SIGTSTP))?,
        })
    }
}
