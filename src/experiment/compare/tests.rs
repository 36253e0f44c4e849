use super::*;
use crate::{
    engine,
    model::Source,
    task::countdown::{Generator, Settings, Split},
};
use std::sync::atomic::{AtomicUsize, Ordering};

fn lane(name: &str) -> Lane {
    let source = Source::find(name).unwrap();
    let model = Arc::new(engine::open(&source).unwrap());
    Lane {
        record: ModelRef {
            tokenizer: Some(model.tokenizer.hash().to_owned()),
            ..ModelRef::recorded(name)
        },
        writer: Writer::Local(model),
        sampler: source.card.unwrap().sampler,
    }
}

fn plan(count: usize, samples: usize) -> Plan {
    let generator = Generator::new(&Settings::default(), 3, Split::Heldout).unwrap();
    Plan {
        lanes: vec![lane("scout"), lane("guesser")],
        problems: generator.take(count).collect(),
        set: ProblemSet::default(),
        samples,
    }
}

#[test]
fn every_number_can_be_counted_again_from_the_traces() {
    let plan = plan(12, 3);
    let heard = AtomicUsize::new(0);
    let found = compare(&plan, &|_, all| {
        assert_eq!(all, 72);
        heard.fetch_add(1, Ordering::Relaxed);
        true
    })
    .unwrap();
    assert_eq!(heard.into_inner(), 72);
    for (row, traces) in found.table.lanes.iter().zip(&found.traces) {
        assert_eq!(traces.len(), 36);
        let share = |count: usize| count as f64 / 36.0;
        assert_eq!(row.solved, share(traces.iter().filter(|t| solved(t)).count()));
        let sum: usize = traces.iter().map(tokens).sum();
        assert_eq!(row.tokens_mean, share(sum));
        assert!(row.sound <= row.solved && row.interval[0] < row.solved.max(1e-9));
        assert_eq!(row.pass_at.keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
        assert!((row.pass_at[&1] - row.solved).abs() < 1e-12);
        assert!(row.pass_at[&1] <= row.pass_at[&2] && row.pass_at[&2] <= row.pass_at[&3]);
        let budgets = &row.at_budget;
        assert!(budgets.windows(2).all(|two| two[0].solved <= two[1].solved));
        assert_eq!(
            budgets.last().unwrap().solved,
            row.solved,
            "the last budget cuts nothing"
        );
    }
    let [pair] = found.table.paired.as_slice() else {
        panic!()
    };
    assert_eq!(pair.only_a + pair.only_b + pair.both + pair.none, 12);
    let first = |lane: usize| (0..12).filter(|i| solved(&found.traces[lane][3 * i])).count();
    assert_eq!(
        (pair.only_a + pair.both, pair.only_b + pair.both),
        (first(0), first(1))
    );
}

#[test]
fn every_number_leads_to_the_problems_behind_it() {
    let found = compare(&plan(20, 1), &|_, _| true).unwrap();
    let of = |cell| found.behind(cell).len();
    for (lane, row) in found.table.lanes.iter().enumerate() {
        let share = |measure| of(Cell::Lane(measure, lane)) as f64 / 20.0;
        assert_eq!(share(Measure::Solved), row.solved);
        assert_eq!(share(Measure::Sound), row.sound);
        for at in &row.at_budget {
            assert_eq!(share(Measure::Within(at.tokens)), at.solved);
        }
        assert_eq!(of(Cell::Lane(Measure::Tokens, lane)), 20);
    }
    let pair = found.table.paired[0];
    for who in Who::ALL {
        assert_eq!(of(Cell::Pair(0, 1, who)), pair.count(who));
    }
    let longest = found.behind(Cell::Lane(Measure::Tokens, 0))[0];
    let most = found.traces[0].iter().map(tokens).max().unwrap();
    assert_eq!(tokens(&found.of_problem(0, longest)[0]), most);
}

#[test]
fn the_same_plan_gives_the_same_table_and_more_samples_the_same_first_ones() {
    let (one, again) = (plan(6, 1), plan(6, 1));
    let go_on = &|_: usize, _: usize| true;
    let (one, again) = (compare(&one, go_on).unwrap(), compare(&again, go_on).unwrap());
    assert_eq!(one.table, again.table);
    let more = compare(&plan(6, 2), go_on).unwrap();
    assert_eq!(one.table.paired, more.table.paired);
    let texts = |found: &Comparison, step: usize| -> Vec<String> {
        found.traces[0]
            .iter()
            .step_by(step)
            .map(|t| t.text.clone())
            .collect()
    };
    assert_eq!(texts(&one, 1), texts(&more, 2));
}

#[test]
fn lanes_that_count_other_tokens_share_no_budget() {
    let mut plan = plan(2, 1);
    let go_on = &|_: usize, _: usize| true;
    let same = compare(&plan, go_on).unwrap().table;
    assert!(same.counts_same_tokens() && !same.lanes[0].at_budget.is_empty());
    plan.lanes[1].record.tokenizer = None;
    let other = compare(&plan, go_on).unwrap().table;
    assert!(!other.counts_same_tokens());
    assert!(other.lanes.iter().all(|row| row.at_budget.is_empty()));
    assert_eq!(other.lanes[0].solved, same.lanes[0].solved);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let refused = |change: fn(&mut Plan)| {
        let mut plan = plan(2, 1);
        change(&mut plan);
        compare(&plan, &|_, _| true).unwrap_err()
    };
    assert_eq!(refused(|p| p.lanes.truncate(1)), CompareError::Lanes(1));
    assert_eq!(refused(|p| p.problems.clear()), CompareError::NoProblems);
    assert_eq!(refused(|p| p.samples = 0), CompareError::NoSamples);
    assert!(matches!(
        refused(|p| p.samples = usize::MAX),
        CompareError::TooMany(_)
    ));
    let nobody = |p: &mut Plan| {
        p.lanes[1].writer = Writer::Server {
            name: "openai:nowhere".to_owned(),
            key: String::new(),
        };
    };
    assert!(matches!(refused(nobody), CompareError::Engine(..)));
    assert_eq!(
        compare(&plan(2, 1), &|_, _| false).unwrap_err(),
        CompareError::Stopped
    );
}
