//! The answer of `img doctor`.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::terminal::result;

/// What this machine can make, and what it lacks.
#[derive(Clone, Debug, Serialize)]
pub struct DoctorAnswer {
    /// Whether everything that was asked about works.
    pub result: bool,
    /// The processor images are made for.
    pub arch: String,
    /// Where commands of a build run.
    pub places: Vec<DoctorLine>,
    /// What turns kickstarts into images.
    pub builders: Vec<DoctorLine>,
    /// Types of images, and what images may hold.
    pub images: Vec<DoctorLine>,
    /// What the configuration has builds do, where it does.
    pub settings: Vec<DoctorLine>,
    /// The command that installs what is missing; none when nothing is, or no package would help.
    pub install: Option<String>,
    /// The commands that make the rest work, in their order, that one among them.
    pub commands: Vec<String>,
}

/// One thing, and whether it works.
#[derive(Clone, Debug, Serialize)]
pub struct DoctorLine {
    /// What it is.
    pub name: String,
    /// Whether it works on this machine; null for what this program never does by itself.
    pub works: Option<bool>,
    /// Why not, and what to do.
    pub reason: Option<String>,
    /// Debian packages that would make it work.
    pub packages: BTreeSet<String>,
}

impl DoctorAnswer {
    /// Prints it, for a person or as one JSON object, and returns the exit status.
    pub fn print(&self, json: bool) -> u8 {
        if json {
            result(format_args!("{}", serde_json::to_string_pretty(self).expect("texts and lists")));
        } else {
            for (title, lines) in [
                ("places", &self.places),
                ("builders", &self.builders),
                ("images", &self.images),
                ("settings", &self.settings),
            ] {
                lines.iter().for_each(|line| print_line(title, line));
            }
            if !self.commands.is_empty() {
                result(format_args!("\nThis makes the rest work:\n    {}", self.commands.join("\n    ")));
            }
        }
        u8::from(!self.result)
    }
}

fn print_line(title: &str, line: &DoctorLine) {
    let works = match line.works {
        Some(true) => "works",
        Some(false) => "no",
        None => "-",
    };
    let reason = line.reason.as_deref().map(|reason| format!("  {reason}")).unwrap_or_default();
    result(format_args!("{:<10}{:<22}{works:<5}{reason}", title.trim_end_matches('s'), line.name));
}
