//! The conditions: a bundled model to start from, what it is primed with, and the condition of the paper it stands for.

use crate::config::recipe::Condition;

/// One condition.
#[derive(Debug)]
pub struct ConditionSpec {
    /// Its name in tables and directories.
    pub name: &'static str,
    /// The bundled model it starts from.
    pub base: &'static str,
    /// What it is primed with.
    pub prime: Option<Condition>,
    /// Whether it belongs to the quick set.
    pub quick: bool,
    /// The paper's condition: table (`llama` or `qwen`) and name in it.
    pub published: Option<(&'static str, &'static str)>,
}

const fn primed(
    name: &'static str,
    prime: Condition,
    quick: bool,
    published: Option<(&'static str, &'static str)>,
) -> ConditionSpec {
    ConditionSpec {
        name,
        base: "guesser",
        prime: Some(prime),
        quick,
        published,
    }
}

const fn base(
    name: &'static str,
    quick: bool,
    published: Option<(&'static str, &'static str)>,
) -> ConditionSpec {
    ConditionSpec {
        name,
        base: name,
        prime: None,
        quick,
        published,
    }
}

/// All of them, in the order of the table. Qwen is the paper's model with habits, Llama the one without.
pub const CONDITIONS: [ConditionSpec; 12] = [
    base("novice", true, Some(("qwen", "base_ppo"))),
    base("guesser", true, Some(("llama", "base_ppo"))),
    primed(
        "guesser+all",
        Condition::All,
        true,
        Some(("llama", "all_strategies")),
    ),
    primed(
        "guesser+incorrect",
        Condition::Incorrect,
        true,
        Some(("llama", "no_positive_all_strategies")),
    ),
    base("budding", false, None),
    primed(
        "guesser+backtracking",
        Condition::Backtracking,
        false,
        Some(("llama", "only_backtracking")),
    ),
    primed(
        "guesser+backtracking_verification",
        Condition::BacktrackingVerification,
        false,
        Some(("llama", "backtracking_verification")),
    ),
    primed(
        "guesser+backtracking_subgoal",
        Condition::BacktrackingSubgoal,
        false,
        Some(("llama", "backtracking_subgoal")),
    ),
    primed(
        "guesser+backtracking_backward",
        Condition::BacktrackingBackward,
        false,
        Some(("llama", "backtracking_backward")),
    ),
    primed("guesser+direct", Condition::Direct, false, None),
    primed(
        "guesser+empty",
        Condition::Empty,
        false,
        Some(("llama", "empty_cot")),
    ),
    primed(
        "guesser+filler",
        Condition::Filler,
        false,
        Some(("llama", "dots")),
    ),
];
