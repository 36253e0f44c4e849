use super::*;
use crate::{
    behavior::{Habit, judge::About},
    engine::{Recording, ScriptedEngine, Speed, TokenBatch, recording::Take},
};

const TEXT: &str = "Let me try 18 + 7 = 25. That is too high.\nBack to the start.";

fn terms(protocol: Protocol, cache: Option<Cache>) -> Terms {
    Terms {
        name: "m".into(),
        prompts: Prompts::bundled(),
        protocol,
        max_tokens: None,
        thinking: None,
        at_once: 3,
        cache,
    }
}

fn cases() -> Vec<Case> {
    let prompts = Prompts::bundled();
    ["", " It works.", " No."]
        .map(|end| Case::new(&format!("{TEXT}{end}"), "", &prompts))
        .into()
}

fn take(prompt: &str, events: Vec<EventKind>) -> Take {
    Take {
        prompt: prompt.into(),
        samples: vec![0],
        lane: None,
        events: events.into_iter().map(|event| (0, event)).collect(),
    }
}

/// A run in which a judge that read 100 tokens writes `text` in two.
fn says(prompt: &str, text: &str) -> Take {
    let (head, tail) = text.split_at(text.len() / 2);
    let tokens = |text: &str, end: usize| EventKind::Tokens {
        sample: 0,
        batch: TokenBatch {
            text: text.into(),
            ends: vec![end],
            ..TokenBatch::default()
        },
    };
    let finished = EventKind::Finished {
        sample: 0,
        reason: StopReason::Stop,
    };
    take(
        prompt,
        vec![
            EventKind::Started { prompt_tokens: 0 },
            tokens(head, head.len()),
            tokens(tail, text.len()),
            EventKind::Started { prompt_tokens: 100 },
            finished,
            EventKind::Done,
        ],
    )
}

fn fails() -> Take {
    take("?", vec![EventKind::Failed("nobody is there".into())])
}

fn judge(takes: Vec<Take>, terms: Terms) -> Judge {
    let recording = Recording {
        model: "m".into(),
        takes,
    };
    Judge::new(
        ScriptedEngine::spawn(recording, Speed::Unlimited, 8).unwrap(),
        terms,
    )
}

fn ask(judge: &mut Judge, cases: &[Case]) -> Result<Vec<Verdict>, JudgeError> {
    judge.judge(cases, &Cancel::default(), &mut |_, _| ())
}

/// Answers to all questions about counts: the case's number for verification, else 0.
fn counts(cases: &[Case]) -> Vec<Take> {
    let prompts = Prompts::bundled();
    let questions = |(number, case): (usize, &Case)| {
        let questions = case.questions(Protocol::Count, &prompts);
        questions.into_iter().map(move |question| {
            let n = if question.about == About::Count(Habit::Verification, 0) {
                number
            } else {
                0
            };
            says(&question.text, &format!("Well, <count>{n}</count>"))
        })
    };
    cases.iter().enumerate().flat_map(questions).collect()
}

#[test]
fn every_case_gets_its_own_verdict_and_the_cost_is_counted() {
    let cases = cases();
    let mut judge = judge(counts(&cases), terms(Protocol::Count, None));
    let mut told = Vec::new();
    let verdicts = judge
        .judge(&cases, &Cancel::default(), &mut |done, all| {
            told.push((done, all))
        })
        .unwrap();
    let seen: Vec<Option<u32>> = verdicts.iter().map(|verdict| verdict.counts()[0]).collect();
    assert_eq!(seen, [Some(0), Some(1), Some(2)]);
    assert_eq!(told, (1..=12).map(|done| (done, 12)).collect::<Vec<_>>());
    let cost = judge.cost();
    assert_eq!(
        (
            cost.questions,
            cost.requests,
            cost.cached,
            cost.tokens_in,
            cost.tokens_out
        ),
        (12, 12, 0, 1200, 24)
    );
    assert!(judge.complaints().is_empty());
}

