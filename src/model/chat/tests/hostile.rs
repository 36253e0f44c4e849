//! Templates that mean harm, or are damaged: each ends soon, in an error and in bounded memory.

use super::*;

/// Statements after which `ns.x` and `ns.y` have been wrapped `times` times, each time as `wrapped` says.
fn nested(times: usize, wrapped: &str) -> String {
    let once = format!(
        "{{% set ns.x = {} %}}{{% set ns.y = {} %}}",
        wrapped.replace('@', "ns.x"),
        wrapped.replace('@', "ns.y")
    );
    format!("{{% set ns = namespace(x=[1], y=[1]) %}}{{% for i in range({times}) %}}{once}{{% endfor %}}")
}

#[test]
fn a_template_that_never_ends_is_stopped() {
    let forever = [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{{ messages }}{% endfor %}{% endfor %}",
        "{{ 'x' * 99999999 }}",
        "{{ 'x' * 999999999999999 }}",
        "{% set a = 'x' * 9999 %}{{ a.replace('x', a).replace('x', a) }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ '{:{}}'.format(1, 999999999) }}",
        "{{ debug() }}",
        "{{ 'x' | indent(999999999, true) }}",
        "{{ ('y' * 9999).join('x' * 99999) }}",
        "{% macro f(x) %}{{ f(x) }}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set a = 'ab' * 200000 %}{% for b in range(99999) %}{% for c in range(99) %}{% set d = a.find('zz') %}{% endfor %}{% endfor %}",
    ];
    for source in forever {
        let error = ask(source).unwrap_err();
        assert!(
            matches!(error, TemplateError::OutOfFuel | TemplateError::Failed { .. }),
            "{source}: {error}"
        );
    }
}

#[test]
fn a_value_that_unfolds_without_end_is_refused() {
    let ends = [
        "{{ ns.x == ns.y }}",
        "{{ ns.x ~ '' }}",
        "{{ ns.x in [ns.y] }}",
        "{{ ns.x }}",
        "{{ ns.x | tojson }}",
        "",
    ];
    for wrapped in [
        "[@, @]",
        "[@]",
        "@ + @",
        "(@, @)",
        "{'k': @}",
        "[@ + @]",
        "dict(a=@, b=@)",
        "namespace(a=@)",
        "@ | map(attribute='none', default=@) | list",
        "[@.copy()]",
    ] {
        for end in ends {
            let error = ask(&(nested(3000, wrapped) + end)).unwrap_err();
            assert!(
                matches!(error, TemplateError::OutOfFuel | TemplateError::Failed { .. }),
                "{wrapped} {end}: {error}"
            );
        }
    }
    let others = [
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}".to_owned(),
        "{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns ~ '' }}".to_owned(),
        "{% set a = namespace() %}{% set b = namespace(x=a) %}{% set a.x = b %}{{ a == b }}".to_owned(),
        "{% set x = [1] * 99999999 %}".to_owned(),
        "{{ ([1] * 99) * 99 == 3 }}".to_owned(),
        "{% set n = 99999999 %}{{ [1] * n ~ '' }}".to_owned(),
        format!("{{% set x = [1] %}}{}{{{{ x == 1 }}}}", "{% set x = x + x %}".repeat(60)),
        format!("{{% set x = [1] %}}{}{{{{ x == 1 }}}}", "{%- set x, y = [x, x], 3 +%}".repeat(60)),
        format!("{{% set x = [1] %}}{}{{{{ x }}}}{}", "{% for x in [[x, x]] %}".repeat(60), "{% endfor %}".repeat(60)),
        format!("{{% set x = [1] %}}{}{{{{ x }}}}{}", "{% with x = [x, x] %}".repeat(60), "{% endwith %}".repeat(60)),
        "{% macro f(x, n) %}{{ f([x, x], n - 1) if n > 0 else (x ~ '') | length }}{% endmacro %}{{ f([1], 60) }}".to_owned(),
        "{% for x in [[1]] recursive %}{{ loop([[x, x]]) }}{% endfor %}".to_owned(),
        "{% macro f(n) %}{{ caller([n, n]) }}{% endmacro %}{% set z = [1] %}{% call(x) f(z) %}{% set ns = namespace(x=x) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x ~ '' }}{% endcall %}".to_owned(),
        "{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}".to_owned(),
    ];
    for source in others {
        let error = ask(&source).unwrap_err();
        assert!(!matches!(error, TemplateError::Refused(_)), "{source}: {error}");
    }
}

