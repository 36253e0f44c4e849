use super::*;
use proptest::prelude::*;

fn thought(text: &str) -> Chunk {
    Chunk {
        reasoning: text.into(),
        ..Chunk::default()
    }
}

fn said(text: &str) -> Chunk {
    Chunk {
        content: text.into(),
        ..Chunk::default()
    }
}

/// A piece with its tokens, given as their lengths.
fn scored(text: &str, lengths: &[usize]) -> Chunk {
    let token = |(bytes, i): (&usize, u8)| Scored {
        bytes: *bytes,
        logprob: -f32::from(i),
        top: vec![("x".into(), -0.5)],
    };
    Chunk {
        tokens: Some(lengths.iter().zip(1..).map(token).collect()),
        ..said(text)
    }
}

/// Everything that comes out of `chunks`, and how it ended.
fn write(mut text: Text, chunks: impl IntoIterator<Item = Chunk>) -> (TokenBatch, Pushed) {
    let (mut all, mut end) = (TokenBatch::default(), Pushed::More);
    for chunk in chunks {
        end = text.push(chunk);
        all.merge(text.take());
        if end != Pushed::More {
            break;
        }
    }
    text.finish();
    all.merge(text.take());
    (all, end)
}

fn plain() -> Text {
    Text::new("", &[], None)
}

#[test]
fn thoughts_stand_between_markers_which_belong_to_the_token_behind_them() {
    let (batch, _) = write(plain(), [thought("hm"), thought(" so"), said("4"), said("2")]);
    assert_eq!(batch.text, "<think>hm so</think>42");
    assert_eq!(batch.ends, [9, 12, 21, 22]);
    // Both in one piece, and a token for each.
    let both = Chunk {
        reasoning: "hm".into(),
        ..scored("42", &[2, 1, 1])
    };
    let (batch, _) = write(plain(), [both]);
    assert_eq!(
        (batch.text.as_str(), batch.ends),
        ("<think>hm</think>42", vec![9, 18, 19])
    );
}

#[test]
fn thoughts_that_are_cut_off_stay_open() {
    assert_eq!(write(plain(), [thought("hm")]).0.text, "<think>hm");
}

#[test]
fn thoughts_that_the_given_text_opened_are_not_opened_again() {
    let text = |given: &str, chunks: [Chunk; 2]| write(Text::new(given, &[], None), chunks).0.text;
    let given = "<think>first";
    assert_eq!(
        text(given, [thought(" so"), said("42")]),
        "<think>first so</think>42"
    );
    // A server that does not take thoughts apart closes them itself.
    assert_eq!(
        text(given, [said(" so</think>"), said("42")]),
        "<think>first so</think>42"
    );
    let closed = "<think>first</think>4";
    assert_eq!(
        text(closed, [said("2"), thought("hm")]),
        "<think>first</think>42<think>hm"
    );
}

#[test]
fn a_given_text_is_the_first_token_and_counts_as_given() {
    let (batch, _) = write(Text::new("aé", &["é".into()], None), [scored("b", &[1])]);
    assert_eq!((batch.text.as_str(), batch.given), ("aéb", 1));
    assert_eq!((batch.ends, batch.logprob), (vec![3, 4], vec![0.0, -1.0]));
    assert_eq!(batch.top_text, [vec![], vec![("x".to_owned(), -0.5)]]);
    // Also when nothing follows it.
    let (batch, _) = write(Text::new("aé", &[], None), []);
    assert_eq!((batch.text.as_str(), batch.ends, batch.given), ("aé", vec![3], 1));
}

#[test]
fn tokens_end_where_their_text_ends_and_inside_a_character_as_near_as_they_can() {
    let (batch, _) = write(
        plain(),
        [scored("", &[1]), scored("€a", &[2, 1]), scored("bc", &[9, 1])],
    );
    assert_eq!((batch.text.as_str(), batch.ends), ("€abc", vec![0, 0, 4, 6, 6]));
    assert!(batch.ids.is_empty() && batch.entropy.is_empty() && batch.top.is_empty());
}

