//! What a text in Chinese says of cells, in the items of one in English: `第1行第2列填2` is `row 1 column 2 is 2`.

use super::words::What;

/// What stands for the characters that a text begins with, and their bytes; `None` for those that say nothing here.
pub(super) fn wide(text: &str) -> Option<(What<'static>, usize)> {
    let first = text.chars().next()?;
    if let Some(named) = named(text) {
        return Some(named);
    }
    let what = match first {
        '是' | '为' | '填' => What::Word("is"),
        '应' | '该' | '必' | '须' | '就' | '入' | '数' | '字' | '写' | '放' => What::Word("the"),
        '只' => What::Word("only"),
        '能' => What::Word("can"),
        '的' => What::Word("of"),
        '在' => What::Word("in"),
        '有' => What::Word("has"),
        '缺' => What::Word("missing"),
        '和' | '与' => What::Word("and"),
        '或' => What::Word("or"),
        '可' => What::Word("could"),
        '不' | '没' | '非' => What::Word("not"),
        '已' => What::Word("already"),
        '因' => What::Word("because"),
        '若' => What::Word("if"),
        '，' => What::Sign(','),
        '、' => What::Sign(','),
        '。' => What::Sign('.'),
        '：' => What::Sign(':'),
        '；' => What::Sign(';'),
        '（' => What::Sign('('),
        '）' => What::Sign(')'),
        '？' => What::Sign('?'),
        '＝' => What::Sign('='),
        _ => return None,
    };
    Some((what, first.len_utf8()))
}

/// `第1行`, `第二列`, `第3宫`.
fn named(text: &str) -> Option<(What<'static>, usize)> {
    const NUMBERS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let mut rest = text.strip_prefix('第')?.chars();
    let number = rest.next()?;
    let number = match number.to_digit(10) {
        Some(number) => u8::try_from(number).ok()?,
        None => u8::try_from(NUMBERS.iter().position(|known| *known == number)?).ok()?,
    };
    let what = match rest.next()? {
        '行' => What::Row(number),
        '列' => What::Column(number),
        '宫' => What::Box,
        '格' | '个' => What::Place(number),
        _ => return None,
    };
    Some((what, text.len() - rest.as_str().len()))
}
