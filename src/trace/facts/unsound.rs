//! Why a trace is not sound: the first thing in it that is not as it says.

use super::super::{Claim, ClaimKind, Node, Tree};
use crate::task::countdown::Number;

/// Most characters of the text that are quoted.
const LONGEST: usize = 40;

impl Tree {
    /// The first thing in `text`, from which the tree was read, for which [`Tree::is_sound`] does not hold: `17 + 4 = 22 is
    /// false`, `uses 9, which is not there`. None when it holds.
    #[must_use]
    pub fn unsound(&self, text: &str) -> Option<String> {
        let nodes = self.nodes.iter().filter_map(|node| {
            let at = node.span.start;
            match (node.available, node.arithmetic) {
                (Some(false), _) => Some((at, 1, self.misused(node))),
                // A step in words is none itself: its statements are.
                (_, Some(false)) => {
                    let step = node.step.as_deref()?;
                    let calculates = step.contains(|c: char| c.is_ascii_digit());
                    calculates.then(|| (at, 2, format!("{step} is false")))
                }
                _ => None,
            }
        });
        let claims = self.claims.iter().filter(|claim| !claim.holds);
        let claims = claims.map(|claim| (claim.span.start, 0, falsehood(claim, text)));
        let lost = self.backtracks.iter().filter(|back| back.to.is_none());
        let lost = lost.map(|back| {
            (
                back.span.start,
                3,
                "goes back to a state that never existed".into(),
            )
        });
        let first = nodes.chain(claims).chain(lost);
        first
            .min_by_key(|(at, order, _)| (*at, *order))
            .map(|(_, _, why)| why)
    }

    /// What a move used that was not there, or which rule of the grid it broke.
    fn misused(&self, node: &Node) -> String {
        if let Some(clash) = &node.clash {
            return clash.clone();
        }
        let missing = || {
            let before = self.nodes.get(node.parent?)?;
            let mut there: Vec<Number> = before.state.split(' ').filter_map(|n| n.parse().ok()).collect();
            let (a, _, b) = node.calculation()?;
            [a, b].into_iter().find(|operand| {
                let place = there.iter().position(|number| number == operand);
                place.map(|place| there.swap_remove(place)).is_none()
            })
        };
        match missing() {
            Some(number) => format!("uses {number}, which is not there"),
            None => "uses a number that is not there".to_owned(),
        }
    }
}

/// What a false statement says and, where that is no calculation, what is wrong with it.
fn falsehood(claim: &Claim, text: &str) -> String {
    let words = claim
        .span
        .of(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let mut said: String = words.chars().take(LONGEST).collect();
    if said.len() < words.len() {
        said = format!("{}\u{2026}", said.trim_end());
    }
    match claim.kind {
        ClaimKind::Arithmetic if said.contains('=') => format!("{said} is false"),
        _ => format!("\"{said}\" is false, {}", claim.fault),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        task::countdown::Problem,
        trace::{Reader, Subject},
    };

    fn why(text: &str) -> Option<String> {
        Reader::read(Problem::parse("18 7 4 -> 15").ok(), text).unsound(text)
    }

    #[test]
    fn a_trace_that_is_not_sound_has_a_first_reason() {
        for (text, reason) in [
            ("First 18 + 7 = 26. Then 18 - 7 = 12.", "18 + 7 = 26 is false"),
            (
                "try 18+7=25 left 25 4\ncheck 25+9=34 not 15\n",
                "uses 9, which is not there",
            ),
            ("try 18+18=36 left 36 7 4\n", "uses 18, which is not there"),
            ("try 18+7=25 left 25 5\n", "\"left 25 5\" is false, 25 4 is left"),
            (
                "try 18+7=25 left 25 4\ncheck 25+4=29 yes\n",
                "\"yes\" is false, the goal is 15",
            ),
        ] {
            assert_eq!(why(text).as_deref(), Some(reason), "{text}");
        }
        let grid = ".4.11.....23.2..".parse().ok();
        let text = "R1C1 = 4";
        let tree = Reader::read(Subject::Sudoku(grid), text);
        assert_eq!(tree.unsound(text).as_deref(), Some("4 stands twice in row 1"));
    }

    #[test]
    fn there_is_a_reason_exactly_where_a_trace_is_not_sound() {
        for text in [
            "try 18-7=11 left 11 4\ncheck 11+4=15 yes\nanswer (18-7)+4\n",
            "try 18+7=25 left 25 4\nback to 9 9\n",
            "18 + 7 = 25, too big. 18 - 7 = 12, 12 + 4 = 15!",
            "",
        ] {
            let tree = Reader::read(Problem::parse("18 7 4 -> 15").ok(), text);
            assert_eq!(tree.unsound(text).is_none(), tree.is_sound(), "{text}");
        }
    }
}