#[test]
fn a_source_that_would_overflow_the_parser_is_refused() {
    for link in ["+a", ".a", "|d", "[0]", " if a else a", " and a", "(a)", " ~ 'x'"] {
        let source = |times: usize| format!("{{{{ a{} }}}}", link.repeat(times));
        assert!(Template::new(&source(20_000), BTreeMap::new()).is_err(), "{link}");
        // As long as tags may get: compiled or refused on a thread of the usual size.
        std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn({
                let source = source(1000 / link.split_whitespace().count().max(2));
                move || drop(ask(&source))
            })
            .unwrap()
            .join()
            .unwrap();
    }
    for opening in ["(", "[", "{1:", "not ", "-", "a(", "a["] {
        assert!(
            Template::new(&format!("{{{{ {} }}}}", opening.repeat(999)), BTreeMap::new()).is_err(),
            "{opening}"
        );
        let _ = Template::new(&format!("{{{{ {} a }}}}", opening.repeat(499)), BTreeMap::new());
    }
    let branches = |times: usize| format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}".repeat(times));
    assert!(ask(&branches(20_000)).is_err());
    assert_eq!(ask(&branches(200)).unwrap(), "");
    assert!(ask(&"{% if a %}".repeat(9999)).is_err());
    assert_eq!(
        Template::new(&"x".repeat(300 << 10), BTreeMap::new()).unwrap_err(),
        TemplateError::TooLong(300 << 10, 256 << 10)
    );
    assert!(ask("{% for a in [1] %}{{ loop.cycle() }}{% endfor %}").is_err());
    assert!(ask("{% set backtrail_weigh = 1 %}").is_err());
}

/// Scraps that templates are made of, so that arbitrary sequences of them often compile.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "{{",
        "}}",
        "{%",
        "%}",
        "{%-",
        "-%}",
        "{#",
        "#}",
        " for x in ",
        " endfor ",
        " if ",
        " else ",
        " endif ",
        " set x = ",
        " set ns.y = ",
        "namespace(y=1)",
        "ns.y",
        "messages",
        "x",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ",",
        ":",
        "|",
        "~",
        "+",
        "*",
        "-",
        "==",
        " in ",
        "'a'",
        "9",
        "range(999)",
        "tojson",
        "trim",
        "map('upper')",
        ".split('a')",
        ".content",
        "[::-1]",
        "[-1]",
        " macro f(x) ",
        " endmacro ",
        "f(x)",
        " generation ",
        " endgeneration ",
        " raw ",
        " endraw ",
        "\n",
        " ",
        "é",
        "\\",
        "'",
        "\"",
        "%",
        "strftime_now('%d')",
        "{% for x in messages %}",
        "{% endfor %}",
        "{{ x }}",
        "{% set x = [x, x] %}",
        "{% if x %}",
        "{% endif %}",
        "{{ messages | tojson }}",
    ]);
    prop::collection::vec(scrap, 0..40).prop_map(|scraps| scraps.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_template_or_an_error(source in prop_oneof![scraps(), ".{0,200}"], said in ".{0,40}", open in any::<bool>()) {
        if let Ok(template) = Template::new(&source, BTreeMap::new()) {
            let last = if open { Role::Assistant } else { Role::User };
            let _ = template.render(&[Message::new(Role::System, "s"), Message::new(last, said)], Some(open), TODAY);
        }
    }
}
