//! Going back that gives nothing up: to look once more, in the world, as people of stories do, and later or on a condition.
//!
//! Rules of behaviors ask the same of a sentence: their files have these phrases, too, and a test there sees that they are
//! the same.

use regex_automata::meta::Regex;
use std::sync::LazyLock;

/// Going back to look, over a sentence's shape: to read something again…
pub const BACK_TO_READ: [&str; 3] = [
    r"\bback (over|through|and forth)\b",
    r"\bback (to|and) (re-?(read|check|trace|verify|count|examine|visit)|check|verify|see (that|what|where|how|why)|confirm|make sure|count|review|read)(ing)?\b",
    r"\bback to (the|our|my|its|this|what the)? ?((given|original|initial|actual|main|first|two) )*(problem|question|puzzle|statements?|prompt|text|definitions?|clues?|constraints?|rules?|wording|riddle)\b",
];

/// …or to check it; to see whether `the other` works is another attempt.
pub const BACK_TO_CHECK: [&str; 2] = [
    r"\bback( over| through)? (and|to) (\w+ly |just )?(re-?|double[- ]?|cross-?)?(check|verify|confirm|validate|make sure)\b",
    r"\bback (and|to) see (if|whether) (this|that|my|our|the ([^o]|o[^t])\w*|(i|we) (\w+ed|\w+ly|made|forgot|misread|misunderstood|did|have|had|was|were|went|got|can (find|spot|see|locate))|there\S*( is| are| was| were)?( an?| any| some)? (error|mistake|miscalculation|slip|typo|problem|issue|flaw|inconsistency|anything|something))\b",
];

/// Going back to what is ours goes on with what was found…
pub const BACK_TO_OURS: [&str; 1] = [r"\bback to our\b"];
/// …unless that is an attempt.
pub const OUR_ATTEMPT: [&str; 1] = [
    r"\bback to our (\w+ ){0,2}(guess|assumption|attempt|choice|decision|idea|approach|hypothesis|hypotheses|try|supposition|strategy|method|plan|option|case|branch|path|step|state)(e?s)?\b",
];

/// Somebody's way in the world, not one of the reasoning, over a sentence's shape. Where puzzles are about a place (trains,
/// banks of rivers, cities, houses), it takes somebody whose it is, or something to be done there.
pub const ERRAND: [&str; 5] = [
    r"\bback to ((the|a|an|my|our|your|his|her|their|that|this|\w+.s) )?(\w+ )?(shop|store|school|supermarket|market|bakery|mall|home|office|kitchen|bedroom|hotel|hospital|airport|library|beach|bed|sleep|mom|mum|dad)( (and|to|for|with|in|at|on|by|because|since|where|again|later|today|tomorrow|tonight|alone|before|after|from|once|twice|every|each|as)\b|[,.;:!)]|$)",
    r"\b(i|we|you|he|she|they)( (need|have|want|had|wanted|got) to| must| will| can)? (go|goes|come|drive|walk|run|return|went) back to (my|our|your|his|her|their|\w+.s) (\w+ )?(house|garden|farm|village|town|city|station|bank|camp|car|bus|boat|train)( (and|to|for|with|by|because|since|again|later|today|tomorrow|tonight|alone|before|after)\b|[,.;:!)]|$)",
    r"\bback to (the|a|an|my|our|your|his|her|their|\w+.s) (\w+ )?(house|garden|farm|village|town|city|station|bank|shore|camp|car|bus|boat|train) (to (pick up|buy|fetch|bring|collect|sleep|eat|meet|visit|withdraw|deposit)|for (my|our|his|her|their|some|more|lunch|dinner|breakfast|the night))\b",
    r"\bback home\b",
    r"\bback to (pick up|buy|fetch|bring|collect)\b",
];

