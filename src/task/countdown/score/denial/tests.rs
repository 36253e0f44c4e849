use crate::task::countdown::{
    Problem,
    score::{exact, place},
};
use proptest::prelude::*;

fn judged(problem: &str, text: &str) -> (Option<String>, bool, String) {
    let judgement = exact(&Problem::parse(problem).unwrap(), text, 0);
    (judgement.answer, judgement.correct, judgement.reason)
}

#[test]
fn whoever_says_in_words_that_there_is_no_solution_is_right_when_there_is_none() {
    for (text, answer) in [
        ("<answer>no solution</answer>", "no solution"),
        ("<answer>NO</answer>", "NO"),
        ("<answer>There is no solution.</answer>", "There is no solution"),
        (r"So \boxed{\text{impossible}}.", "impossible"),
        (r"\boxed{No solution}", "No solution"),
        (
            "9*8=72, 72*7=504. Too small.\nThere is no solution.\n",
            "There is no solution",
        ),
        (
            "9*8*7 = 504 is the largest. So it is impossible to make 1000.",
            "So it is impossible to make 1000",
        ),
        ("9*8*7 = 504.\n**Answer: impossible**", "Answer: impossible"),
        ("9*8*7 = 504. It's impossible.", "It's impossible"),
        ("There are no solutions.", "There are no solutions"),
        (
            "504 is the most, so it cannot be done.",
            "504 is the most, so it cannot be done",
        ),
        (
            "The best expression is 9*8*7 = 504.\n\nTherefore, there is no way to reach 1000 with these numbers.",
            "Therefore, there is no way to reach 1000 with these numbers",
        ),
    ] {
        let (said, correct, reason) = judged("9 8 7 -> 1000", text);
        assert_eq!(
            (said.as_deref(), correct),
            (Some(answer), true),
            "{text}: {reason}"
        );
        let (text, answer) = (text.replace("1000", "24"), answer.replace("1000", "24"));
        let (said, correct, reason) = judged("9 8 7 -> 24", &text);
        assert_eq!(
            (said.as_deref(), correct),
            (Some(answer.as_str()), false),
            "{text}"
        );
        assert!(reason.starts_with("says there is no solution, but "), "{reason}");
        let problem = Problem::parse("9 8 7 -> 24").unwrap();
        let place = place(&problem, &text, 0).unwrap();
        assert_eq!(text[place], answer);
    }
}

#[test]
fn a_denial_is_heard_in_many_words_and_with_polite_words_behind_it() {
    for text in [
        "There isn't a solution.",
        "There isn\u{2019}t any valid solution.",
        "There are not any solutions.",
        "A solution does not exist.",
        "The problem doesn't have a solution.",
        "It isn't possible to make 1000.",
        "1000 can't be made from 9, 8 and 7.",
        "We cannot reach 1,000 with these numbers.",
        "No combination of 9, 8 and 7 works.",
        "None of the combinations works.",
        "There is no such expression.",
        "There's no way.",
        "There does not exist a solution.",
        "No expression with 9, 8 and 7 equals 1000.",
        "There is no solution to 9, 8, 7 -> 1000.",
        "Conclusion: impossible.",
        "I conclude that there is no solution.",
        "Sorry, but it is impossible.",
        "It is impossible to make 1000 using each number only once.",
        "It is impossible with only these numbers.",
        "There is no solution without using a number twice.",
        "The only conclusion is that it is impossible.",
        "9*8*7\nThat is 504, too small.\nThere is no solution.",
        "9*8*7\nIt is impossible.",
        "9*8*7 = 1000\nThat is wrong, it is 504. So it can't be done.",
        "There is no solution in this case.",
        "It is not possible to reach 1000 in this case.",
        "It is impossible to get 1000 directly from these numbers.",
        "There is no solution starting with 9, 8 and 7.",
        "There is no solution using only the numbers provided.",
        "There is no solution with just the available numbers and operations.",
        "It is impossible to make 1000 using only +, -, * and /.",
        "There is no solution with only addition, subtraction, multiplication and division.",
        "I looked at all combinations and there is no solution.",
        "504 is wrong, there is no solution.",
        "That's not right, it can't be done.",
        "Making 1000 from 9, 8 and 7 is impossible.",
        "Making 1000 from 9, 8, and 7 is impossible.",
        "There is no way to get 9, 8 and 7 to equal 1000.",
        "There is no way to combine 9, 8 and 7 to make 1000.",
        "It is not possible to use 9, 8 and 7 to make 1000.",
        "It is impossible to make 1000 using all 3 numbers.",
        "There is no solution with these numbers, the closest is 8 * 7 = 56.",
        "We tried 9 * 8 this way, so there is no solution.",
        "It is impossible because with only addition we get 17.",
        "Sorry for the confusion, but it is impossible.",
        "I apologize for the confusion, but there is no solution.",
        "Thank you; there is no solution.",
        "There is no solution, but let me know if you have other numbers.",
        "There is no solution, so please let me know if you want another puzzle.",
        "**There is no solution.** If you have another set of numbers, feel free to share!",
        "(There is no solution.) Let me know if you have other numbers.",
        "There is no solution.\n\nPlease provide different numbers if you'd like me to try again.",
        "There is no solution to this problem. Please check the numbers.",
        "There is no solution. Could you double-check the numbers?",
        "There is no solution if each number must be used exactly once.",
        "If we must use each number exactly once, there is no solution.",
        "There is no solution, even if we use fractions.",
        "There is no solution. Sorry for the confusion!",
        "It is impossible.\n\nLet me know if you need anything else!",
        "It is impossible. I hope this helps. Would you like another one?",
        "Unless I've made a mistake, there is no solution.",
        "There is no solution, unless I missed something.",
    ] {
        let (_, correct, reason) = judged("9 8 7 -> 1000", text);
        assert!(correct, "{text}: {reason}");
        let (_, correct, reason) = judged("9 8 7 -> 24", &text.replace("1000", "24").replace("1,000", "24"));
        assert!(
            !correct && reason.starts_with("says there is"),
            "{text}: {reason}"
        );
    }
}