#[test]
fn lists_that_are_empty_once_stay_empty_and_the_other_way_round() {
    let (batch, _) = write(plain(), [said("a"), scored("b", &[1])]);
    assert_eq!((batch.ends, batch.logprob), (vec![1, 2], vec![]));
    let (batch, _) = write(
        plain(),
        [scored("a", &[1]), said("b"), scored("c", &[1]), said("d")],
    );
    assert_eq!(
        (batch.text.as_str(), batch.ends, batch.logprob.len()),
        ("abcd", vec![1, 3], 2)
    );
}

#[test]
fn thoughts_of_whose_tokens_nothing_is_told_are_kept_beside_an_answer_that_is_scored() {
    let asked = || {
        let mut text = Text::new("", &[], None);
        text.ask(true);
        text
    };
    let (batch, _) = write(asked(), [thought("hm"), thought(" so"), scored("42", &[1, 1])]);
    assert_eq!(
        (batch.text.as_str(), batch.ends),
        ("<think>hm so</think>42", vec![9, 12, 21, 22])
    );
    assert!(batch.logprob[..2].iter().all(|logprob| logprob.is_nan()));
    assert_eq!(batch.logprob[2..], [-1.0, -2.0]);
    let told: Vec<usize> = batch.top_text.iter().map(Vec::len).collect();
    assert_eq!(told, [0, 0, 1, 1]);
    // A server that never tells anything has a token a piece.
    let (batch, _) = write(asked(), [thought("hm"), said("4"), said("2")]);
    assert_eq!(batch.ends, [9, 18, 19]);
    assert!(batch.logprob.iter().all(|logprob| logprob.is_nan()));
    // Thoughts in the middle of scored tokens, too.
    let (batch, _) = write(asked(), [scored("4", &[1]), thought("hm")]);
    assert_eq!((batch.ends.len(), batch.logprob[1].is_nan()), (2, true));
}

#[test]
fn a_stop_text_that_a_server_lets_through_ends_the_text() {
    let text = Text::new("##", &["##".into()], None);
    let (batch, end) = write(text, [scored("a#", &[1, 1]), scored("#b", &[1, 1]), said("c")]);
    assert_eq!((batch.text.as_str(), end), ("##a", Pushed::Stopped));
    assert_eq!(batch.ends, [2, 3, 3, 3, 3]);
}

#[test]
fn the_api_key_does_not_come_through_even_in_pieces() {
    let text = Text::new("", &[], Some("sk-secret"));
    let (batch, end) = write(text, [said("it is s"), said("k-se"), said("cret!")]);
    assert_eq!((batch.text.as_str(), end), ("it is ", Pushed::Echo));
    let text = Text::new("", &[], Some("sk-secret"));
    assert_eq!(write(text, [said("it is s"), said("k-se")]).0.text, "it is sk-se");
}

#[test]
fn progress_counts_tokens_where_they_are_known() {
    let mut text = plain();
    assert_eq!((text.progress().as_str(), text.is_untouched()), ("nothing", true));
    text.push(Chunk::default());
    assert!(text.is_untouched(), "a piece without text decides nothing");
    text.push(scored("a", &[1]));
    assert_eq!(text.progress(), "1 token");
    let mut text = plain();
    text.push(said("a"));
    text.push(said("b"));
    assert_eq!(text.progress(), "2 pieces of text");
}

proptest! {
    #[test]
    fn any_piece_gives_tokens_that_end_inside_the_text_at_a_character(
        reasoning in "[aé}]{0,4}", content in "[aé}]{0,4}",
        lengths in prop::option::of(prop::collection::vec(0_usize..4, 0..5))
    ) {
        let tokens = lengths.and_then(|lengths| scored("", &lengths).tokens);
        let chunk = Chunk { reasoning, content, tokens, ..Chunk::default() };
        let text = Text::new("é<think>", &["a".into()], Some("}"));
        let (TokenBatch { text, ends, logprob, top_text, .. }, _) = write(text, [chunk]);
        prop_assert!(ends.is_sorted() && ends.iter().all(|end| text.is_char_boundary(*end)));
        prop_assert!([logprob.len(), top_text.len()].iter().all(|n| *n == ends.len() || *n == 0));
    }
}
