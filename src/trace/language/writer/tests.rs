use super::*;
use crate::{
    base::rng,
    task::countdown::{Generator, Settings, Split, score},
    trace::Reader,
};

fn traces(style: Style, n: usize) -> Vec<(Problem, Written)> {
    let writer = Writer::new(style).unwrap();
    let problems = Generator::new(&Settings::default(), 7, Split::Train).unwrap();
    let mut rng = rng::stream("test", 0, &[]);
    problems
        .filter_map(|p| writer.write(&p, &mut rng).map(|w| (p, w)))
        .take(n)
        .collect()
}

#[test]
fn every_line_a_teacher_writes_is_true_and_legal() {
    for style in [
        Style::default(),
        Style {
            patience: vec![0.5, 0.5],
            ..Style::default()
        },
        Style {
            patience: vec![1.0],
            verify: false,
            backward: 0.0,
            ..Style::default()
        },
        Style {
            patience: vec![0.3, 0.3, 0.4],
            wrong: true,
            ..Style::default()
        },
    ] {
        for (problem, written) in traces(style, 300) {
            let tree = Reader::read(Some(problem.clone()), &written.text);
            assert!(tree.is_sound(), "{problem}\n{}\n{:?}", written.text, tree.claims);
            assert_eq!(
                score::exact(&problem, &written.text).correct,
                written.solved,
                "{problem}\n{}",
                written.text
            );
        }
    }
}

#[test]
fn patience_solves_and_a_wrong_style_never_does() {
    assert!(traces(Style::default(), 200).iter().all(|(_, w)| w.solved));
    let wrong = Style {
        patience: vec![0.5, 0.5],
        wrong: true,
        ..Style::default()
    };
    assert!(traces(wrong, 200).iter().all(|(_, w)| !w.solved));
}

#[test]
fn no_move_is_made_twice_and_every_habit_shows() {
    let (mut returns, mut needs, mut aims, mut checks) = (0, 0, 0, 0);
    for (problem, written) in traces(Style::default(), 300) {
        let tree = Reader::read(Some(problem), &written.text);
        assert_eq!(tree.summary().repeated, 0, "{}", written.text);
        returns += written.text.matches("back to").count();
        needs += written.text.matches("need").count();
        aims += written.text.matches("aim for").count();
        checks += written.text.matches("check").count();
    }
    assert!(
        [returns, needs, aims, checks].iter().all(|n| *n > 60),
        "{returns} {needs} {aims} {checks}"
    );
}

#[test]
fn one_honest_attempt_has_no_habit() {
    let style = Style {
        patience: vec![1.0],
        verify: false,
        backward: 0.0,
        ..Style::default()
    };
    for (_, written) in traces(style, 200) {
        assert!(
            !["check", "back", "need", "aim"]
                .iter()
                .any(|word| written.text.contains(word)),
            "{}",
            written.text
        );
    }
}

#[test]
fn four_numbers_are_searched_too() {
    let settings = Settings {
        numbers: [4, 4],
        ..Settings::default()
    };
    let writer = Writer::new(Style {
        patience: vec![0.0, 0.0, 1.0],
        ..Style::default()
    })
    .unwrap();
    let mut rng = rng::stream("test", 1, &[]);
    for problem in Generator::new(&settings, 1, Split::Train).unwrap().take(50) {
        if let Some(written) = writer.write(&problem, &mut rng) {
            let tree = Reader::read(Some(problem.clone()), &written.text);
            assert!(tree.is_sound(), "{problem}\n{}", written.text);
        }
    }
}

#[test]
fn styles_that_make_no_sense_are_refused() {
    assert_eq!(
        Writer::new(Style {
            intuition: 1.5,
            ..Style::default()
        })
        .unwrap_err(),
        StyleError::Chance("intuition", 1.5)
    );
    assert!(
        Writer::new(Style {
            patience: vec![0.7, 0.7],
            ..Style::default()
        })
        .is_err()
    );
}