/// A return that is not made yet, over a sentence's shape: what is done when something fails, or later. `Once again`
/// and `once more` are no condition.
pub const PLANNED: [&str; 5] = [
    r"^((so|but|and|then|now|okay|ok|well|also),? )*(only )?((if|when|whenever|unless|as soon as|before|in case|should (this|that|it))\b|once ([^am]|a[^g]|m[^o]))[^,.;:!?]*,? (then )?(i|we|you)( can| could| should| must| may| might| would| will|.ll|.d| have to| need to)?( always| just| simply)? ((go|step|come|return) back|backtrack|return to)\b",
    r"^((so|but|and|then|now|okay|ok|well),? )*(later|afterwards|eventually|otherwise|or else|if not|failing that|if necessary|if needed)( on)?,? (i|we|let)\b",
    r"\b(i|we|you|he|she|they)(.ll| will| can| could| may| might) (later|eventually|always|then later) (go|step|come|backtrack|return)\b",
    r"\bback(track)?( up)?( to (this|that|it|step|case|[#%(]|the|my|our|where)( [\w#%'-]+){0,3})?,? (only if|if needed|if necessary|(if|unless|once|as soon as|in case) (this|that|it|i|we|all|any|nothing|none|both|the|there|#|%)|when (needed|necessary|required))\b",
    r"\bback(track)?( up)?( to (this|that|it|them|step|case|[#%(]|the|my|our|where)( [\w#%'-]+){0,3})?,? (later( on)?|afterwards?|in a (moment|minute|second|bit|while)|at the (very )?end|another time|some other time)([,.;:!)]|$| (if|when|once|to|and|with|for|after)\b)",
];

fn regex(patterns: &[&str]) -> Option<Regex> {
    Regex::new_many(patterns).ok()
}

fn is(regex: &LazyLock<Option<Regex>>, shape: &str) -> bool {
    regex.as_ref().is_some_and(|regex| regex.is_match(shape))
}

static ERRANDS: LazyLock<Option<Regex>> = LazyLock::new(|| regex(&ERRAND));
static PLANS: LazyLock<Option<Regex>> = LazyLock::new(|| regex(&PLANNED));

static OURS: LazyLock<Option<Regex>> = LazyLock::new(|| regex(&BACK_TO_OURS));
static ATTEMPTS: LazyLock<Option<Regex>> = LazyLock::new(|| regex(&OUR_ATTEMPT));

/// Whether a sentence that goes back goes on with what was found: `Now, let's go back to our expression`.
pub(super) fn goes_on(shape: &str) -> bool {
    is(&OURS, shape) && !is(&ATTEMPTS, shape)
}

static LOOKS: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(&[&BACK_TO_READ[..], &BACK_TO_CHECK].concat()));

/// Whether a sentence that goes back does so only to look. What it checks may also be named later: `to step 1 and check it`.
pub(super) fn looks_again(shape: &str) -> bool {
    const LATER: [&str; 8] = [
        "and check",
        "and verify",
        "and re-check",
        "and recheck",
        "and double-check",
        "and re-read",
        "to check",
        "to verify",
    ];
    is(&LOOKS, shape) || LATER.iter().any(|words| shape.contains(words))
}

