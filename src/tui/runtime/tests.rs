//! The loop on a real terminal: this test program starts itself in a PTY and plays a script there.

use super::{Driver, Start, run};
use crate::{
    engine::{EventKind, api::StopReason},
    tui::{
        app::{App, Effect, Msg},
        demo,
        keymap::Keymap,
        theme::{Depth, Look, Theme, UNICODE},
    },
};
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::{
    io::{Read, Write},
    num::NonZero,
    sync::mpsc,
    time::Duration,
};

const CHILD: &str = "BACKTRAIL_TEST_CHILD";

struct Scripted(tokio::sync::mpsc::Sender<Msg>);

impl Driver for Scripted {
    fn perform(&mut self, effect: Effect) {
        if let Effect::Generate(request) = effect {
            let (run, sample) = (request.run, request.samples[0]);
            for msg in [
                demo::event(
                    run,
                    EventKind::Tokens {
                        sample,
                        batch: demo::tokens(demo::TEXT, 0),
                    },
                ),
                Msg::Parsed(Box::new(demo::parsed(run, sample))),
                demo::event(
                    run,
                    EventKind::Finished {
                        sample,
                        reason: StopReason::Stop,
                    },
                ),
                demo::event(run, EventKind::Done),
            ] {
                self.0.try_send(msg).unwrap();
            }
        }
    }
}

/// What runs in the terminal; without one it is no test at all.
#[test]
fn the_child_of_the_terminal_test() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let (sender, inbox) = tokio::sync::mpsc::channel(64);
    sender
        .try_send(Msg::Problem(Ok(Box::new(demo::problem()))))
        .unwrap();
    sender.try_send(demo::model_msg()).unwrap();
    let mut app = App::new(Keymap::load(None).0, (80, 24), jiff::Timestamp::UNIX_EPOCH, true);
    app.mouse = true;
    let look = Look {
        theme: Theme::load("default", Depth::Ansi, &|_| None).0,
        glyphs: &UNICODE,
    };
    run(
        Start {
            app,
            look,
            max_fps: 30,
        },
        &mut Scripted(sender),
        inbox,
    )
    .unwrap();
}

fn size(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).unwrap()
}

struct Watched {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    bytes: mpsc::Receiver<Vec<u8>>,
    screen: vt100::Parser,
    child: Box<dyn portable_pty::Child + Send + Sync>,
}

impl Watched {
    fn start() -> Self {
        let cells = PtySize {
            rows: 30,
            cols: 110,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(cells).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args([
            "--exact",
            "tui::runtime::tests::the_child_of_the_terminal_test",
            "--nocapture",
        ]);
        command.env(CHILD, "1");
        command.env("TERM", "xterm");
        let child = pair.slave.spawn_command(command).unwrap();
        let (sender, bytes) = mpsc::channel();
        let mut reader = pair.master.try_clone_reader().unwrap();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
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
            screen: vt100::Parser::new(size(30), size(110), 0),
            child,
        }
    }

    fn wait(&mut self, what: &str, seen: impl Fn(&vt100::Screen) -> bool) {
        while !seen(self.screen.screen()) {
            let bytes = self.bytes.recv_timeout(Duration::from_secs(60));
            let Ok(bytes) = bytes else {
                panic!("never saw {what}:\n{}", self.screen.screen().contents());
            };
            self.screen.process(&bytes);
        }
    }

    fn wait_for(&mut self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    fn is_restored(&mut self) {
        self.wait("the shell's screen", |screen| !screen.alternate_screen());
        self.wait("a cursor", |screen| !screen.hide_cursor());
        self.wait("plain pasting", |screen| !screen.bracketed_paste());
        self.wait("a free mouse", |screen| {
            screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
        });
    }
}

#[test]
fn the_workbench_draws_a_tree_listens_resizes_and_gives_the_terminal_back() {
    let mut terminal = Watched::start();
    terminal.wait_for("├─ 18+7=25 → 25 4");
    assert!(terminal.screen.screen().alternate_screen() && terminal.screen.screen().bracketed_paste());
    terminal.press("?");
    terminal.wait_for("Keys of Explore");
    terminal.press("\x1b");
    terminal.wait("no popup", |screen| {
        !screen.contents().contains("Keys of Explore")
    });
    terminal.screen.screen_mut().set_size(size(24), size(80));
    terminal
        .master
        .resize(PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        })
        .unwrap();
    terminal.wait_for("Habits  V3 B1 S1 C1");
    terminal.press("q");
    terminal.is_restored();
    assert!(terminal.child.wait().unwrap().success());
}

#[test]
fn a_signal_ends_it_as_cleanly_as_a_key() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        let mut terminal = Watched::start();
        terminal.wait_for("18+7=25 → 25 4");
        let id = terminal.child.process_id().unwrap().to_string();
        std::process::Command::new("kill")
            .args([signal, &id])
            .status()
            .unwrap();
        terminal.is_restored();
        assert!(terminal.child.wait().unwrap().success(), "{signal}");
    }
}
