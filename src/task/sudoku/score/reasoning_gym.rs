//! The Sudoku score of reasoning-gym (`open-thought/reasoning-gym` 0.1.25, `reasoning_gym/games/sudoku.py` and
//! `mini_sudoku.py`, which score alike), quirks included. Right values for it: `tests/golden/sudoku_scores.py`.

use crate::task::{answer::tagged, sudoku::Board};

/// What a grid that is not written as the puzzle is can get at most.
const OTHER_FORM: f64 = 0.9;

/// The score of a completion against the solution, from 0 to 1. Only what stands in `<answer>` tags is read.
#[must_use]
pub fn reasoning_gym(solution: &Board, completion: &str) -> f64 {
    let Some(answer) = tagged(completion).filter(|answer| !answer.is_empty()) else {
        return 0.0;
    };
    let size = solution.shape().size();
    let cells: Vec<u8> = solution.filled().map(|(_, value)| value).collect();
    let rows: Vec<&[u8]> = cells.chunks(size).collect();
    let wanted = rows.iter().map(|row| {
        let row = row.iter().map(ToString::to_string);
        row.collect::<Vec<_>>().join(" ")
    });
    let wanted = wanted.collect::<Vec<_>>().join("\n");
    let stripped = answer
        .split('\n')
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n");
    let mut reward = if stripped == wanted {
        1.0
    } else {
        // Quirk: lines without as many digits as a row has are passed over, words between digits are not seen.
        let digits = |line: &str| -> Vec<u8> {
            let digits = line.bytes().filter(|byte| (b'1'..=b'9').contains(byte));
            digits.map(|byte| byte - b'0').collect()
        };
        let lines = answer.split('\n').map(digits).filter(|line| line.len() == size);
        let right = |(row, line): (&&[u8], Vec<u8>)| row.iter().zip(line).filter(|(a, b)| *a == b).count();
        let matching: usize = rows.iter().zip(lines).map(right).sum();
        matching as f64 / (size * size) as f64 * OTHER_FORM
    };
    // Quirk: an answer is worth less the longer it is.
    let (length, most) = (answer.chars().count(), wanted.chars().count());
    if length > most {
        reward *= most as f64 / length as f64;
    }
    reward
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn scores_are_those_of_the_published_scorer() {
        let golden = include_str!("../../../../tests/golden/sudoku_scores.json");
        let golden: Vec<Value> = serde_json::from_str(golden).unwrap();
        assert!(golden.len() > 20);
        for row in golden {
            let solution: Board = row["solution"].as_str().unwrap().parse().unwrap();
            let score = reasoning_gym(&solution, row["completion"].as_str().unwrap());
            let wanted = row["score"].as_f64().unwrap();
            assert!((score - wanted).abs() < 1e-12, "{score} {row}");
        }
    }
}
