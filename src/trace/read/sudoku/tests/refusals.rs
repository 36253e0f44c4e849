//! Values that a sentence names only to say that they do not belong there.

use super::{faults, moves, read};
use crate::trace::Tree;
use pretty_assertions::assert_eq;

/// The solution has 2 in the first cell.
#[test]
fn a_value_that_is_said_not_to_belong_somewhere_is_not_put_there() {
    for refusal in [
        "R1C1 = 3 is impossible.",
        "R1C1 = 3 was wrong.",
        "So my guess R1C1 = 3 was wrong.",
        "R1C1=3 doesn\u{2019}t work.",
        "So 3 in R1C1 is not valid.",
        "R1C1 = 3 leads to a contradiction.",
        "R1C1 = 3 conflicts with column 1.",
    ] {
        let tree = read(&format!("{refusal} R1C1 = 2."));
        assert_eq!(moves(&tree), ["0:r1c1=2"], "{refusal}");
        assert!(tree.backtracks.is_empty(), "{refusal}");
        // Where it stands it is taken back, and only once.
        let before = "Then R2C2 is 3. Try R1C1 = 3. R1C3 = 2. Contradiction.";
        for before in [before, before.trim_end_matches(" Contradiction.")] {
            let tree = read(&format!("{before} {refusal} Try R1C1 = 2."));
            let wanted = ["0:r2c2=3", "1:r1c1=3", "2:r1c3=2", "1:r1c1=2"];
            assert_eq!(moves(&tree), wanted, "{before} {refusal}");
            assert_eq!(tree.backtracks.len(), 1, "{before} {refusal}");
        }
    }
    // A guess is made all the same.
    assert_eq!(moves(&read("If R1C1 = 3 is wrong, R1C1 = 2.")).len(), 2);
}

#[test]
fn a_value_is_refused_in_an_aside_or_a_clause_too() {
    for refusal in [
        "R1C1 = 3, which is impossible.",
        "R1C1 = 3, which would violate column 1.",
        "R1C1 = 3 (impossible).",
        "(1,1) = 3 (conflict with column 1).",
        "R1C1 = 3 would be wrong.",
        "R1C1 = 3 wouldn\u{2019}t work here.",
        "R1C1 = 3 -> conflict.",
        "R1C1 = 3 \u{2192} contradiction with R2C3.",
        "R1C1 = 3: not possible, since column 1 has a 3.",
        "R1C1 = 3 \u{2717}",
        "3 in R1C1 can\u{2019}t be right.",
        "3 in R1C1 cannot be, because column 1 has one.",
        "R1C1 = 3 fails because of the box.",
    ] {
        let tree = read(&format!("{refusal}\nR1C1 = 2."));
        assert_eq!(moves(&tree), ["0:r1c1=2"], "{refusal}");
    }
}

#[test]
fn a_value_with_which_nothing_is_wrong_is_put() {
    for confirmed in [
        "R1C1 = 2 can't be anything else.",
        "R1C1 = 2 cannot be wrong.",
        "R1C1 = 2 cannot be changed.",
        "2 in R1C1 cannot be placed elsewhere.",
        "R1C1 = 2 conflicts with nothing.",
        "R1C1 = 2, which conflicts with no clue.",
        "R1C1 = 2 contradicts none of the clues.",
        "R1C1 = 2 fails no rule.",
        "R1C1 = 2 is impossible to avoid.",
        "R1C1 = 2 is excluded from further search.",
        "R1C1 = 2: no conflict.",
        "R1C1 = 2 -> conflicts: none.",
        "R1C1 = 2 (conflict? no).",
        "R1C1 = 2 is wrong only if a clue is.",
        "It is not true that R1C1 = 2 is impossible.",
        "I don\u{2019}t think that R1C1 = 2 is wrong.",
    ] {
        assert_eq!(moves(&read(confirmed)), ["0:r1c1=2"], "{confirmed}");
        // Nor is a guess doubted by it.
        let tree = read(&format!("Try R2C2 = 3. {confirmed} R2C3 = 4."));
        assert_eq!(moves(&tree), ["0:r2c2=3", "1:r1c1=2", "2:r2c3=4"], "{confirmed}");
    }
}

