//! A terminal with the program in it, and somebody who watches.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::{
    fs,
    io::{Read, Write},
    num::NonZero,
    path::PathBuf,
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};
use tempfile::TempDir;

/// How long a screen that must come may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Directories that nothing else uses.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file and gives its path.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The variables that tell the program where this home is.
    fn variables(&self) -> [(String, PathBuf); 3] {
        [("CONFIG", "config"), ("DATA", "data"), ("LOG", "log")]
            .map(|(variable, directory)| (format!("BACKTRAIL_{variable}_DIR"), self.path(directory)))
    }

    /// Starts the program in this home without a terminal.
    pub fn run_beside(&self, arguments: &[&str]) -> Beside {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backtrail"));
        command.args(arguments).envs(self.variables());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Beside(command.spawn().unwrap())
    }
}

/// The program without a terminal, beside the one that has it. It is killed when it is dropped.
pub struct Beside(pub std::process::Child);

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program in a terminal.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    bytes: mpsc::Receiver<Vec<u8>>,
    screen: vt100::Parser,
    child: Box<dyn Child + Send + Sync>,
    /// Everything that was written to the terminal so far.
    pub written: Vec<u8>,
    /// The modes of the line (echo, whole lines, signals by key) before the program started.
    modes: String,
}

impl Terminal {
    /// Starts the program in a terminal of this many rows and columns.
    pub fn start(home: &Home, arguments: &[&str], (rows, columns): (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(cells(rows, columns)).unwrap();
        let modes = modes(&*pair.master);
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_backtrail"));
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("LANG", "C.UTF-8");
        for (variable, directory) in home.variables() {
            command.env(variable, directory);
        }
        command.args(arguments);
        command.cwd(home.path(""));
        let child = pair.slave.spawn_command(command).unwrap();
        let (sender, bytes) = mpsc::channel();
        let mut reader = pair.master.try_clone_reader().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self {
            master: pair.master,
            keys,
            bytes,
            screen: vt100::Parser::new(size(rows), size(columns), 0),
            child,
            written: Vec::new(),
            modes,
        }
    }

    /// Waits until the screen is as `seen` wants it.
    #[track_caller]
    pub fn wait(&mut self, what: &str, seen: impl Fn(&str) -> bool) {
        self.watch(what, |screen| seen(&screen.contents()));
    }

    /// Waits for a text.
    #[track_caller]
    pub fn wait_for(&mut self, text: &str) {
        self.wait(text, |screen| screen.contains(text));
    }

    #[track_caller]
    fn watch(&mut self, what: &str, seen: impl Fn(&vt100::Screen) -> bool) {
        while !seen(self.screen.screen()) {
            let Ok(bytes) = self.bytes.recv_timeout(PATIENCE) else {
                panic!("never saw {what}:\n{}", self.screen.screen().contents());
            };
            self.hear(&bytes);
        }
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.written.extend(bytes);
        self.screen.process(bytes);
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    pub fn resize(&mut self, (rows, columns): (u16, u16)) {
        self.screen.screen_mut().set_size(size(rows), size(columns));
        self.master.resize(cells(rows, columns)).unwrap();
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Lets a program that was stopped go on. It gives the terminal back before it stops, and a signal sent in between
    /// would wake nobody, so it is sent until the program is seen to work.
    #[track_caller]
    pub fn wake(&mut self) {
        for _ in 0..600 {
            self.signal("CONT");
            if let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(100)) {
                return self.hear(&bytes);
            }
        }
        panic!("it never woke");
    }

    /// Whether the program has the terminal.
    pub fn is_taken(&self) -> bool {
        let screen = self.screen.screen();
        screen.alternate_screen() && screen.bracketed_paste() && modes(&*self.master) != self.modes
    }

    /// Whether the terminal tells the program what the mouse does: clicks, drags and the wheel, not every move.
    pub fn has_mouse(&self) -> bool {
        self.screen.screen().mouse_protocol_mode() == vt100::MouseProtocolMode::ButtonMotion
    }

    /// Waits until everything about the terminal is as it was before.
    #[track_caller]
    pub fn is_given_back(&mut self) {
        self.watch("the shell's screen", |screen| !screen.alternate_screen());
        self.watch("plain pasting", |screen| !screen.bracketed_paste());
        self.watch("a cursor", |screen| !screen.hide_cursor());
        self.watch("a free mouse", |screen| {
            screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
        // The modes of the line are no bytes on the screen, and come last.
        for _ in 0..600 {
            if modes(&*self.master) == self.modes {
                return;
            }
            std::thread::yield_now();
            if let Ok(bytes) = self.bytes.recv_timeout(Duration::from_millis(100)) {
                self.hear(&bytes);
            }
        }
        panic!("the modes are {}, they were {}", modes(&*self.master), self.modes);
    }

    /// Waits for the end and says whether it was a good one.
    pub fn ended_well(&mut self) -> bool {
        while let Ok(bytes) = self.bytes.recv_timeout(PATIENCE) {
            self.hear(&bytes);
        }
        self.child.wait().unwrap().success()
    }
}

impl Drop for Terminal {
    /// A failed test leaves no program behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The modes of the line, for comparing.
fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios().unwrap())
}

fn size(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).unwrap()
}

fn cells(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        pixel_width: 0,
        pixel_height: 0,
    }
}