/// Whether a sentence with this shape, or what is left of it, goes back without giving anything up.
pub(super) fn returns_nowhere(shape: &str) -> bool {
    is(&ERRANDS, shape) || is(&PLANS, shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_from_what_reasoning_goes_back_to() {
        for words in [
            "i need to go back to the shop.",
            "we go back to the corner store to buy milk.",
            "let me go back to bed, then.",
            "i go back home and count.",
            "i have to go back to alice's house.",
            "we must go back to our car because it rains.",
            "i go back to the car for my bag.",
            "he went back to the bank to withdraw #.",
        ] {
            assert!(is(&ERRANDS, words), "{words}");
        }
        for words in [
            "let me go back to the house problem.",
            "let me go back to the equation of the shop.",
            "let me go back to the store example.",
            "i should go back.",
            "go back to # and try %.",
            "let me go back to the first train and redo it.",
            "let me go back to the bank.",
            "going back to the camp, we know x.",
            "let me go back to the red house.",
            "let me go back to the norwegian's house.",
            "so i go back to the city with three roads.",
            "i need to go back to the left shore.",
            "let me go back to the boat and put the goat in it first.",
        ] {
            assert!(!is(&ERRANDS, words), "{words}");
        }
    }

    #[test]
    fn who_looks_again_or_goes_on_gives_nothing_up() {
        for words in [
            "let me go back to check.",
            "let me go back and reread it.",
            "going back to checking the sum.",
            "let me go back to see what we know.",
            "let me go back and see if i missed a case.",
            "let me go back and see if there's an error.",
            "let me go back and see if i misread something.",
            "let me go back and see whether my calculation is right.",
            "let me go back and see if i can find the mistake.",
            "let me go back and see if i did that correctly.",
            "let me go back and see if i correctly used the clue.",
            "let me go back to see whether the sum is right.",
        ] {
            assert!(looks_again(words), "{words}");
        }
        for words in [
            "let me go back to the counterexample and change it.",
            "let me go back to the reading and change it.",
            "let me go back to the countdown and take another number.",
            "let me go back to see if another root works.",
            "let me go back to our last assumption and try #.",
            "let me go back to our first guess and change it.",
            "let me go back to our original idea.",
            "let me go back to our second choice of x.",
            "let me go back and see if the other root works.",
            "let me go back and see if there is another way.",
            "let me go back and see if i can use another root.",
        ] {
            assert!(!looks_again(words) && !goes_on(words), "{words}");
        }
        for words in [
            "let's go back to our expression.",
            "let me go back to our original equation.",
            "let's go back to our quadratic equation.",
            "let's go back to our differential equation.",
            "let's go back to our previous equation.",
            "let's go back to our first equation.",
            "let's go back to our two equations.",
            "let's go back to our set of equations.",
            "let's go back to our recurrence relation.",
            "let's go back to our triangle.",
            "let's go back to our matrix.",
            "let's go back to our sequence.",
            "let's go back to our derivation.",
            "let me go back to our earlier result that x = #.",
        ] {
            assert!(goes_on(words), "{words}");
        }
    }

    #[test]
    fn what_is_done_later_or_on_a_condition_is_not_done_yet() {
        for words in [
            "if this fails i will go back to step #.",
            "if this fails, i'll go back to step #.",
            "once we have the sum, we can go back to the first equation.",
            "should this fail, i go back to the start.",
            "otherwise, we go back to the first case.",
            "i'll go back to this later.",
            "let me go back to this in a moment.",
            "i will go back to the second case afterwards.",
            "we'll backtrack if needed.",
            "i'll go back to step # if this fails.",
            "i go back only if nothing fits.",
            "we will later go back to x.",
            "if this fails, we return to step #.",
            "once i have x, i step back.",
            "once there is no other number, we backtrack.",
            "once x is known, we can go back to the first equation.",
            "once y is found, i'll go back to the first equation.",
            "once each case is done, we go back to the start.",
            "once done, i will go back to step #.",
            "once solved, we go back to the first equation.",
            "once a value is found, we go back to the first equation.",
            "once my calculation is finished, i'll go back to step #.",
            "once % is solved, we go back to the first equation.",
        ] {
            assert!(is(&PLANS, words), "{words}");
        }
        for words in [
            "let me go back to step #.",
            "this fails, so i go back to step #.",
            "if x is #, we get a contradiction, so let me go back.",
            "let me go back to the state when we had #.",
            "i go back to step # once more.",
            "let me go back and see if i can use another root.",
            "let me go back to the case where y is later than x.",
            "i'll go back to the first case and take the other root.",
            "then i go back to the first idea.",
            // What is planned is the way that led here, or is over.
            "if i go this way i get stuck, so let me go back.",
            "before i go on, let me go back to step #.",
            "before we come to that, let's go back to step #.",
            "if we return # we are stuck, so we need to go back to step #.",
            "when we go there we are stuck, so we go back to step #.",
            "once again i go back to step #.",
            "once more, i go back to step #.",
        ] {
            assert!(!is(&PLANS, words), "{words}");
        }
    }
}