#[test]
fn a_refusal_says_more_where_it_concludes_or_goes_back() {
    // What follows from a guess and cannot be speaks against the guess.
    let tree = read("Try R1C1 = 3. Then R1C3 = 2, which is impossible. So R4C4 = 4.");
    assert_eq!(moves(&tree), ["0:r1c1=3", "0:r4c4=4"]);
    assert_eq!(tree.backtracks.len(), 1);
    // One of some values that are looked at does not.
    let tree = read("Try R1C1 = 3. R1C3 = 2. R2C2 = 4 -> conflict. R2C2 = 3.");
    assert_eq!(moves(&tree), ["0:r1c1=3", "1:r1c3=2", "2:r2c2=3"]);
    // The sentence goes back itself.
    let tree = read("Try R1C1 = 3. R1C3 = 2. R2C2 = 4 is impossible, so go back. R2C3 = 4.");
    assert_eq!(moves(&tree), ["0:r1c1=3", "1:r1c3=2", "0:r2c3=4"]);
}

/// The tree of a text that guesses, says something, and puts another value.
fn guessed(said: &str, next: &str) -> Tree {
    read(&format!("Let me guess R1C1 = 3. R2C1 = 2. {said} {next}"))
}

/// A cell without a candidate is the commonest contradiction, and its words are not those of `conflicts with no clue`.
#[test]
fn what_is_left_with_nothing_speaks_against_the_guess() {
    for said in [
        "That leaves R1C3 with no candidates, a contradiction.",
        "That leaves R1C3 with no options, so let me backtrack.",
        "But then row 1 is left with no place for 2, so go back.",
        "So there is a contradiction: R1C3 is left with no possible values.",
        "R1C3 is left with none, contradiction.",
        "R1C3 is left with nothing, contradiction.",
        "Conflict: no value fits R1C3.",
        "This contradicts now our guess.",
    ] {
        let tree = guessed(said, "R2C2 = 1.");
        assert_eq!(tree.backtracks.len(), 1, "{said}");
        assert_eq!(tree.nodes[1].status, crate::trace::Status::Dead, "{said}");
    }
    for said in [
        "This conflicts with nothing.",
        "It clashes with no clue.",
        "It does so in conflict with none of the clues.",
        "This contradicts no clue.",
        "That violates none of the rules.",
        "Conflicts: none.",
        "Conflict: no.",
    ] {
        let tree = guessed(said, "R2C2 = 1.");
        assert!(tree.backtracks.is_empty(), "{said}");
    }
}

#[test]
fn a_contradiction_that_is_no_more_than_that_speaks_against_the_guess() {
    for (said, returns) in [
        ("R1C3 = 2, contradiction!", 1),
        ("R1C3 = 2, a contradiction.", 1),
        ("R1C3 = 2 \u{2013} contradiction!", 1),
        ("R1C3 = 2 - contradiction!", 1),
        ("R1C3 = 2, contradiction (row 1 has 2).", 1),
        ("R1C1 = 3, R1C3 = 3 is a conflict.", 1),
        ("R1C3 = 2 is a contradiction.", 1),
        // Values that are looked at one by one.
        ("R1C3 = 2 -> conflict.", 0),
        ("R1C3 = 2 (conflict).", 0),
        ("R1C3 = 2: contradiction.", 0),
        ("R1C3 = 2, conflict with row 1.", 0),
        ("R1C3 = 2 is a conflict with row 1.", 0),
    ] {
        let tree = guessed(said, "R2C2 = 1.");
        assert_eq!(tree.backtracks.len(), returns, "{said}");
    }
}

/// The returns of a text that guesses and goes on to say this.
fn returns_after(said: &str) -> usize {
    guessed(said, "R3C1 = 4.").backtracks.len()
}