#[test]
fn plain_denials_are_heard_with_their_reasons_and_all_the_numbers() {
    for text in [
        "Since the largest value is 504, it is impossible to make 1000.",
        "Therefore, it is not possible to create 1000 using the numbers 9, 8, and 7 with the given operations.",
        "I have tried all possible combinations, and there is no solution.",
        "After trying all combinations, I conclude that 1000 cannot be made with the numbers 9, 8, and 7.",
        "Given the numbers 9, 8, 7, it is impossible to reach 1000.",
        "With the numbers 9, 8 and 7, it is impossible to reach 1000.",
        "Using each of 9, 8 and 7 exactly once, there is no solution.",
        "The maximum is 9*8*7 = 504 < 1000, so no solution exists.",
        "It is impossible to make 1000 from 9, 8, 7 using addition, subtraction, multiplication, or division.",
        "It is impossible to make 1000 (the maximum is 504).",
        "There is no solution: 9 * 8 * 7 = 504.",
        "In conclusion, there is no solution.",
        "By checking all, it is clear that 1000 is unreachable.",
        "Even with multiplication of all numbers we only get 504, so it is impossible.",
        "This problem has been checked and it is unsolvable.",
        "The problem is unsolvable.",
        "The given problem is impossible to solve with the numbers.",
        "No combination of these numbers and operations works.",
        "There is no combination of +, -, * and / that gives 1000.",
        "There is no way to combine these three numbers to get 1000.",
        "No solution, as 9*8*7 = 504 is the most.",
        "There is no solution by using all three numbers once.",
        "There is no solution with 3 numbers.",
        "It isn't possible to combine 9, 8, and 7 in any way that yields 1000.",
        "The target 1000 cannot be reached.",
        "The target cannot be reached with two multiplications, so there is no solution.",
    ] {
        let (_, correct, reason) = judged("9 8 7 -> 1000", text);
        assert!(correct, "{text}: {reason}");
    }
}

#[test]
fn a_denial_is_heard_with_other_nouns_verbs_and_subjects_and_a_marked_one_without_any() {
    for text in [
        "There is no valid sequence of operations that achieves 1000 using all three initial numbers exactly once.",
        "After checking several possibilities, no valid arithmetic combination using only the given numbers yields 1000.",
        "Given that neither combination yielded 1000, it appears no valid arithmetic operation sequence exists.",
        "There is no valid arithmetic expression that equals 1000.",
        "There is no valid mathematical expression that equals 1000.",
        "There is no arithmetic expression using these numbers that equals 1000.",
        "No combination yields 1000.",
        "No combination produces 1000.",
        "No combination results in 1000.",
        "None of the combinations yield 1000.",
        "There are no valid combinations that give 1000.",
        "There are no combinations of these numbers that equal 1000.",
        "There doesn't appear to be a solution.",
        "There does not seem to be a solution.",
        "The numbers 9, 8 and 7 cannot be combined to make 1000.",
        "These numbers can't be combined to reach 1000.",
        "The given numbers cannot produce 1000.",
        "9, 8, and 7 can't make 1000.",
        "I can't make 1000 with these numbers.",
        "It is infeasible.",
        "There is no answer.",
        "There is not an answer.",
        "No valid answer exists.",
        "<answer>Not possible with the given numbers</answer>",
        "<answer>Cannot reach 1000</answer>",
        "<answer>Cannot be made</answer>",
        "<answer>No combination possible</answer>",
        "<answer>Unsolvable with given numbers</answer>",
        "<answer>not solvable</answer>",
        "<answer>does not exist</answer>",
        "<answer>N/A</answer>",
        "So the answer: not possible.",
        "It is impossible to make 1000 using the four basic operations.",
        "It may be concluded that there is no solution.",
        "It's impossible to come up with 1000.",
        "It is impossible to reach such a large number.",
        "There is no way to make this work.",
        "There is no way to find a combination of the numbers that gives 1000.",
        "It is not possible to satisfy the conditions.",
        "9*8*7 = 504 is the most, so it is impossible.",
        "Since 9*8*7 = 504 is less than 1000, this cannot be done.",
        "We need 1000, which is impossible.",
    ] {
        let (_, correct, reason) = judged("9 8 7 -> 1000", text);
        assert!(correct, "{text}: {reason}");
    }
}

