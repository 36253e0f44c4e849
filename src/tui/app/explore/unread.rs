//! The rows of the files that are open which could not be read, or only after mending.

use crate::{
    base::words::counted,
    trace::import::{Faults, Kind, Places, RowError, TOLD},
    tui::app::Finding,
};

/// Numbers of rows that stand with their reason when there are other reasons.
const SHORT: usize = 40;

/// What could not be read, by the kind of its fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    /// The rows that are not there…
    pub lost: Faults,
    /// …and those that were mended.
    pub mended: Faults,
}

impl Unread {
    /// Whether every row could be read as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds().next().is_none()
    }

    fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.lost.kinds().iter().chain(self.mended.kinds())
    }

    /// How many rows are not there, in words; none when all are.
    #[must_use]
    pub fn count(&self) -> Option<String> {
        match self.lost.rows() {
            0 => None,
            rows => Some(format!("{} could not be read", counted(rows, "row"))),
        }
    }

    /// One row, and how many others there are.
    #[must_use]
    pub fn first(&self) -> Option<(&RowError, usize)> {
        let others = (self.lost.rows() + self.mended.rows()).saturating_sub(1);
        self.kinds().next().map(|kind| (&kind.first, others))
    }

    /// A sentence for each of the first rows of a kind, and one for the others.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let told = |kind: &Kind| {
            let rows = kind.told().map(ToString::to_string);
            rows.chain(kind.more()).collect::<Vec<_>>()
        };
        self.kinds().flat_map(told).collect()
    }

    /// All of it for a popup: the kinds with their reason, and where all rows are that have it; long lists of those behind
    /// all kinds.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mended = match self.mended.rows() {
            0 => None,
            1 => Some("1 row was read after mending".to_owned()),
            rows => Some(format!("{rows} rows were read after mending")),
        };
        let parts = [
            (self.count(), "bad", &self.lost),
            (mended, "ui.warning", &self.mended),
        ];
        let (mut found, many) = (Vec::new(), self.kinds().nth(1).is_some());
        for (title, scope, faults) in parts {
            found.extend(title.map(|title| Finding {
                scope: scope.to_owned(),
                sign: '!',
                title,
                lines: Vec::new(),
            }));
            found.extend(faults.kinds().iter().map(|kind| finding(kind, many)));
        }
        let long = self.kinds().filter(|kind| many && is_long(kind));
        found.extend(long.map(|kind| Finding {
            scope: "ui.title".to_owned(),
            sign: ' ',
            title: format!(
                "all {} like the first: {}",
                counted(kind.count, "row"),
                kind.first.reason
            ),
            lines: places(kind),
        }));
        found
    }
}

/// Whether its places need more room than there is while others wait.
fn is_long(kind: &Kind) -> bool {
    kind.places.iter().map(Places::parts).sum::<usize>() > SHORT
}

fn places(kind: &Kind) -> Vec<String> {
    kind.places.iter().map(ToString::to_string).collect()
}

fn finding(kind: &Kind, many: bool) -> Finding {
    let rows = counted(kind.count, "row");
    let reason = &kind.first.reason;
    let (title, lines) = match kind.same {
        true => (format!("{rows}: {reason}"), false),
        // What each says is worth its line while there are few.
        false if kind.count <= TOLD => (format!("{rows} alike"), true),
        false => (format!("{rows} alike, the first: {reason}"), false),
    };
    Finding {
        scope: "ui.title".to_owned(),
        sign: ' ',
        title,
        lines: match lines {
            true => kind.told().map(ToString::to_string).collect(),
            false if many && is_long(kind) => {
                vec![format!("{}; all of them stand below", kind.first.place)]
            }
            false => places(kind),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::import::Place;

    fn row(line: usize, reason: &str) -> RowError {
        RowError {
            place: Place::file("jsonl", "a.jsonl").at_line(line),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn rows_with_faults_of_a_kind_stand_together_and_none_of_their_lines_is_missing() {
        let mut unread = Unread::default();
        assert!(unread.is_empty() && unread.findings().is_empty());
        for line in 1..=200 {
            let column = format!("this is no JSON: expected ident at column {line}");
            let reason = if line % 2 == 0 {
                "`text` is not a string"
            } else {
                &column
            };
            unread.lost.add(&row(line, reason));
        }
        unread.lost.add(&row(201, "its row 3 is empty"));
        unread.lost.add(&row(202, "its row 4 is empty"));
        unread
            .mended
            .add(&row(300, "one piece of it is no UTF-8 and stands as \u{fffd}"));
        let found = unread.findings();
        let titles: Vec<&str> = found.iter().map(|finding| finding.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "202 rows could not be read",
                "100 rows alike, the first: this is no JSON: expected ident at column 1",
                "100 rows: `text` is not a string",
                "2 rows alike",
                "1 row was read after mending",
                "1 row: one piece of it is no UTF-8 and stands as \u{fffd}",
                "all 100 rows like the first: this is no JSON: expected ident at column 1",
                "all 100 rows like the first: `text` is not a string",
            ]
        );
        let even: Vec<String> = (1..=100).map(|half| (2 * half).to_string()).collect();
        assert_eq!(found[2].lines, ["a.jsonl, line 2; all of them stand below"]);
        assert_eq!(found[7].lines, [format!("a.jsonl, lines {}", even.join(", "))]);
        assert_eq!(
            found[3].lines,
            [
                "a.jsonl, line 201: its row 3 is empty",
                "a.jsonl, line 202: its row 4 is empty"
            ]
        );
        assert_eq!(found[5].lines, ["a.jsonl, line 300"]);
        // Those of one kind are told once, and counted.
        let told = unread.told();
        assert_eq!(told.len(), 2 * (TOLD + 1) + 3);
        assert!(told[TOLD].starts_with("\u{2026} and 95 more rows with such a fault"));
        assert_eq!(
            unread.first(),
            Some((&row(1, "this is no JSON: expected ident at column 1"), 202))
        );
    }
}
