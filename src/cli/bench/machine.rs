//! What the figures were measured on, as far as the system says. Simplification: Linux says most.

use crate::{cli::version, model::kernel::Isa};
use serde::Serialize;
use std::{env, fs, thread};

/// The machine and the build.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    pub(super) version: &'static str,
    /// `release`, or `dev`, which is slower.
    pub(super) build: &'static str,
    os: &'static str,
    architecture: &'static str,
    /// Name of the processor.
    pub(super) processor: Option<String>,
    pub(super) cores: usize,
    /// What our kernels use of it.
    pub(super) kernels: &'static str,
    /// Programs that wanted to run in the minute before, on average: above 0, somebody else was at work.
    pub(super) load: Option<f64>,
}

impl Machine {
    /// Looks around.
    pub(super) fn look() -> Self {
        Self {
            version: version::long(),
            build: if cfg!(debug_assertions) { "dev" } else { "release" },
            os: env::consts::OS,
            architecture: env::consts::ARCH,
            processor: fs::read_to_string("/proc/cpuinfo")
                .ok()
                .and_then(|text| Some(field(&text, "model name")?.to_owned())),
            cores: thread::available_parallelism().map_or(1, usize::from),
            kernels: Isa::detect().name(),
            load: fs::read_to_string("/proc/loadavg")
                .ok()
                .and_then(|text| text.split(' ').next()?.parse().ok()),
        }
    }
}

/// The most memory of this program that was resident at once, in bytes.
pub(super) fn peak_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes: u64 = field(&text, "VmHWM")?.strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// Size of this program on disk, in bytes.
pub(super) fn binary_size() -> Option<u64> {
    Some(fs::metadata(env::current_exe().ok()?).ok()?.len())
}

/// The value in the first line `name: value` of a text.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find_map(|(key, value)| (key.trim() == name).then(|| value.trim()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let text = "VmHWMx:\t1 kB\nVmHWM:\t  2048 kB\nVmHWM: 3 kB\n";
        assert_eq!(super::field(text, "VmHWM"), Some("2048 kB"));
        assert_eq!(super::field(text, "Vm"), None);
    }
}
