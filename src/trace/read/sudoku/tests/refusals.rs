//! Values that a sentence names only to say that they do not belong there.

use super::{moves, read};
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
        let tree = read(&format!("Let me guess R1C1 = 3. R2C1 = 2. {said} R2C2 = 1."));
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
        let tree = read(&format!("Let me guess R1C1 = 3. R2C1 = 2. {said} R2C2 = 1."));
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
        let tree = read(&format!("Let me guess R1C1 = 3. R2C1 = 2. {said} R2C2 = 1."));
        assert_eq!(tree.backtracks.len(), returns, "{said}");
    }
}

/// Most of what is said of clashes is that there is none, or why a cell has its value.
#[test]
fn a_clash_that_is_denied_or_a_reason_leaves_the_guess_alone() {
    for said in [
        "It doesn't violate any rule.",
        "No violations.",
        "This is not a conflict.",
        "I don\u{2019}t see any conflict.",
        "Nothing is repeated.",
        "R1C3 can't be 4 because row 1 already has a 4.",
        "R1C3 cannot be 4 since 4 is already used in row 1.",
        "R1C3 can't be 4 (already used).",
        "R1C3 can't be 4, since it would conflict with R1C4.",
        "Row 1 already has a 4, so R1C3 is 2.",
        "R1C3 is 2, since 4 is already used in row 1.",
        "R1C3 = 4, conflict. R1C3 = 1, conflict. R1C3 = 2.",
        "R1C3 = 1, conflict; R1C3 = 4, conflict; so R1C3 = 2.",
        "R1C3 = 4 is a conflict, so R1C3 = 2.",
    ] {
        let tree = read(&format!("Let me guess R1C1 = 3. R2C1 = 2. {said} R2C2 = 1."));
        assert!(tree.backtracks.is_empty(), "{said}");
    }
    for said in [
        "But row 1 already has a 4.",
        "R1C3 = 4, but row 1 already has a 4.",
        "R1C3 can't be anything because every value is already used.",
        "There is no place left for it without a conflict.",
    ] {
        let tree = read(&format!("Let me guess R1C1 = 3. R2C1 = 2. {said} R2C2 = 1."));
        assert_eq!(tree.backtracks.len(), 1, "{said}");
    }
}
