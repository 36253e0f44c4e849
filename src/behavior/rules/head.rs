//! What a phrase begins with, as far as it can be followed together with all other phrases: `\bsince\b.*\brow\b` begins with
//! `\bsince\b`. Up to there few phrases are alike, so one automaton of all of them stays small; a stretch of anything
//! would keep its phrase going beside every other one. Words one by one, `( \w+)*`, end sooner and may belong to it.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// How often what takes any letter and blank may be repeated in a beginning.
const MOST_REPEATED: u32 = 3;

/// Letters, one of them a blank, of a class that goes over any words.
const LARGEST_CLASS: usize = 20;

/// The beginning of a phrase.
pub(super) struct Head {
    /// As an expression of its own.
    pub hir: Hir,
    /// Whether it is all of the phrase.
    pub whole: bool,
    /// What stands behind it, after a stretch of anything, one of them; none when nothing need to.
    pub rest: Vec<Hir>,
}

/// The beginning of a phrase; none when it can be empty anywhere.
pub(super) fn head(phrase: &Hir) -> Option<Head> {
    let head = beginning(phrase);
    (stands_somewhere(phrase) && stands_somewhere(&head.hir)).then_some(head)
}

/// Whether it is something, or nothing at the beginning of a text.
fn stands_somewhere(hir: &Hir) -> bool {
    let properties = hir.properties();
    properties.minimum_len().is_some_and(|least| least > 0)
        || properties.look_set_prefix().contains(Look::Start)
}

fn beginning(hir: &Hir) -> Head {
    let all = || Head {
        hir: hir.clone(),
        whole: true,
        rest: Vec::new(),
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => all(),
        HirKind::Capture(capture) => beginning(&capture.sub),
        HirKind::Repetition(repetition) => {
            let few = repetition.max.is_some_and(|most| most <= MOST_REPEATED);
            let once = beginning(&repetition.sub);
            match once.whole && (few || !goes_over_words(&repetition.sub)) {
                true => all(),
                false => Head {
                    hir: once.hir,
                    whole: false,
                    rest: Vec::new(),
                },
            }
        }
        HirKind::Concat(parts) => in_a_row(parts),
        HirKind::Alternation(parts) => {
            let heads: Vec<Head> = parts.iter().map(beginning).collect();
            let all_have_one = heads.iter().all(|head| !head.rest.is_empty());
            let rests = heads.iter().filter(|_| all_have_one).flat_map(|head| &head.rest);
            Head {
                whole: heads.iter().all(|head| head.whole),
                rest: rests.cloned().collect(),
                hir: Hir::alternation(heads.into_iter().map(|head| head.hir).collect()),
            }
        }
    }
}

/// Parts up to the first that cannot be followed to its end.
fn in_a_row(parts: &[Hir]) -> Head {
    let mut row = Vec::with_capacity(parts.len());
    for (number, part) in parts.iter().enumerate() {
        let Head { hir, whole, rest } = beginning(part);
        if whole {
            row.push(hir);
            continue;
        }
        let behind = parts.get(number + 1..).unwrap_or_default();
        let may_be_left_out = part.properties().minimum_len() == Some(0);
        let before = Hir::concat(row);
        let hir = match may_be_left_out {
            false => Hir::concat(vec![before, hir]),
            true if stands_somewhere(&before) => before,
            // `(no .* )?way` begins with `no ` or with `way`.
            true => Hir::concat(vec![before, Hir::alternation(vec![hir, in_a_row(behind).hir])]),
        };
        let rest = match behind {
            [] => rest,
            _ => vec![Hir::concat(behind.to_vec())],
        };
        return Head {
            hir,
            whole: false,
            rest,
        };
    }
    Head {
        hir: Hir::concat(row),
        whole: true,
        rest: Vec::new(),
    }
}

fn goes_over_words(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) => false,
        HirKind::Class(class) => letters(class) > LARGEST_CLASS && has_blank(class),
        HirKind::Repetition(repetition) => goes_over_words(&repetition.sub),
        HirKind::Capture(capture) => goes_over_words(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(goes_over_words),
    }
}

fn letters(class: &Class) -> usize {
    match class {
        Class::Unicode(class) => class.iter().map(|range| range.len()).sum(),
        Class::Bytes(class) => class.iter().map(|range| range.len()).sum(),
    }
}

fn has_blank(class: &Class) -> bool {
    match class {
        Class::Unicode(class) => class.iter().any(|r| (r.start()..=r.end()).contains(&' ')),
        Class::Bytes(class) => class.iter().any(|r| (r.start()..=r.end()).contains(&b' ')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(phrase: &str) -> Hir {
        regex_automata::util::syntax::parse(phrase).unwrap()
    }

    fn check(phrase: &str, beginning: &str, whole: bool) {
        let head = head(&parse(phrase)).unwrap();
        assert_eq!((head.hir, head.whole), (parse(beginning), whole), "{phrase}");
    }

    #[test]
    fn a_phrase_of_words_is_its_own_beginning() {
        for phrase in [
            r"\b(let me|let's) (re-?)?check\b",
            r"^(so |but )*wait",
            r"[%#]\)?,? not",
            r"a( [a-z]+){0,3}$",
        ] {
            let head = head(&parse(phrase)).unwrap();
            assert!(head.whole, "{phrase}");
        }
    }

    #[test]
    fn a_phrase_is_followed_up_to_what_goes_over_any_words() {
        check(r"\bsince\b.*\brow\b", r"\bsince\b", false);
        check(r"^no[^?]{2,60}yes", "^no[^?]", false);
        check(r"^(not .*|on )x", "^(?:not |on )", false);
        check(r"(no .* )?way", "no |way", false);
    }

    #[test]
    fn a_phrase_that_can_be_nothing_has_no_beginning_unless_a_text_begins_with_it() {
        for phrase in ["(a|b*)", "", "x?", r"\b", "[^?]{0,9}"] {
            assert!(head(&parse(phrase)).is_none(), "{phrase}");
        }
        assert!(head(&parse("^[#_]*$")).is_some());
    }
}
