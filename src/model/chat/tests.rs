//! What chat templates must do: render as transformers does, and end whatever they are.

mod hostile;

use super::*;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;

const TODAY: Date = date(2024, 7, 26);

#[derive(Deserialize)]
struct Golden {
    today: String,
    templates: BTreeMap<String, Source>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Source {
    source: String,
    specials: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Case {
    template: String,
    name: String,
    messages: Vec<Message>,
    thinking: Option<bool>,
    text: Option<String>,
    error: Option<String>,
    message: Option<String>,
}

fn template(source: &str) -> Template {
    Template::new(source, BTreeMap::new()).unwrap()
}

fn ask(source: &str) -> Result<String, TemplateError> {
    Template::new(source, BTreeMap::new())?.render(&[Message::new(Role::User, "Hi")], None, TODAY)
}

#[test]
fn every_case_renders_as_transformers_does() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../tests/golden/chat_templates.json")).unwrap();
    let today = golden.today.parse().unwrap();
    let templates: BTreeMap<_, _> = golden
        .templates
        .iter()
        .map(|(name, it)| (name, Template::new(&it.source, it.specials.clone()).unwrap()))
        .collect();
    let mut wrong = Vec::new();
    for case in &golden.cases {
        let got = templates[&case.template].render(&case.messages, case.thinking, today);
        let right = match (&got, case.error.as_deref()) {
            (Ok(text), None) => Some(text) == case.text.as_ref(),
            (Err(TemplateError::Refused(said)), Some("refused")) => {
                let words = case.message.as_deref().unwrap_or_default().split_whitespace();
                *said == words.collect::<Vec<_>>().join(" ")
            }
            (Err(TemplateError::Failed { .. }), Some("failed"))
            | (Err(TemplateError::NotContinued), Some("not continued")) => true,
            _ => false,
        };
        if !right {
            let wanted = case.text.as_ref().or(case.error.as_ref());
            wrong.push(format!(
                "{}, {} ({:?})\n got {got:?}\n not {wanted:?}",
                case.template, case.name, case.thinking
            ));
        }
    }
    assert!(golden.cases.len() >= 100, "cases went missing");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_template_can_be_shared_by_threads() {
    fn shared<T: Clone + Send + Sync + std::fmt::Debug>() {}
    shared::<Template>();
}

#[test]
fn a_separate_file_wins_over_the_tokenizer_configuration() {
    let config =
        br#"{"chat_template": "old", "bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>",
        "pad_token": null, "add_bos_token": true}"#;
    let both = Template::from_files(
        Some(config),
        Some(b"{{ bos_token }}{{ eos_token }}{{ pad_token }}"),
    )
    .unwrap()
    .unwrap();
    assert_eq!(
        both.render(&[Message::new(Role::User, "Hi")], None, TODAY)
            .unwrap(),
        "<s></s>"
    );
    assert!(both.writes_bos());
    let config = Template::from_files(Some(config), None).unwrap().unwrap();
    assert_eq!(config.source(), "old");
    assert!(!config.writes_bos() && !config.can_switch_thinking());
    assert!(template("{% if enable_thinking %}{% endif %}").can_switch_thinking());
}

#[test]
fn of_several_templates_the_default_counts_and_none_makes_a_base_model() {
    let list = |name: &str| {
        format!(
            r#"{{"chat_template": [{{"name": "tool_use", "template": "t"}}, {{"name": "{name}", "template": "d"}}]}}"#
        )
    };
    let read = |config: &str| Template::from_files(Some(config.as_bytes()), None);
    assert_eq!(read(&list("default")).unwrap().unwrap().source(), "d");
    assert_eq!(
        read(&list("rag")).unwrap_err(),
        TemplateError::NoDefault("tool_use, rag".into())
    );
    for base in ["{}", r#"{"chat_template": null}"#, r#"{"chat_template": []}"#] {
        assert!(read(base).unwrap().is_none(), "{base}");
    }
    assert!(Template::from_files(None, None).unwrap().is_none());
}

#[test]
fn a_damaged_file_is_named() {
    for config in [
        "",
        "[]",
        "{",
        r#"{"chat_template": 3}"#,
        r#"{"chat_template": [{}]}"#,
        r#"{"chat_template": ["x"]}"#,
    ] {
        let error = Template::from_files(Some(config.as_bytes()), None).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("tokenizer_config.json cannot be read ("),
            "{error}"
        );
    }
    let error = Template::from_files(None, Some(b"\xff")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("chat_template.jinja cannot be read (not UTF-8"),
        "{error}"
    );
}

