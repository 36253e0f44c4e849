//! What the engine writes is what the model gives when every token is computed from the beginning.

use super::*;

#[test]
fn greedy_text_with_a_cache_is_the_one_computed_from_scratch_for_every_token() {
    assert_computed_from_scratch(1.0);
}

#[test]
fn a_penalty_counts_the_tokens_of_the_prompt_and_of_the_text_so_far() {
    assert_computed_from_scratch(1.3);
}

fn assert_computed_from_scratch(repetition_penalty: f32) {
    let model = model();
    let greedy = Sampler {
        temperature: 0.0,
        max_tokens: 30,
        repetition_penalty,
        ..Sampler::default()
    };
    let (batch, _) = alone(
        &model,
        Request {
            sampler: greedy.clone(),
            ..request(1, [0])
        },
    );
    let mut ids = model.prompt("try 3 4", PromptKind::Raw, None).unwrap();
    let mut drawer = Drawer::default();
    for (i, token) in batch.ids.iter().enumerate() {
        let mut cache = model.forward.cache();
        let slot = cache.open();
        let last = ids.len() - 1;
        let rows: Vec<Row> = ids
            .iter()
            .enumerate()
            .map(|(i, &token)| Row {
                slot,
                token,
                want_logits: i == last,
            })
            .collect();
        let mut logits = Vec::new();
        model.forward.step(&rows, &mut cache, &mut logits).unwrap();
        let likely = penalised(&logits, &ids.iter().copied().collect(), repetition_penalty);
        assert_eq!(drawer.draw(&likely, &greedy, 0.0), Ok(*token));
        assert_eq!(
            drawer.score(&logits, *token, 0).unwrap().logprob,
            batch.logprob[i]
        );
        ids.push(*token);
    }
}
