//! Tests of [`super`].

use super::*;

const SMALL: &str = "name = 'small'
summary = 'A test.'
kind = 'pretrain'
seed = 7
[sampler]
temperature = 0.6
[task]
range = [1, 20]
[[stage]]
tokens = 1_000_000
[[stage.mix]]
weight = 2
patience = [0.5, 0.5]
[[stage.mix]]
verify = false
";

fn error(text: &str, overrides: &[&str]) -> String {
    let overrides: Vec<Override> = overrides.iter().map(|o| o.parse().unwrap()).collect();
    Recipe::parse(text, "small.toml", &overrides)
        .unwrap_err()
        .to_string()
}

#[test]
fn what_is_not_said_has_its_default_and_free_tables_are_passed_through() {
    let recipe = Recipe::parse(SMALL, "small.toml", &[]).unwrap();
    let stage = &recipe.stages[0];
    assert_eq!(
        (recipe.learning_rate_of(stage), recipe.batch_tokens_of(stage)),
        (2e-3, 1024)
    );
    assert_eq!((stage.warmup, stage.decay, stage.last), (40, 0.4, 0.03));
    assert_eq!(stage.mix[0].weight, 2.0);
    assert_eq!(stage.mix[0].writer["patience"].as_array().unwrap().len(), 2);
    assert_eq!(stage.mix[1].writer.len(), 1);
    assert_eq!(recipe.task["range"][1].as_integer(), Some(20));
}

#[test]
fn a_resolved_recipe_reads_back_to_the_same_value() {
    let recipe = Recipe::parse(SMALL, "small.toml", &["sampler.top_p=0.95".parse().unwrap()]).unwrap();
    let text = recipe.to_toml().unwrap();
    assert_eq!(Recipe::parse(&text, "recipe.toml", &[]).unwrap(), recipe);
}

#[test]
fn an_unknown_key_names_its_line_and_the_nearest_key() {
    let text = SMALL.replace("seed = 7", "sead = 7");
    let message = error(&text, &[]);
    assert!(message.contains("small.toml line 4"), "{message}");
    assert!(message.contains("did you mean `seed`?"), "{message}");

    let text = SMALL.replace("tokens = 1_000_000", "tokens = 1_000_000\nlerning_rate = 1e-3");
    let message = error(&text, &[]);
    assert!(
        message.contains("line 11") && message.contains("`learning_rate`"),
        "{message}"
    );

    let text = SMALL.replace("temperature", "temprature");
    assert!(error(&text, &[]).contains("did you mean `temperature`?"));
}

#[test]
fn an_unknown_key_is_told_before_a_required_one_that_is_missing() {
    for (from, to, line, meant) in [
        ("kind =", "kimd =", 3, "kind"),
        ("name =", "nama =", 1, "name"),
        ("[[stage]]", "[[stages]]", 9, "stage"),
        ("tokens =", "token =", 10, "tokens"),
        (
            "tokens = 1_000_000\n",
            "[[stage]]\ntokens = 1\nmixx = 1\n",
            12,
            "mix",
        ),
    ] {
        let message = error(&SMALL.replacen(from, to, 1), &[]);
        assert!(
            message.contains(&format!("small.toml line {line}: there is no key"))
                && message.contains(&format!("did you mean `{meant}`?")),
            "{to}: {message}"
        );
    }
    assert!(error(&SMALL.replace("kind = 'pretrain'", ""), &[]).contains("missing field `kind`"));
}

#[test]
fn a_value_that_makes_no_sense_has_its_line() {
    for (from, to, line) in [
        ("tokens = 1_000_000", "tokens = 0", 10),
        ("temperature = 0.6", "temperature = -1", 5),
        ("weight = 2", "weight = -1", 12),
        ("name = 'small'", "name = '../small'", 1),
        ("seed = 7", "seed = -7", 4),
    ] {
        let message = error(&SMALL.replace(from, to), &[]);
        assert!(
            message.starts_with(&format!("small.toml line {line}: ")),
            "{to}: {message}"
        );
    }
}

#[test]
fn overrides_change_any_key_and_a_wrong_one_is_named() {
    let set = |text: &str| Recipe::parse(SMALL, "small.toml", &[text.parse().unwrap()]).unwrap();
    assert_eq!(
        set("stage.0.learning_rate=1e-3").stages[0].learning_rate,
        Some(1e-3)
    );
    assert_eq!(set("steps=20").steps, Some(20));
    assert_eq!(
        set("task.rules=rational").task["rules"].as_str(),
        Some("rational")
    );
    assert_eq!(set("model.layers=2").model.unwrap().layers, 2);

    let message = error(SMALL, &["seed=8", "model.layer=2"]);
    assert!(
        message.starts_with("--set model.layer=2:") && message.contains("did you mean `layers`?"),
        "{message}"
    );
    assert!(error(SMALL, &["seed=many"]).starts_with("--set seed="));
    assert!(error(SMALL, &["stage.4.tokens=1"]).contains("no element 4"));
}

