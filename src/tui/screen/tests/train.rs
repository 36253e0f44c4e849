//! The Train screen.

use super::*;

#[test]
fn train_at_three_sizes() {
    for (columns, rows) in [(200, 60), (120, 40), (80, 24)] {
        let shot = |app: &App| dump(&painted(app, &look("default", Depth::Ansi)));
        let app = demo::train::listed(columns, rows);
        insta::assert_snapshot!(format!("train_list_{columns}x{rows}"), shot(&app));
        let mut app = demo::train::opened(columns, rows);
        press(&mut app, "j");
        insta::assert_snapshot!(format!("train_{columns}x{rows}"), shot(&app));
        let app = demo::train::running(columns, rows);
        insta::assert_snapshot!(format!("train_running_{columns}x{rows}"), shot(&app));
    }
}

#[test]
fn a_sample_a_first_appearance_and_a_run_over_another() {
    let shot = |app: &App| dump(&painted(app, &look("default", Depth::Ansi)));
    let mut app = demo::train::opened(100, 30);
    press(&mut app, "j enter");
    insta::assert_snapshot!("train_sample", shot(&app));
    press(&mut app, "esc");
    let found = Ok(Box::new(demo::train::emerged()));
    demo::train::tell(&mut app, Said::Emerged(demo::train::ROOT.into(), found));
    app.settle();
    insta::assert_snapshot!("train_emergence", shot(&app));
    press(&mut app, "tab");
    insta::assert_snapshot!("train_emergence_trees", shot(&app));
    press(&mut app, "esc tab j");
    demo::train::tell(&mut app, Said::Laid(Ok(Box::new(demo::train::history(20)))));
    app.settle();
    insta::assert_snapshot!("train_overlaid", shot(&app));
    let mut app = demo::train::running(80, 24);
    let why = "the entropy fell to 0.0040 nats a token, below `stop.min_entropy` = 0.005";
    demo::train::tell(&mut app, Said::Ended(State::Paused(why.into())));
    press(&mut app, "j");
    insta::assert_snapshot!("train_paused", shot(&app));
}

#[test]
fn a_run_that_goes_on_is_seen_from_every_screen() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut app = demo::train::running(columns, rows);
        for screen in crate::tui::app::Screen::all() {
            app.screen = screen;
            app.settle();
            let text = dump(&painted(&app, &look("default", Depth::Ansi)));
            let header = text.lines().next().unwrap_or_default();
            assert!(header.contains("grpo 3/150") && !header.contains('…'), "{header}");
        }
    }
}
