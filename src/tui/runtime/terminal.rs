//! The terminal, taken and given back as a pair, whatever ends the program.

use crossterm::{
    cursor,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste},
    execute,
    style::Print,
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode,
    },
};
use ratatui::{Terminal, backend::CrosstermBackend, buffer::Buffer, layout::Position};
use std::{
    io::{self, BufWriter, Stdout, Write},
    panic, process, thread,
};

type Out = BufWriter<Stdout>;

/// Asks for clicks, drags and the wheel, with places written in decimals. Crossterm's own command asks for every move of
/// the pointer too, which would wake an idle workbench.
const LISTEN_TO_MOUSE: &str = "\x1b[?1000h\x1b[?1002h\x1b[?1006h";

/// The screen while it is ours.
pub struct Screen {
    /// Whether the mouse is ours too.
    mouse: bool,
    terminal: Terminal<CrosstermBackend<Out>>,
    /// Whether what the terminal shows is no longer what was drawn.
    stale: bool,
}

impl Screen {
    /// Takes the terminal, and with `mouse` what the mouse does in it.
    ///
    /// # Errors
    /// Whatever the terminal says.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        give_back_on_panic();
        take(mouse)?;
        let out = BufWriter::with_capacity(1 << 16, io::stdout());
        let terminal = Terminal::new(CrosstermBackend::new(out)).inspect_err(|_| give_back())?;
        Ok(Self {
            mouse,
            terminal,
            stale: false,
        })
    }

    /// Columns and rows.
    ///
    /// # Errors
    /// Whatever the terminal says.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        self.terminal.size().map(|size| (size.width, size.height))
    }

    /// Draws one frame, shown at once by terminals that can.
    ///
    /// # Errors
    /// Whatever the terminal says.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer) -> Option<Position>) -> io::Result<()> {
        crossterm::queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        if std::mem::take(&mut self.stale) {
            // `clear` would do, but asks the terminal where its cursor is, and not all answer.
            self.terminal.resize(self.terminal.size()?.into())?;
        }
        self.terminal.draw(|frame| {
            if let Some(cursor) = paint(frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
        })?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Gives the terminal to the shell, sleeps until the shell wakes us, and takes it again.
    ///
    /// # Errors
    /// Whatever the terminal says.
    pub fn suspend(&mut self) -> io::Result<()> {
        give_back();
        // A signal to oneself needs either unsafe code or this; it happens once per key press.
        let _ = process::Command::new("kill")
            .args(["-STOP", &process::id().to_string()])
            .status();
        take(self.mouse)?;
        self.stale = true;
        Ok(())
    }

    /// Has the next frame drawn whole: the terminal was shrunk and may have cut what it showed, even when it has its old
    /// size again by the time anybody asks.
    pub fn resized(&mut self) {
        self.stale = true;
    }

    /// Where bytes for the terminal itself go.
    pub fn out(&mut self) -> &mut impl Write {
        self.terminal.backend_mut()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        Print(if mouse { LISTEN_TO_MOUSE } else { "" }),
        cursor::Hide
    )
    .inspect_err(|_| give_back())
}

/// Leaves nothing of ours behind. Nothing can be done about a terminal that does not listen.
fn give_back() {
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = disable_raw_mode();
}

/// A panic of this thread gives the terminal back before it is reported; those of other threads go to the log, for
/// the screen still stands.
fn give_back_on_panic() {
    let screen = thread::current().id();
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == screen {
            give_back();
            report(info);
        } else {
            tracing::error!("{info}");
        }
    }));
}
