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
                score::exact(&problem, &written.text, 0).correct,
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

/// The bundled models are made by these styles: what they write may not change unnoticed.
#[test]
fn a_style_and_a_seed_write_the_same_bytes_for_ever() {
    let novice = Style {
        patience: vec![0.5, 0.26, 0.14, 0.06, 0.04],
        intuition: 0.03,
        backward: 0.45,
        subgoal: 0.8,
        ..Style::default()
    };
    let guesser = Style {
        patience: vec![1.0],
        verify: false,
        backward: 0.0,
        intuition: 0.65,
        ..Style::default()
    };
    let scout = Style {
        backward: 0.5,
        subgoal: 0.85,
        ..Style::default()
    };
    let wrong = Style {
        wrong: true,
        ..novice.clone()
    };
    let digest = |style: &Style| {
        let text: String = traces(style.clone(), 200)
            .into_iter()
            .map(|(_, w)| w.text)
            .collect();
        crate::base::hash::sha256(text.as_bytes())[7..23].to_owned()
    };
    assert_eq!(
        [&novice, &guesser, &scout, &wrong].map(digest),
        [
            "ebafcfc4b6152833",
            "f08022b0e699b5b8",
            "15d025e84ba0d60a",
            "faa4a3eaf0b3905b"
        ]
    );
    assert_eq!(
        traces(scout, 1)[0].1.text,
        "38=?+2 so need 36\naim for 36 from 11 8\ncheck 11+8=19 not 36\nback to 11 2 8\n\
         38=?-2 so need 40\naim for 40 from 11 8\ncheck 11+8=19 not 40\nback to 11 2 8\n\
         38=?*2 so need 19\naim for 19 from 11 8\ncheck 11+8=19 yes\nanswer (11+8)*2\n"
    );
}

#[test]
fn a_subgoal_can_be_named_before_a_forward_step() {
    let style = Style {
        backward: 0.0,
        verify: false,
        aim: 1.0,
        ..Style::default()
    };
    for (problem, written) in traces(style, 100) {
        let tree = Reader::read(Some(problem), &written.text);
        assert!(tree.is_sound(), "{}", written.text);
        assert!(!written.text.contains("need") && !written.text.contains("check"));
        let lines: Vec<&str> = written.text.lines().collect();
        for (i, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.starts_with("aim"))
        {
            // aim for 20 from 17 3 / try 17+3=20 left 20 16
            let words: Vec<&str> = line.split(' ').collect();
            let next = lines[i + 1];
            assert!(
                next.starts_with(&format!("try {}", words[4])) && next.contains(&format!("={} ", words[2]))
            );
        }
        assert_eq!(
            written.text.matches("aim").count() * 2,
            written.text.matches("try").count()
        );
    }
}
