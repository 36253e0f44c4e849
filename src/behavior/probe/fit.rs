//! Logistic regression with an L2 penalty on features that are there or not, by cyclic coordinate descent with a trust
//! region (Genkin, Lewis and Madigan 2007, "Large-Scale Bayesian Logistic Regression for Text Categorization"): no
//! learning rate, no randomness, the same weights on every machine.

/// Sweeps over all features at most.
const SWEEPS: usize = 40;

/// A sweep that moves no weight further than this ends the search.
const STILL: f64 = 3e-3;

/// One sentence to learn from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    /// The numbers of its features.
    pub features: &'a [u32],
    /// Whether it shows the habit.
    pub shows: bool,
}

/// The weights of `count` features that make `cases` likely. The first feature is the bias, which no penalty holds back.
pub(super) fn fit(cases: &[Case<'_>], count: usize, l2: f64) -> Vec<f64> {
    let mut columns: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (number, case) in (0_u32..).zip(cases) {
        for feature in case.features {
            if let Some(column) = columns.get_mut(*feature as usize) {
                column.push(number);
            }
        }
    }
    let mut weights = vec![0.0; count];
    let mut regions = vec![1.0; count];
    let mut state: Vec<State> = cases
        .iter()
        .map(|case| State {
            score: 0.0,
            chance: 0.5,
            shows: f64::from(u8::from(case.shows)),
        })
        .collect();
    for _ in 0..SWEEPS {
        let mut furthest: f64 = 0.0;
        for (number, ((column, weight), region)) in
            columns.iter().zip(&mut weights).zip(&mut regions).enumerate()
        {
            let penalty = if number == 0 { 1e-6 } else { l2 };
            let (mut slope, mut curve) = (penalty * *weight, penalty);
            for case in column.iter().filter_map(|case| state.get(*case as usize)) {
                slope += case.chance - case.shows;
                curve += (case.chance * (1.0 - case.chance)).max(1e-3);
            }
            let step = (-slope / curve).clamp(-*region, *region);
            *region = (2.0 * step.abs()).max(*region / 2.0);
            if step.abs() < 1e-5 {
                continue;
            }
            *weight += step;
            furthest = furthest.max(step.abs());
            for case in column {
                if let Some(case) = state.get_mut(*case as usize) {
                    case.score += step;
                    case.chance = chance(case.score);
                }
            }
        }
        if furthest < STILL {
            break;
        }
    }
    weights
}

struct State {
    score: f64,
    chance: f64,
    shows: f64,
}

/// The logistic function.
pub(super) fn chance(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_make_the_shown_cases_likely_and_a_penalty_keeps_them_small() {
        // Feature 1 says yes, feature 2 says nothing.
        let rows: Vec<(Vec<u32>, bool)> = (0..40)
            .map(|n| {
                let mut features = vec![0];
                features.extend((n % 2 == 0).then_some(1));
                features.extend((n % 4 < 2).then_some(2));
                (features, n % 2 == 0)
            })
            .collect();
        let cases: Vec<Case<'_>> = rows
            .iter()
            .map(|(features, shows)| Case {
                features,
                shows: *shows,
            })
            .collect();
        let loose = fit(&cases, 3, 0.1);
        let tight = fit(&cases, 3, 10.0);
        assert!(loose[1] > 3.0 && loose[2].abs() < 0.1, "{loose:?}");
        assert!(tight[1] > 0.3 && tight[1] < loose[1], "{tight:?}");
        assert_eq!(fit(&cases, 3, 0.1), loose, "twice the same");
    }
}
