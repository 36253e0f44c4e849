//! The fuzz targets as plain functions: random bytes, and good inputs mangled, panic nowhere. `PROPTEST_CASES=1000000`
//! looks longer.

#[path = "../fuzz/src/lib.rs"]
mod targets;

use proptest::prelude::*;

/// Good inputs of each kind, to be mangled.
const SEEDS: [&str; 29] = [
    "(18-7)+4",
    "\\frac{8}{3-\\frac{8}{3}} = 24",
    "try 18+7=25 left 25 4\ncheck 25-4=21 not 15\nback to 18 7 4\n15=?+4 so need 11\naim for 11 from 18 7\nanswer (18-7)+4\n",
    "@Let's try 18 \u{2212} 7 = 11. Then 11 + 4 = 15, exactly!\nWait, 18*7=126\nSo the answer is (18 - 7) + 4 = 15.\n",
    r#"{"text":"try 18-7=11 left 11 4\n","problem":{"numbers":[18,7,4],"target":15}}"#,
    r#"{"schema":"backtrail.trace/1","text":"a","given":[[0,1]],"parts":[{"kind":"think","span":[0,1]}],"token_stats":null}"#,
    "{\"text\":\"\u{202e}\\u0000\",\"problem\":{\"numbers\":[0,-9223372036854775808],\"target\":1e99}}",
    "name = 'a'\nsummary = ''\nkind = 'pretrain'\n[sampler]\ntop_p = 0.5\n[[stage]]\ntokens = 1\n[[stage.mix]]\nweight = 2\n",
    "{\"schema\":\"backtrail.recording/1\",\"model\":\"scout\"}\n{\"at\":0,\"run\":0,\"asked\":{\"prompt\":\"a\",\"samples\":[0]}}\n",
    "99999999999999999999/0*(((((((",
    "\r\n\0\u{feff}\t \u{85}",
    "<answer>1</answer>\\boxed{2",
    r#"{"model_type":"qwen3","vocab_size":9,"hidden_size":8,"intermediate_size":8,"num_hidden_layers":2,"num_attention_heads":2,"max_position_embeddings":9,"rope_scaling":{"rope_type":"yarn","factor":2.0}}"#,
    "{{ bos_token }}{% for m in messages %}<|{{ m['role'] }}|>{{ m.content | trim }}{% endfor %}{% if add_generation_prompt %}<think>{% endif %}",
    "Row 1: 2 4 3 1\n| 1 | 3 | 4 | 2 |\n----\n<answer>\n[4, 1, 2, 3]\n3214\n</answer>",
    "{\"id\":\"a\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":[{\"token\":\"a\",\"logprob\":-1}]}}]}\n{\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\n: comment\ndata: [DONE]\n\n",
    "data: {\"type\":\"message_start\",\"message\":{\"role\":\"assistant\",\"content\":[]}}\n\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"a\"}}\n\ndata: {\"type\":\"message_stop\"}\n",
    "{\"type\":\"response.output_text.delta\",\"item_id\":\"a\",\"delta\":\"x\"}\n{\"type\":\"response.failed\",\"response\":{\"error\":{\"message\":\"no\"}}}\n",
    "{\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{\"id\":\"a\",\"type\":\"message\",\"content\":[]}}\n{\"type\":\"response.refusal.delta\",\"item_id\":\"b\",\"output_index\":0,\"delta\":\"no\"}\n{\"type\":\"response.output_text.done\",\"item_id\":\"c\",\"text\":\"x\"}\n{\"type\":\"response.completed\",\"response\":{\"output\":[{\"type\":\"message\"}]}}\n",
    "{\"text\":\"2431\",\"answer\":\"2431134241233214\",\"problem\":\"?\",\"metadata\":{\"source_dataset\":1,\"puzzle\":[[0]],\"solution\":7}}",
    "Current State: 15:[18, 7, 4], Operations: []\nExploring Operation: 18-7=11, Resulting Numbers: [4, 11]\nGenerated Node #0,0: 15:[4, 11] Operation: 18-7=11\nMoving to Node #0,0\n11,15 unequal: No Solution\n",
    "r1c1 = 2. Row 2 needs 3.\nSuppose (3,4) is 1.\nContradiction! So r3c4 is not 1.\n2 4 3 1\n1 3 4 2\n",
    "name = 'mine'\nletter = 'M'\n[[rule]]\nname = 'a'\nsay = ['let me # (again|once)', '\\bwait\\b']\nunless = ['list']\ntells = 'failure'\n[context]\nb = ['^so']\n",
    "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"a\"}}]}\n{\"created\":2,\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\n{\"created\":3,\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"c\"},\"finish_reason\":\"stop\"}]}\n",
    "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"a\"}}\n{\"type\":\"content_block_stop\",\"index\":1}\n{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"b\"}}\n{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"c\"}}\n",
    "{\"type\":\"response.output_text.delta\",\"sequence_number\":2,\"delta\":\"a\"}\n{\"type\":\"response.output_item.added\",\"output_index\":3,\"item\":{\"type\":\"message\"}}\n{\"type\":\"response.output_text.done\",\"text\":\"b\"}\n{\"type\":\"response.reasoning_text.delta\",\"delta\":\"c\"}\n{\"type\":\"response.in_progress\",\"sequence_number\":1,\"response\":{\"id\":\"z\"}}\n",
    "{\"type\":\"response.long\",\"text\":\"a\"}\n{\"id\":1,\"epoch\":1,\"message_refs\":[[0,1],[0,1]],\"events\":[],\"events_data\":{\"messages\":[{\"role\":\"assistant\",\"content\":\"b\"}]}}\n",
    "<think>hm</think>\n<labels>\n1: V \"18 - 7\"\n2: none\n</labels> <count>3</count>",
];

fn run(data: &[u8]) {
    for (_, target) in targets::TARGETS {
        target(data);
    }
}

#[test]
fn good_inputs_pass() {
    SEEDS.iter().for_each(|seed| run(seed.as_bytes()));
}

/// What once took time by the square of its length.
const AGAIN: [&str; 5] = [
    "RESULT: 98.",
    "# + 4 = #. ",
    "x. . . ",
    "x = 7 So y = 8 Now ",
    "SOLUTION SOLUTION: ",
];

#[test]
fn what_is_said_again_and_again_takes_no_more_time_than_its_length_allows() {
    for said in SEEDS.into_iter().chain(AGAIN) {
        for reader in 0..4 {
            targets::long(&[&[reader][..], said.as_bytes()].concat());
        }
    }
}

#[test]
fn files_of_other_programs_pass() {
    let mut files = 0;
    for entry in std::fs::read_dir("tests/data/formats").unwrap().flatten() {
        if let Ok(data) = std::fs::read(entry.path()) {
            targets::row(&data);
            files += 1;
        }
    }
    assert!(files > 15);
}

#[test]
fn files_of_models_pass_whole_and_cut() {
    let mut files = 0;
    for folder in [
        "tests/data/gguf",
        "tests/data/parity/llama3",
        "tests/data/streams",
    ] {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let Ok(data) = std::fs::read(entry.path()) else {
                continue;
            };
            for length in [data.len(), data.len() / 2, data.len().min(300), 9.min(data.len())] {
                targets::gguf(&data[..length]);
                targets::safetensors(&data[..length]);
                targets::config(&data[..length]);
                targets::stream(&data[..length]);
                targets::row(&data[..length]);
            }
            files += 1;
        }
    }
    assert!(files > 10);
}

proptest! {
    #[test]
    fn random_bytes_pass(data in prop::collection::vec(any::<u8>(), 0..200)) {
        run(&data);
    }

    #[test]
    fn mangled_inputs_pass(
        seed in prop::sample::select(&SEEDS[..]), other in prop::sample::select(&SEEDS[..]),
        cut in any::<prop::sample::Index>(), from in any::<prop::sample::Index>(),
        junk in prop::collection::vec(any::<u8>(), 0..4)
    ) {
        let (seed, other) = (seed.as_bytes(), other.as_bytes());
        run(&[&seed[..cut.index(seed.len())], &junk, &other[from.index(other.len())..]].concat());
    }
}
