use super::*;
use proptest::prelude::*;

#[test]
fn who_may_leave_numbers_over_or_take_them_twice_plays_another_game() {
    let asked = |rules: &str| {
        question(&format!(
            "Using the numbers [75, 4, 2], create an equation that equals 300. {rules}"
        ))
    };
    for rules in [
        "You may use any subset of the numbers.",
        "You don't have to use all of them.",
        "Numbers may be reused.",
        "Each number can be used multiple times.",
    ] {
        assert_eq!(asked(rules), None, "{rules}");
    }
    for rules in [
        "Each number can only be used once.",
        "You have to use all numbers.",
        "Numbers cannot be reused.",
    ] {
        assert!(asked(rules).is_some(), "{rules}");
    }
}

#[test]
fn the_questions_of_public_data_are_understood() {
    for (text, problem) in [
        (
            "Find a way to make 176 using all of these numbers: 55, 75, 12, 34.\nEach number",
            "55 75 12 34 -> 176",
        ),
        (
            "Calculate 588 using all of these numbers: 82, 38, 56, 49.\nEach",
            "82 38 56 49 -> 588",
        ),
        (
            "Using all the numbers 28, 61, 2, create an expression that equals 117.",
            "28 61 2 -> 117",
        ),
        (
            "Using the numbers [19, 36, 55, 7], create an equation that equals 65.",
            "19 36 55 7 -> 65",
        ),
        (
            "Combine these initial numbers [53, 57, 13] to reach the target value 64. All",
            "53 57 13 -> 64",
        ),
        (
            "Answer with numbers. Using the numbers 1, 2, create 3 that equals 3.\nUsing the numbers 4, 5, and 6, make 15.",
            "4 5 6 -> 15",
        ),
        (
            "Find a way to make 12 using all of these numbers: 3, 4.\nFind a way to make 13 using all of these numbers: 9, 4.\n1. Write numbers",
            "9 4 -> 13",
        ),
        (
            "Make 24 using 6, 4, 3, 3. You can use the operators +, -, *, /.\nUse '*' for multiplication.",
            "6 4 3 3 -> 24",
        ),
        (
            "numbers: 80, 91, 77, 35, target: 28. Use the numbers to reach the target using + - * / ( ).",
            "80 91 77 35 -> 28",
        ),
        (
            "What operations can I perform on the numbers 2, 3, 6, 120 so that the result is 84?",
            "2 3 6 120 -> 84",
        ),
        ("Numbers: 3, 7, 8, 2\nTarget: 6\nReach it.", "3 7 8 2 -> 6"),
        ("**Target number:** 24\nNumbers: [1, 2, 3, 4]", "1 2 3 4 -> 24"),
        ("Solve this game of 24: use 4 4 6 8.", "4 4 6 8 -> 24"),
        ("Solve this 24-game: use 4 4 6 8.", "4 4 6 8 -> 24"),
        (
            "Make 24 using 6, 4, 3, 3 and write an expression. Example of the form: (1 + 2) * 3 = 9.",
            "6 4 3 3 -> 24",
        ),
        (
            "Make 24: use the numbers 4, 4, 6, 8 and perform 3 operations.",
            "4 4 6 8 -> 24",
        ),
        (
            "Numbers 1, 2, make 3.\nUse 3, 5 and 7 to write an expression equal to 22.",
            "3 5 7 -> 22",
        ),
        (
            "Use 3, 5 and 7 to write an expression equal to 22, each number once.",
            "3 5 7 -> 22",
        ),
        ("Use 18, 7 and 4 to make 15", "18 7 4 -> 15"),
        ("Use [18, 7, 4] to get 15!", "18 7 4 -> 15"),
        ("Make 15 from 18, 7, 4.", "18 7 4 -> 15"),
        ("Here is one. Make 24 with 3, 3, 8 and 8", "3 3 8 8 -> 24"),
        (
            "I need to make 24 using 4, 7, 8 and 8.\nFirst, 7 * 4 = 28.",
            "4 7 8 8 -> 24",
        ),
        (
            "Make 15 from the numbers 18, 7 and 4 with each used once.",
            "18 7 4 -> 15",
        ),
        ("Using 18, 7 and 4, make 15.", "18 7 4 -> 15"),
        ("Using 18, 7 and 4, can you make 15?", "18 7 4 -> 15"),
        ("Using [18, 7, 4] make 15!", "18 7 4 -> 15"),
        ("From 18, 7, and 4, get 15", "18 7 4 -> 15"),
        ("Use 18, 7 & 4 to make 15.", "18 7 4 -> 15"),
        ("Make 15 from 18, 7, 4, using each of them once.", "18 7 4 -> 15"),
        ("Make 15 with 18, 7, 4 by adding or subtracting.", "18 7 4 -> 15"),
        ("Make 15 with 18, 7 and 4, please.", "18 7 4 -> 15"),
        ("Use 18, 7 and 4 to make 15 using all of them.", "18 7 4 -> 15"),
        ("Use 18, 7 and 4 to make 15 by combining them.", "18 7 4 -> 15"),
        (
            "Use 18, 7 and 4 to make 15, where you must use all of them.",
            "18 7 4 -> 15",
        ),
        ("Use 18, 7 and 4 to make 15 with any order.", "18 7 4 -> 15"),
        ("Use 18, 7 and 4 to make 15 and box your answer.", "18 7 4 -> 15"),
        (
            "Use 18, 7 and 4 to make 15 and put the answer in <answer> tags.",
            "18 7 4 -> 15",
        ),
        ("Use 18, 7 and 4 to make 15 and return it.", "18 7 4 -> 15"),
        ("Make 15 with 18, 7 and 4 and show your work.", "18 7 4 -> 15"),
        (
            "Make 15 with 18, 7 and 4 (+, -, * and / are allowed)",
            "18 7 4 -> 15",
        ),
    ] {
        assert_eq!(
            question(text).map(|p| p.to_string()).as_deref(),
            Some(problem),
            "{text}"
        );
    }
    for text in [
        "Which of these numbers is prime: 7?",
        "Numbers: 3, 7, 8, 2\nTarget: 6 of them",
        "make 15",
        "numbers",
        "numbers 1, 2",
        "We make 30 using 2, 3 and 5 as factors.",
        "Make 30 using 2, 3 and 5 as factors.",
        "Use 18, 7 and 4 to make 15 cakes.",
        "Use 18, 7 and 4 to make 12 additional cards.",
        "Use 18, 7 and 4 to make 12 math worksheets.",
        "Use 18, 7 and 4 to make 12 numbered tickets.",
        "Use 2 and 3 to make 6.",
        "Make 12 using 3, 4, 5 by drawing a right triangle.",
        "Make 15 from 18, 7, 4, where each is a weight of a rod.",
        "I want to make 12 with 3, 4, 5, and more flour.",
        "Using 18, 7 and 4, make 15 cakes.",
        "Make 15 from 18, 7, 4, and you have a rod.",
        "They differ, using 18, 7 and 4, make 15.",
        "Make 3 from 1.5, 2, 4.",
        "Teachers use 10, 20 and 30 to make 60.",
        "Use 2, 3 and 4 to make 1,000.",
        "1. Use 2, 3 and 4 to make 24.",
        "8 * 3 = 24, so I need to make 3 from 6, 1, 2.",
        "Are the numbers 3 and 4 coprime? gcd = 1",
        "Let n = 5 and consider the numbers 1, 2, 3.",
        "In column 3 we get 5. Missing numbers: 1, 2, 6.",
        "Using the numbers 3, 4, create an equation that equals 1,000.",
        "The numbers 3, 4.5, 6 make 24.",
        "Using the numbers [18, 7, -4], create an equation that equals 15.",
        "Using the numbers [18, 7, x], create an equation that equals 15.",
        "Using the numbers 18, 7, \u{2212}4, create an equation that equals 15.",
        "Make 15 from 18, 7, 4, -4.",
        "Use 18, 7, 4 and -4 to make 15.",
        "Input: 18 7 4 (24 game)",
        "Row 1 must use 1, 2, 3, so we get 4 for the last cell, each number once.\n1 2 3",
    ] {
        assert_eq!(question(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_a_question_or_none(text in "(numbers|[Mm]ake |use | to make | from |equals |[0-9]{1,20}|[, \\[é]){0,20}") {
        let _ = question(&text);
    }
}