#[test]
fn what_is_denied_of_other_things_or_on_the_way_is_no_such_claim() {
    for text in [
        "There is no solution involving multiplication.",
        "There is no solution that multiplies.",
        "No combination that subtracts works.",
        "No combination that includes * works.",
        "There is no solution via 9*8.",
        "There is no solution after multiplying 9 and 8.",
        "There is no solution when 9 and 8 are multiplied.",
        "It's impossible to get it any other way.",
        "It can't be done with fewer numbers.",
        "No expression with fewer numbers works.",
        "It can't be done more simply.",
        "It's not possible to use decimals.",
        "It is impossible to get a remainder.",
        "There is no way to get this wrong.",
        "Since 24 is even, it is not possible to get an odd number.",
        "(9*8*7 would be 504, so that is not possible.)",
        "9 - 8 - 7 is negative, which is not possible.",
        "We would need 3 and 10 to get 0, which is impossible.",
        "There is no solution with the remaining numbers.",
        "The two numbers can't make 24.",
        "The remaining 17 and 7 can't be combined.",
        "I cannot make 12.",
        "These numbers cannot be combined to make 12.",
        "There is no solution if 9 is used first.",
        "If we start with 9*8, it's impossible.",
        "I wonder whether there is no solution.",
        "I think it's impossible, but let me keep trying.",
        "It looks like it is impossible, let me try more.",
        "It seems impossible, but let's try again.",
        "There is probably no solution.",
        "It's probably impossible.",
        "No solution here.",
        "I have no answer.",
        "I do not have an answer.",
        "I can't make 24 from that.",
        "None of the expressions uses fractions.",
    ] {
        assert_eq!(judged("9 8 7 -> 24", text).2, "no answer", "{text}");
        let answer = judged("9 8 7 -> 24", &format!("9 + 8 + 7\n{text}")).0;
        assert_eq!(answer.as_deref(), Some("9+8+7"), "{text}");
    }
}

/// Beside a right line only what is said of the problem counts.
#[test]
fn an_aside_is_no_denial_behind_a_line_that_is_a_solution() {
    for (aside, denies) in [
        ("9 * 8 * 7 = 504, so it is impossible.", false),
        ("It's impossible to go further.", false),
        ("It can't be done in another order.", false),
        ("There is no solution with two of them.", false),
        ("There is no solution.", true),
        ("The problem is unsolvable.", true),
        ("It is impossible to make 24.", true),
    ] {
        let answer = judged("9 8 7 -> 24", &format!("9 + 8 + 7\n{aside}")).0;
        assert_eq!(answer.as_deref() != Some("9+8+7"), denies, "{aside}: {answer:?}");
    }
}

#[test]
fn how_many_numbers_there_are_is_none_of_them() {
    for (text, heard) in [
        ("It is impossible to make 1000 using all 4 numbers.", true),
        ("There is no solution with these four numbers.", true),
        ("There is no solution using all of the 4 given numbers.", true),
        ("There is no solution with 4 and 5.", false),
        ("There is no solution without 4.", false),
        ("There is no solution with only 3 numbers.", false),
        ("There is no solution with three numbers.", false),
    ] {
        let (_, correct, reason) = judged("4 5 7 2 -> 1000", text);
        assert_eq!(correct, heard, "{text}: {reason}");
    }
}