/// Most of what is said of clashes is that there is none…
#[test]
fn a_clash_that_is_denied_leaves_the_guess_alone() {
    for said in [
        "It doesn't violate any rule.",
        "This does not violate any constraints.",
        "It does not contradict anything.",
        "No violations.",
        "I see no violation.",
        "I don\u{2019}t see any conflict.",
        "This is not a conflict.",
        "This is **not** a conflict.",
        "That is not a contradiction.",
        "Row 1 has no repeated digits.",
        "Nothing is repeated.",
        "There aren't any duplicates.",
        "R2C2 = 4 without any conflict.",
        "This doesn't create a conflict.",
        "This avoids a conflict.",
        "This doesn't lead to a contradiction.",
        "It conflicts with neither row 1 nor column 1.",
        "Row 1: 3, 1, 2, 4 (no repeats, no violations).",
        "All of them are non-conflicting.",
        "I don't think that this is a contradiction.",
        "Let me see if there is a conflict.",
        "Conflicts: no\n",
        "Conflict: No\n",
        "Conflicts: no issue.",
        "Check conflicts: no issues.",
        "**Conflicts:** None\n",
        "Conflicts: none found.",
    ] {
        assert_eq!(returns_after(said), 0, "{said}");
    }
    for said in [
        "Conflict: none of 1-4 fits R1C3.",
        "Conflict: no, R1C3 has nothing left.",
        "Contradiction: nothing fits R1C3.",
        "This creates a conflict with no possible value for R1C3.",
        "There is no place left for it without a conflict.",
        "I can't find any place for it without a conflict.",
        // What there is not is another thing than the clash.
        "Having no place for 2 in row 1 is a contradiction.",
        "Since R1C3 cannot be filled this is a contradiction.",
        "With no place for 2 we have a contradiction.",
        "R1C3 has no candidates -> contradiction.",
        "Nothing fits here - contradiction.",
        "Any value here creates a conflict.",
    ] {
        assert_eq!(returns_after(said), 1, "{said}");
    }
}

/// …or why a cell has its value.
#[test]
fn a_clash_that_is_a_reason_leaves_the_guess_alone() {
    for said in [
        "R1C3 can't be 4 because row 1 already has a 4.",
        "R1C3 cannot be 4 since 4 is already used in row 1.",
        "R1C3 can't be 4 (already used).",
        "R1C3 can't be 4, since it would conflict with R1C4.",
        "4 can't go in R1C3 because row 1 already has a 4.",
        "Position (2,3) can't be 1 (column 3 already has a 1).",
        "It also can't be 3 (already present in the row).",
        "Row 1 already has a 4, so R1C3 is 2.",
        "Row 1 already has a 4, so R1C3 can be 1 or 2.",
        "Row 1 already has a 4, so R1C3 can't be 4.",
        "R1C3 is 2, since 4 is already used in row 1.",
        "R1C3 is 2, since 4 would conflict with R1C4.",
        "R1C3 = 4, conflict. R1C3 = 1, conflict. R1C3 = 2.",
        "R1C3 = 1, conflict; R1C3 = 4, conflict; so R1C3 = 2.",
        "R1C3 = 4 is a conflict, so R1C3 = 2.",
        "R1C3 = 4, a contradiction, so it's 2.",
        "R1C3 = 4, impossible, so R1C3 = 2.",
    ] {
        assert_eq!(returns_after(said), 0, "{said}");
    }
    for said in [
        "But row 1 already has a 4.",
        "But row 1 already has a 4 in R1C4.",
        "R1C3 = 4, but row 1 already has a 4.",
        "Row 1 already has a 3, so that is not right, 3 is wrong.",
        "R1C3 can't be anything because every value is already used.",
        "R1C3 can't be 4 because of column 3, and 2 is already used, so it's a contradiction.",
        // It is the guess that cannot be.
        "But R1C1 can\u{2019}t be 3 because row 1 already has a 3.",
        "3 can't go in R1C1 because column 1 already has a 3.",
        "Row 1 already has a 3, so R1C1 can't be 3.",
    ] {
        assert_eq!(returns_after(said), 1, "{said}");
    }
}

/// `No duplicates` says that the grid is right, not that it is wrong.
#[test]
fn a_grid_without_faults_is_not_said_to_be_wrong() {
    for (said, claims) in [
        ("There are no duplicates.", 1),
        ("Every row is complete without duplicates.", 0),
        ("No row has a duplicate.", 0),
        ("There aren't any duplicates.", 0),
    ] {
        let tree = read(&format!("2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\n\n{said}"));
        assert_eq!((tree.claims.len(), faults(&tree).len()), (claims, 0), "{said}");
    }
    let tree = read("2 4 3 1\n1 3 4 2\n4 1 2 3\n3 2 1 4\n\nThis has duplicates.");
    assert_eq!(faults(&tree).len(), 1);
}
