//! `strftime_now` of templates, for a date that is handed in: results must not change from day to day.

use jiff::civil::Date;
use minijinja::{Error, ErrorKind};

/// Longest format that is taken, in bytes; real ones have ten.
const LONGEST: usize = 256;

/// `today` at midnight, written as Python's `strftime` does in its plain locale.
pub(super) fn strftime(today: Date, format: &str) -> Result<String, Error> {
    let wrong = |reason: String| Error::new(ErrorKind::InvalidOperation, format!("strftime_now: {reason}"));
    if format.len() > LONGEST {
        return Err(wrong(format!("the format has more than {LONGEST} bytes")));
    }
    let format = plain(format);
    jiff::fmt::strtime::format(&format, today.at(0, 0, 0, 0)).map_err(|e| wrong(e.to_string()))
}

/// Spells out what depends on a locale, drops the time zone there is none of, and refuses widths, which Python has not.
fn plain(format: &str) -> String {
    let mut out = String::with_capacity(format.len() + 16);
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('c') => out.push_str("%a %b %e %H:%M:%S %Y"),
            Some('x') => out.push_str("%m/%d/%y"),
            Some('X') => out.push_str("%H:%M:%S"),
            Some('z' | 'Z') => {}
            // A width would be padding without a bound.
            Some(digit) if digit.is_ascii_digit() => out.extend(["%%", digit.encode_utf8(&mut [0; 4])]),
            Some(other) => out.extend(['%', other]),
            None => out.push_str("%%"),
        }
    }
    out
}
