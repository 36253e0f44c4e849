//! Times as people read them.

/// `1 h 02 min`, `3 min 20 s`, `12 s`.
#[must_use]
pub fn text(seconds: f64) -> String {
    let s = seconds.max(0.0).round().min(1e9) as u64;
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min {:02} s", s / 60, s % 60),
        _ => format!("{} h {:02} min", s / 3600, s / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn times_are_written_for_people() {
        assert_eq!(
            [text(12.3), text(200.0), text(3725.0)],
            ["12 s", "3 min 20 s", "1 h 02 min"]
        );
    }
}