#[test]
fn an_answer_that_cannot_be_read_is_asked_for_once_more_with_the_reason() {
    let cases = &cases()[..1];
    let questions = cases[0].questions(Protocol::Spans, &Prompts::bundled());
    let again = prompt(&questions[0], Some(&Unreadable::NoLabels));
    assert!(again.starts_with(&questions[0].text) && again.contains("could not be used: there are no lines"));
    let takes = vec![
        says(&questions[0].text, "I would rather not."),
        says(&again, "<labels>\n2: V \"That is\"\n</labels>"),
    ];
    let mut asked = judge(takes, terms(Protocol::Spans, None));
    assert_eq!(ask(&mut asked, cases).unwrap()[0].counts()[0], Some(1));
    assert_eq!((asked.cost().requests, asked.cost().again), (2, 1));

    let takes = vec![says(&questions[0].text, "No."), says(&again, "No!")];
    let mut refused = judge(takes, terms(Protocol::Spans, None));
    let verdict = &ask(&mut refused, cases).unwrap()[0];
    assert_eq!((verdict.counts(), verdict.unread), ([None; 4], 1));
    assert!(refused.complaints()[0].contains("part 1: the answer cannot be read: there are no lines"));
}

#[test]
fn kept_answers_are_not_asked_for_again() {
    let dir = tempfile::tempdir().unwrap();
    let cache = || Some(Cache::new(dir.path().into(), "m".into()));
    let cases = cases();
    let mut first = judge(counts(&cases), terms(Protocol::Count, cache()));
    let before: Vec<_> = ask(&mut first, &cases)
        .unwrap()
        .iter()
        .map(Verdict::counts)
        .collect();
    // An engine that can only fail: nothing is asked.
    let mut second = judge(vec![fails()], terms(Protocol::Count, cache()));
    let after: Vec<_> = ask(&mut second, &cases)
        .unwrap()
        .iter()
        .map(Verdict::counts)
        .collect();
    assert_eq!(before, after);
    assert_eq!((second.cost().cached, second.cost().requests), (12, 0));
    let mut longer = terms(Protocol::Count, cache());
    longer.max_tokens = Some(9);
    let mut third = judge(counts(&cases), longer);
    ask(&mut third, &cases).unwrap();
    assert_eq!(third.cost().requests, 12, "another sampler asks again");
}

#[test]
fn an_engine_that_only_fails_is_given_up() {
    let cases = cases();
    for count in [1, 3] {
        let mut judge = judge(vec![fails()], terms(Protocol::Spans, None));
        let error = ask(&mut judge, &cases[..count]).unwrap_err();
        assert_eq!(error.to_string(), "the judge m cannot be asked: nobody is there");
    }
    let mut judge = judge(vec![fails()], terms(Protocol::Count, None));
    assert!(ask(&mut judge, &cases).is_err());
    assert!(judge.cost().requests < 12, "not every question is tried");
}

#[test]
fn one_failure_leaves_one_answer_out() {
    let cases = cases();
    let mut takes = counts(&cases);
    takes[5].events = vec![(0, EventKind::Failed("too long".into()))];
    let mut judge = judge(takes, terms(Protocol::Count, None));
    let verdicts = ask(&mut judge, &cases).unwrap();
    assert_eq!(verdicts[1].counts(), [Some(1), None, Some(0), Some(0)]);
    assert!(judge.complaints()[0].ends_with("backtracking in part 1: too long"));
}

#[test]
fn a_cancelled_judge_says_so() {
    let cases = cases();
    let mut judge = judge(counts(&cases), terms(Protocol::Count, None));
    let cancel = Cancel::default();
    let stop = cancel.clone();
    let error = judge.judge(&cases, &cancel, &mut |done, _| {
        if done == 2 {
            stop.cancel();
        }
    });
    assert_eq!(error.unwrap_err(), JudgeError::Stopped);
    assert!(judge.cost().requests < 12);
}