#[test]
fn a_template_that_is_not_jinja_is_told_with_its_line() {
    for source in [
        "\n{% if %}",
        "\n{{ 1",
        "\n{% for x in y %}",
        "\n{# ",
        "\n{% nonsense %}",
        "\n{% generation %}",
    ] {
        let error = Template::new(source, BTreeMap::new()).unwrap_err();
        assert!(
            matches!(error, TemplateError::Syntax { line: 1.., .. }),
            "{source}: {error}"
        );
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let error = ask("a\n\n{{ messages[0].x.y }}").unwrap_err();
    assert!(matches!(error, TemplateError::Failed { line: 3, .. }), "{error}");
}

#[test]
fn what_a_template_raises_fits_on_a_line() {
    let error = ask("{{ raise_exception('\\x1b[31m' ~ 'long ' * 9999) }}").unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("the chat template refuses this conversation: ␛[31mlong"),
        "{text}"
    );
    assert!(text.chars().count() < 300 && text.ends_with('…'), "{text}");
}

#[test]
fn a_conversation_must_have_a_turn_and_an_end() {
    let any = template("{{ messages }}");
    assert_eq!(any.render(&[], None, TODAY), Err(TemplateError::NoMessages));
    let long = [Message::new(Role::User, "x".repeat(5 << 20))];
    assert!(matches!(
        any.render(&long, None, TODAY),
        Err(TemplateError::LongConversation(..))
    ));
}

#[test]
fn a_long_conversation_renders() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../tests/golden/chat_templates.json")).unwrap();
    let turn = |at: usize| {
        Message::new(
            if at.is_multiple_of(2) {
                Role::User
            } else {
                Role::Assistant
            },
            "word ".repeat(200),
        )
    };
    let messages: Vec<_> = (0..1001).map(turn).collect();
    for name in ["llama", "qwen2.5", "qwen3", "mistral", "smollm", "deepseek"] {
        let it = &golden.templates[name];
        let text = Template::new(&it.source, it.specials.clone())
            .unwrap()
            .render(&messages, None, TODAY)
            .unwrap();
        assert!(text.len() > 1_000_000, "{name}");
    }
}

#[test]
fn a_turn_that_is_not_in_the_text_as_it_was_said_cannot_be_continued() {
    let said = [
        Message::new(Role::User, "Count."),
        Message::new(Role::Assistant, "One, "),
    ];
    let open = |source: &str| template(source).render(&said, None, TODAY);
    assert_eq!(open("{{ messages[-1].content }}<end>").unwrap(), "One, ");
    assert_eq!(open("{{ messages[-1].content | trim }}<end>").unwrap(), "One,");
    for source in [
        "{{ messages[-1].content | upper }}",
        "{{ messages[-1].content | length }}",
        "{{ messages[-1].content | replace('One', 'Two') }}",
        "{{ messages[-1].content }}{{ messages[-1].content }}",
    ] {
        assert_eq!(open(source), Err(TemplateError::NotContinued), "{source}");
    }
}

#[test]
fn a_mark_of_a_tag_in_a_text_is_text() {
    for (source, text) in [
        ("{{ '{% generation %}' }}", "{% generation %}"),
        ("{# {% generation %} #}x", "x"),
        (
            "{% raw %}{% generation %}{% set x = 1 %}{% endraw %}",
            "{% generation %}{% set x = 1 %}",
        ),
        ("{{ {'a': {'b': '}}'}}['a']['b'] }}", "}}"),
        ("{%- generation -%} x {%- endgeneration -%} ", "x"),
        (
            "{% set x = 1 %}{% generation %}{% set x = 2 %}{{ x }}{% endgeneration %}{{ x }}",
            "21",
        ),
        ("{% set x | upper %}a{% endset %}{{ x }}", "A"),
        ("{% raw -%}\n {{ {% endraw %}", "{{ "),
        (
            "{% set a = 2 %}{% set b = a * a %}{{ b }}{{ 'x' * b }}{{ 3 * b }}",
            "4xxxx12",
        ),
        (
            "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
            "123",
        ),
        (
            "{% macro f(a, b=[1, 2], c={'d': a}) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1, c=3) }}",
            "1[1, 2]3",
        ),
    ] {
        assert_eq!(ask(source).as_deref(), Ok(text), "{source}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_without_tags_is_itself(source in "[^{]{0,80}x") {
        prop_assert_eq!(ask(&source).unwrap(), source);
    }

    #[test]
    fn what_is_said_comes_out_as_it_is(said in "\\PC{0,80}", name in "[a-z]{1,8}") {
        let template = template("{% for m in messages %}{% set c = m.content %}<{{ m.role }}>{{ c }}\n{% endfor %}");
        let turns = [Message::new(Role::User, said.clone()), Message::new(Role::Assistant, name.clone())];
        let text = template.render(&turns, None, TODAY).unwrap();
        prop_assert_eq!(text, format!("<user>{said}\n<assistant>{name}"));
    }
}
