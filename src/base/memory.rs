//! How much memory is free, and sizes for people.

/// Bytes that can be taken without driving others out; `None` where the system does not say (it is asked on Linux only).
#[must_use]
pub fn available() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// `1.5 GB`, `320 MB`: powers of ten, as people state sizes of models.
#[must_use]
pub fn words(bytes: u64) -> String {
    let bytes = bytes as f64;
    match bytes {
        b if b >= 1e9 => format!("{:.1} GB", b / 1e9),
        b if b >= 1e6 => format!("{:.0} MB", b / 1e6),
        b => format!("{:.0} kB", (b / 1e3).ceil()),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_said_as_people_say_them() {
        assert_eq!(super::words(1_540_000_000), "1.5 GB");
        assert_eq!(super::words(320_400_000), "320 MB");
        assert_eq!(super::words(10), "1 kB");
    }
}