#[test]
fn what_is_denied_of_a_part_or_denied_itself_is_no_such_claim() {
    for text in [
        "There's no way to make 24 without using 9.",
        "There is no solution without fractions.",
        "It is impossible to make 24 with only addition.",
        "There is no solution using only 9 and 8.",
        "There is no solution except 9 + 8 + 7.",
        "There is no solution apart from that.",
        "No combination of 9 and 8 works.",
        "24 cannot be made from 9 and 8.",
        "12 cannot be made.",
        "It is impossible to make exactly 12.",
        "It can't be done this way.",
        "There is no solution in this branch.",
        "There is no solution yet.",
        "There is no solution starting with a product.",
        "It is impossible to say.",
        "There is no way to tell.",
        "There is no solution for now.",
        "It is impossible to get 24 with two numbers.",
        "It is unlikely that there is no solution.",
        "There can't be no solution.",
        "To say that there is no solution would be a mistake.",
        "Result: no.",
        "Nobody said it is impossible to get there.",
        "No, it is not the case that there is no solution.",
        "That doesn't mean that there is no solution.",
        "I am not sure that it is impossible.",
        "I don't think it is impossible.",
        "It is wrong to say that it is impossible.",
        "That there is no solution is wrong.",
        "It's not impossible to make 24.",
        "It isn't unsolvable.",
        "I thought it was unsolvable, it is almost impossible to make 24.",
        "This is not a solution.",
        "I cannot find a solution.",
        "Let me know if there is no solution.",
        "Using only multiplication, there is no solution.",
        "Without 9, it is impossible.",
        "From 72, it is impossible to get 24.",
        "So in this branch it is impossible.",
        "That subproblem has no solution.",
        "Unless we use 9 twice, there is no solution.",
        "In this branch, there is no solution.",
        "Division is not possible here.",
        "A larger product is not possible.",
        "Negative numbers are not possible.",
        "Fractions cannot be made.",
        "There is no way to combine 9 and 8 to make 24.",
        "There is no solution using only addition and multiplication.",
        "There is no solution, other than the first.",
        "Sorry for the confusion, but it is not true that it is impossible.",
    ] {
        assert_eq!(judged("9 8 7 -> 24", text).2, "no answer", "{text}");
    }
}

#[test]
fn who_has_shown_a_solution_denies_something_else_and_the_last_of_all_counts() {
    for (text, answer) in [
        ("9+8+7 = 24\nIt is impossible to make it nicer.", "9+8+7"),
        ("9+8+7 = 24.\nThere is no solution of two numbers.", "9+8+7"),
        ("It is impossible.\n9+8+7", "9+8+7"),
        ("9+8+7\nThere is no solution.", "There is no solution"),
        ("9*8*7\nNo.\nSo 9+8+7.", "9+8+7"),
    ] {
        assert_eq!(judged("9 8 7 -> 24", text).0.as_deref(), Some(answer), "{text}");
    }
}

#[test]
fn doubts_questions_and_what_is_no_end_are_no_such_claim_and_an_answer_is_better() {
    for text in [
        "Is there no solution?",
        "Maybe there is no solution.",
        "There is no solution. Or is there? 9 + 8 = 17.",
        "If there is no solution, I should say so.",
        "It isn't impossible to make 24.",
        "There is no solution other than the first.",
        "So it is not true that it is impossible to make 24.",
        "It can't be that there is no solution.",
        "9 + 8 = 17, no.",
        "So no.",
    ] {
        assert_eq!(judged("9 8 7 -> 24", text).2, "no answer", "{text}");
    }
    let unread = judged("9 8 7 -> 24", "<answer>fifteen</answer>").2;
    assert!(unread.contains("cannot be read"), "{unread}");
    for text in [
        "The answer is 8*(9-7)+8.\nThere is no solution.",
        "<answer>9+8+7</answer>\nThere is no solution.",
    ] {
        assert!(!judged("9 8 7 -> 24", text).2.starts_with("says"), "{text}");
    }
    let thought = "<think>There is no solution.</think>\n9+8+7";
    let problem = Problem::parse("9 8 7 -> 24").unwrap();
    assert!(exact(&problem, thought, thought.find("\n9").unwrap()).correct);
}

proptest! {
    #[test]
    fn any_words_are_judged(text in r"(<answer>|</answer>|\\boxed\{|\\text\{|\}|[Nn]o|solution|impossible to make|answer|is|[.!?: \n]|é|ẞ){0,30}") {
        let problem = Problem::parse("9 8 7 -> 1000").unwrap();
        let judgement = exact(&problem, &text, 0);
        prop_assert_eq!(judgement.correct, judgement.reason.is_empty());
        prop_assert!(place(&problem, &text, 0).is_none_or(|place| text.get(place).is_some()));
    }
}
