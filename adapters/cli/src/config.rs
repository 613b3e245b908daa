//! The answers of `img config`.

use std::path::PathBuf;

use serde::Serialize;

use crate::terminal::{result, say, visible};

/// One key of `img config show`; a secret is not in it.
#[derive(Clone, Debug, Serialize)]
pub struct ValueLine {
    /// Its section.
    pub section: String,
    /// Its name.
    pub key: String,
    /// The value; none for a secret, and where nothing is set.
    pub value: Option<String>,
    /// Whether it is set and not shown.
    pub hidden: bool,
    /// Where it came from: `FILE:LINE`, `$VARIABLE`, `default`.
    pub origin: String,
    /// Where it is set in vain.
    pub overrides: Vec<String>,
    /// What should be said of it.
    pub note: Option<String>,
}

/// What is in force for one participant, or for the site.
#[derive(Clone, Debug, Serialize)]
pub struct ConfigShown {
    /// The participant; none for the site.
    pub participant: Option<String>,
    /// What was read, the strongest last.
    pub files: Vec<PathBuf>,
    /// Every key.
    pub values: Vec<ValueLine>,
}

/// One mistake of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigMistake {
    /// The file, or `$VARIABLE`.
    pub file: PathBuf,
    /// Its line, from 1.
    pub line: Option<u32>,
    /// What is wrong, and what to do.
    pub message: String,
    /// All of it in one line.
    #[serde(skip)]
    pub text: String,
}

/// What is wrong with a configuration, and what should be known of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ConfigAnswer {
    /// Whether nothing is wrong.
    pub result: bool,
    /// What was read.
    pub files: Vec<PathBuf>,
    /// What is wrong.
    pub mistakes: Vec<ConfigMistake>,
    /// What should be known.
    pub warnings: Vec<String>,
}

/// Prints what is in force, for a person or as one JSON list.
pub fn print_config(shown: &[ConfigShown], json: bool) {
    if json {
        return result(format_args!("{}", serde_json::to_string_pretty(shown).expect("texts and lists")));
    }
    for (number, one) in shown.iter().enumerate() {
        if number > 0 {
            result("");
        }
        let files: Vec<_> = one.files.iter().map(|file| file.display().to_string()).collect();
        let files = if files.is_empty() { "no files".into() } else { files.join(", ") };
        result(format_args!("; {}: {files}", one.participant.as_deref().unwrap_or("the site")));
        let mut section = "";
        for line in &one.values {
            if line.section != section {
                section = &line.section;
                result(format_args!("[{section}]"));
            }
            line.print();
        }
    }
}

impl ValueLine {
    fn print(&self) {
        let value = match (&self.value, self.hidden) {
            (_, true) => "(set, not shown)".to_owned(),
            (Some(value), _) => visible(value),
            (None, _) => String::new(),
        };
        let left = format!("{} = {value}", self.key);
        let is_default = self.origin == "default";
        let mut said: Vec<_> =
            (!is_default || self.note.is_none()).then(|| self.origin.clone()).into_iter().collect();
        said.extend(self.note.clone());
        if !self.overrides.is_empty() {
            said.push(format!("instead of {}", self.overrides.join(", ")));
        }
        result(format_args!("{left:<40} ; {}", said.join("; ")));
    }
}

impl ConfigAnswer {
    /// Prints the answer, for a person or as one JSON object, and returns the exit status.
    pub fn print(&self, json: bool) -> u8 {
        if json {
            result(format_args!("{}", serde_json::to_string_pretty(self).expect("texts and lists")));
        } else {
            self.print_remarks();
            if self.result {
                let files: Vec<_> = self.files.iter().map(|file| file.display().to_string()).collect();
                result(format_args!("no mistakes in {}", files.join(", ")));
            }
        }
        u8::from(!self.result)
    }

    /// Says on stderr what is wrong and what should be known.
    pub fn print_remarks(&self) {
        self.warnings.iter().for_each(|warning| say(format_args!("img: warning: {warning}")));
        self.mistakes.iter().for_each(|mistake| say(format_args!("img: {}", mistake.text)));
    }
}
