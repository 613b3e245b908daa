//! The answer of `img boss check`.

use serde::Serialize;

use crate::terminal::{result, result_is_lost, say};

/// What was found in a process definition.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DefinitionAnswer {
    /// Whether a BOSS can run it.
    pub result: bool,
    /// What is wrong with it.
    pub error: Option<String>,
    /// The line of that, from 1.
    pub line: Option<u32>,
    /// The column of that in characters, from 1.
    pub column: Option<u32>,
    /// `Ruby`, `JSON`, `XML` or `radial`.
    pub form: Option<String>,
    /// What the process is called.
    pub name: Option<String>,
    /// The participants its steps call.
    pub participants: Vec<String>,
    /// Steps whose participant is known only when the process runs.
    pub dynamic: Vec<String>,
    /// Its sub-processes.
    pub sub_processes: Vec<String>,
    /// Why the engine of this program, which does less than a BOSS, does not run it.
    pub not_here: Option<String>,
}

impl DefinitionAnswer {
    /// Prints the answer, for a person or as one JSON object, and returns the exit status.
    pub fn print(&self, json: bool, file: &str) -> u8 {
        if json {
            result(format_args!("{}", serde_json::to_string_pretty(self).expect("texts and lists")));
        } else if self.result {
            self.print_parts();
        }
        if let Some(error) = &self.error {
            let place = match (self.line, self.column) {
                (Some(line), Some(column)) => format!("{file}:{line}:{column}"),
                _ => file.to_owned(),
            };
            say(format_args!("img: {place}: {error}"));
        }
        u8::from(!self.result || result_is_lost())
    }

    fn print_parts(&self) {
        let list = |names: &[String]| if names.is_empty() { "none".into() } else { names.join(", ") };
        result(format_args!("process       {}", self.name.as_deref().unwrap_or("without a name")));
        result(format_args!("form          {}", self.form.as_deref().unwrap_or_default()));
        result(format_args!("participants  {}", list(&self.participants)));
        if !self.dynamic.is_empty() {
            result(format_args!("              and, known only when it runs: {}", list(&self.dynamic)));
        }
        if !self.sub_processes.is_empty() {
            result(format_args!("sub-processes {}", list(&self.sub_processes)));
        }
        match &self.not_here {
            None => result(format_args!("runs          on a BOSS, and without one")),
            Some(why) => result(format_args!("runs          on a BOSS only; the engine of img says: {why}")),
        }
    }
}