const RL: &str = "name = 'x'\nsummary = ''\nkind = 'rl'\ninit = 'novice'\nsteps = 3\n[reward]\nexact = 1.0\n";

#[test]
fn every_kind_has_its_own_defaults_and_what_is_said_wins() {
    let rl = Recipe::parse(RL, "x.toml", &[]).unwrap();
    assert_eq!(
        (rl.learning_rate, rl.rollouts(), rl.rl.unwrap().num_generations),
        (2e-4, 128, 8)
    );
    let slow = Recipe::parse(RL, "x.toml", &["learning_rate=1e-5".parse().unwrap()]).unwrap();
    assert_eq!(slow.learning_rate, 1e-5);
    let prime = RL
        .replace("'rl'", "'prime'")
        .replace("[reward]\nexact = 1.0\n", "");
    let prime = Recipe::parse(&prime, "x.toml", &[]).unwrap();
    assert_eq!((prime.learning_rate, prime.data.unwrap().size), (5e-4, 400));
}

#[test]
fn a_resolved_rl_recipe_reads_back_to_the_same_value() {
    let recipe = Recipe::parse(RL, "x.toml", &["rl.epsilon_high=0.28".parse().unwrap()]).unwrap();
    let text = recipe.to_toml().unwrap();
    assert_eq!(Recipe::parse(&text, "recipe.toml", &[]).unwrap(), recipe);
}

#[test]
fn what_a_kind_does_not_look_at_or_cannot_do_is_a_sentence() {
    for (change, wanted) in [
        ("kind='prime'", "[reward] belongs to recipes of kind `rl`"),
        ("data.size=3", "[data] belongs to recipes of kind `prime`"),
        ("batch=12", "multiple of `rl.num_generations`"),
        (
            "accumulation_tokens=0",
            "`accumulation_tokens` is 0, it must be between 1 and",
        ),
        ("accumulation_token=9", "did you mean `accumulation_tokens`?"),
        ("init='random'", "`init` must name a model"),
        ("reward.exact=0", "nothing to learn for"),
        ("sampler.temperature=0", "nothing can be learnt"),
        ("rl.losstype='dapo'", "did you mean `loss_type`?"),
        ("rl.loss_type='dappo'", "did you mean `dapo`?"),
    ] {
        let message = error(RL, &[change]);
        assert!(message.contains(wanted), "{change}: {message}");
    }
    assert!(error(&RL.replace("steps = 3\n", ""), &[]).contains("`steps` is missing"));
}

#[test]
fn data_that_makes_no_sense_is_a_sentence() {
    let prime = "name='p'\nsummary='x'\nkind='prime'\ninit='guesser'\n";
    for (changes, wanted) in [
        (&["data.patience=[3, 1]"][..], "`data.patience` is [3, 1]"),
        (&["data.patience=[0, 1]"], "between 1 and 1000"),
        (&["data.difficulty=[0.5, 1.5]"], "between 0 and 1"),
        (&["data.warmup=2"], "`data.warmup` is 2"),
        (&["data.condition='al'"], "did you mean `all`?"),
        (
            &["data.file='rows.jsonl'", "data.condition='direct'"],
            "`data.file` replaces what the solver would write",
        ),
    ] {
        let message = error(prime, changes);
        assert!(message.contains(wanted), "{changes:?}: {message}");
    }
    let changes = ["data.file=rows.jsonl", "data.epochs=5", "data.warmup=0.0"].map(|c| c.parse().unwrap());
    let recipe = Recipe::parse(prime, "p.toml", &changes).unwrap();
    assert_eq!(recipe.data.unwrap().epochs, 5);
}

#[test]
fn values_that_make_no_sense_are_sentences() {
    for (from, to) in [
        ("seed = 7", "seed = -7"),
        ("tokens = 1_000_000", "tokens = 0"),
        ("tokens = 1_000_000", "tokens = 10\nlearning_rate = nan"),
        ("tokens = 1_000_000", "tokens = 10\ndecay = 1.5"),
        ("tokens = 1_000_000", "tokens = 10\nbatch_tokens = 1"),
        ("weight = 2", "weight = -1"),
        ("temperature = 0.6", "temperature = -1"),
        ("name = 'small'", "name = '../small'"),
        ("name = 'small'", "name = "),
        ("seed = 7", "dtype = 'f8'"),
        ("[task]", "[model]\nlayers = 0\n[task]"),
        ("[task]", "[model]\nhidden_size = 1_000_000\n[task]"),
        ("[task]", "[optimizer]\nbetas = [0.9, 1.0]\n[task]"),
    ] {
        let text = SMALL.replace(from, to);
        assert!(Recipe::parse(&text, "small.toml", &[]).is_err(), "{to}");
    }
    // What pretraining does not look at is refused too.
    assert!(error(SMALL, &["accumulation_tokens=9"]).contains("recipes of kind `prime` and `rl`"));
    let without = SMALL.split("[[stage]]").next().unwrap();
    assert!(error(without, &[]).contains("stage"));
}
