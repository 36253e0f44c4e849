//! `backtrail doctor`: what works here, and what to do about the rest; and which file set each setting.

use super::{
    models,
    output::{Outcome, Output},
    version,
};
use crate::engine::How;
use crate::{
    config::{Paths, Settings, Warning},
    model::{Place, kernel::Isa, source::bundled_names},
};
use serde_json::json;
use std::{env, io::IsTerminal, path::Path, time::Instant};

/// One thing that was looked at.
struct Check {
    name: &'static str,
    ok: bool,
    finding: String,
    /// What to do when it is not ok.
    advice: &'static str,
}

/// Runs the command.
pub(super) fn run(json: bool, paths: &Paths, settings: &Settings, warnings: &[Warning]) -> Outcome {
    let checks = checks(paths);
    let mut output = Output::open(None)?;
    if json {
        let checks: Vec<_> = checks
            .iter()
            .map(|c| json!({"name": c.name, "ok": c.ok, "finding": c.finding, "advice": if c.ok { None } else { Some(c.advice) }}))
            .collect();
        let settings: Vec<_> = settings
            .rows()
            .into_iter()
            .map(|(name, value, source)| json!({"name": name, "value": value, "source": source.to_string()}))
            .collect();
        let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
        return output.json(&json!({
            "schema": "backtrail.doctor/1", "version": version::long(), "checks": checks, "settings": settings,
            "warnings": warnings, "paths": {"config": paths.config, "data": paths.data, "log": paths.log},
        }));
    }
    output.text(&format!("backtrail {}\n\n", version::long()))?;
    for check in &checks {
        let mark = if check.ok { '\u{2713}' } else { '!' };
        output.text(&format!("{mark} {:<10} {}\n", check.name, check.finding))?;
        if !check.ok {
            output.text(&format!("             {}\n", check.advice))?;
        }
    }
    output.text("\nSettings\n")?;
    for (name, value, source) in settings.rows() {
        output.text(&format!("  {name:<10} {:<10} {source}\n", value.to_string()))?;
    }
    for warning in warnings {
        output.text(&format!("! {warning}\n"))?;
    }
    Ok(())
}

fn checks(paths: &Paths) -> Vec<Check> {
    let devices = Place::look();
    let mut checks = vec![Check {
        name: "processor",
        ok: true,
        finding: format!(
            "{} cores, kernels for {}{}",
            std::thread::available_parallelism().map_or(1, usize::from),
            Isa::detect().name(),
            if devices.is_empty() {
                "; this build computes here only (graphics processors: build with --features cuda or metal)"
            } else {
                ""
            }
        ),
        advice: "",
    }];
    checks.extend(devices.into_iter().map(|found| Check {
        name: found.name,
        ok: found.finding.is_ok(),
        finding: match &found.finding {
            Ok(finding) | Err(finding) => finding.clone(),
        },
        advice: "models compute on the processor; update the driver, or choose another card with --device cuda:N",
    }));
    for name in bundled_names() {
        let began = Instant::now();
        let opened = models::open(name, &How::default());
        checks.push(Check {
            name,
            ok: opened.is_ok(),
            finding: match opened {
                Ok(_) => format!("opens in {:.0} ms", began.elapsed().as_secs_f64() * 1e3),
                Err(failure) => failure.to_string(),
            },
            advice: "the program is damaged: build or download it again",
        });
    }
    let terminal = std::io::stdout().is_terminal();
    let term = env::var("TERM").unwrap_or_default();
    checks.push(Check {
        name: "terminal",
        ok: terminal && !["", "dumb"].contains(&term.as_str()),
        finding: if terminal {
            format!("TERM={term}")
        } else {
            "standard output is no terminal".to_owned()
        },
        advice: "the workbench needs a terminal; every command works without one",
    });
    for (name, path) in [
        ("config", &paths.config),
        ("data", &paths.data),
        ("log", &paths.log),
    ] {
        let ok = is_usable(path);
        checks.push(Check {
            name,
            ok,
            finding: format!("{}{}", path.display(), if path.exists() { "" } else { " (not there yet)" }),
            advice: "make this directory writable, or move it with BACKTRAIL_CONFIG_DIR, BACKTRAIL_DATA_DIR or BACKTRAIL_LOG_DIR",
        });
    }
    checks
}

/// Whether files could be put there: it, or the nearest directory above it that exists, is writable.
fn is_usable(path: &Path) -> bool {
    let nearest = path.ancestors().find(|p| p.exists());
    nearest.is_some_and(|p| p.is_dir() && p.metadata().is_ok_and(|m| !m.permissions().readonly()))
}
