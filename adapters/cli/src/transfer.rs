//! How much of a file has come, on stderr.

use std::io::IsTerminal;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};

use crate::terminal::say;

/// What is smaller is there before anybody could read of it.
const SMALL: u64 = 4 << 20;

/// Shows how far a file has come: a bar on a terminal, else a line at every tenth of what is not small.
#[derive(Debug)]
pub struct Transfer {
    what: String,
    bar: Option<ProgressBar>,
    tenths: Mutex<u64>,
}

impl Transfer {
    /// Shows a bar when stderr is a terminal.
    pub fn on_stderr(what: &str) -> Transfer {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::no_length().with_prefix(what.to_owned());
            bar.with_style(style("{prefix}  {bytes}  {bytes_per_sec}"))
        });
        Transfer { what: what.to_owned(), bar, tenths: Mutex::default() }
    }

    /// Shows that so much of so much is there.
    pub fn at(&self, have: u64, of: Option<u64>) {
        if let Some(bar) = &self.bar {
            if let (Some(of), None) = (of, bar.length()) {
                bar.set_length(of);
                bar.set_style(style("{prefix}  {bar:24} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}"));
                bar.reset_eta();
            }
            return bar.set_position(have);
        }
        let Some(of) = of.filter(|of| *of > SMALL) else { return };
        let mut tenths = self.tenths.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = have.saturating_mul(10) / of;
        if now > *tenths {
            *tenths = now;
            say(format_args!("{}: {}0 % of {}", self.what, now, size(of)));
        }
    }

    /// Takes the bar away.
    pub fn ended(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("a good template").progress_chars("▓▓░")
}

/// Returns a number of bytes as people say it.
pub fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one digit behind the point is shown")]
    let of = |unit: u64| bytes as f64 / unit as f64;
    match bytes {
        1 => "1 byte".to_owned(),
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", of(1_000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", of(1_000_000)),
        _ => format!("{:.1} GB", of(1_000_000_000)),
    }
}
