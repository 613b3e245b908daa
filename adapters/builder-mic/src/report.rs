//! What mic's words and its exit status come to; pure.

use std::path::PathBuf;

use child::Status;

use crate::line::{Level, Line};
use crate::sentence::{self, Source};

/// So many warnings are told one by one.
const WARNINGS: usize = 20;

/// What a run has said so far.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// What the first error was: mic ends after it.
    error: Option<String>,
    /// Whether what follows may be more of it.
    error_goes_on: bool,
    /// The last line of a Python exception, and whether there is one at all.
    exception: Option<String>,
    traceback: bool,
    /// The type of image it does not know.
    unknown_type: Option<String>,
    mistakes: Mistakes,
    /// What was skipped when it was asked "skip and continue?".
    asked: Option<String>,
    full: bool,
    /// What did not end the build.
    warnings: Vec<String>,
    /// The last line that says anything.
    pub(crate) last: String,
}

/// Lines of the kickstart that mic leaves out because it does not understand them.
#[derive(Debug, Default)]
struct Mistakes {
    found: bool,
    line: Option<usize>,
    text: Option<String>,
    over: bool,
}

impl Heard {
    /// Hears a line.
    pub(crate) fn hear(&mut self, line: &Line<'_>) {
        let text = line.text;
        self.of_kickstart(line);
        if text.contains("No space left on device") || text.contains("[Errno 28]") {
            self.full = true;
        }
        match line.level {
            Some(Level::Error) if self.error.is_none() => {
                self.error = Some(text.to_owned());
                self.error_goes_on = true;
            }
            Some(Level::Warning) if self.asked.is_some() => {
                let what = self.asked.take().unwrap_or_default();
                self.warn(format!("mic went on without {what}: {text}"));
            }
            None if self.error_goes_on && text.starts_with(' ') => {
                let error = self.error.get_or_insert_default();
                error.push(' ');
                error.push_str(text.trim());
            }
            None => self.of_others(text),
            _ => {}
        }
        self.error_goes_on &= line.level == Some(Level::Error) || text.starts_with(' ');
        self.of_scripts(text);
        if !text.is_empty() {
            text.clone_into(&mut self.last);
        }
    }

    /// Tells whether going on is of no use: the image would not be what the kickstart says.
    pub(crate) fn is_lost(&self) -> bool {
        self.mistakes.over || self.unknown_type.is_some()
    }

    /// Lines that are neither of mic's levels nor of its questions.
    fn of_others(&mut self, text: &str) {
        let unknown = text.split_once("unknown command: '").map(|(_, rest)| rest.trim_end_matches('\''));
        if let Some(unknown) = unknown {
            self.unknown_type = Some(unknown.to_owned());
        }
        if text.starts_with("Traceback (most recent call last)") {
            (self.traceback, self.exception) = (true, None);
        } else if self.traceback && !text.starts_with(' ') && is_exception(text) {
            self.exception = Some(text.to_owned());
        }
    }

    fn of_kickstart(&mut self, line: &Line<'_>) {
        let mistakes = &mut self.mistakes;
        if line.text.contains("skip and continue?") {
            match line.text.strip_prefix("Failed to apply ").and_then(|rest| rest.split_once(',')) {
                Some((what, _)) => self.asked = Some(what.to_owned()),
                None => mistakes.found = true,
            }
            return;
        }
        let numbered = line.text.split_once("problem occurred on line ").or_else(|| {
            let at = line.text.split_once("rror on line ")?; // of later versions of pykickstart
            line.text.contains("kickstart").then_some(at)
        });
        if let Some((_, rest)) = numbered {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            mistakes.found = true;
            mistakes.line = mistakes.line.or(digits.parse().ok());
        } else if mistakes.found
            && mistakes.text.is_none()
            && matches!(line.level, None | Some(Level::Warning))
        {
            mistakes.text = Some(line.text.to_owned()).filter(|text| !text.is_empty());
        } else if mistakes.found && line.level == Some(Level::Info) {
            mistakes.over = true; // it goes on
        }
    }

    fn of_scripts(&mut self, text: &str) {
        let failed = text.contains(" scriptlet failed")
            || text.starts_with("Error in ") && text.contains(" scriptlet in rpm package ");
        if failed {
            let before = ["%pre(", "PREIN", "%prein"].iter().any(|word| text.contains(word));
            let text = text.trim_start_matches("warning: ").trim_start_matches("error: ");
            let more = if before { "; the package is not in the image" } else { "" };
            self.warn(format!("{text}{more}"));
        }
        if text.contains("Script returned with non zero status, ignoring") {
            self.warn("a script of the kickstart failed, which ends a build only with --erroronfail".into());
        }
    }

    fn warn(&mut self, warning: String) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Returns what a person should know of an image that was made.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let mut all = self.warnings.clone();
        if all.len() > WARNINGS {
            let more = all.len() - WARNINGS;
            all.truncate(WARNINGS);
            all.push(format!("{more} more warnings are in the log"));
        }
        all
    }
}

/// Says what came of a run that ended by itself, or because it [`Heard::is_lost`].
///
/// `image` looks for the image, and says why there is none. The exit status alone says little: mic ends with 0 after a
/// kickstart it did not understand, after a type it does not know, and after packages it did not install.
pub(crate) fn verdict(
    heard: &Heard,
    status: Status,
    source: &Source<'_>,
    no_room: &str,
    image: &dyn Fn() -> Result<PathBuf, String>,
) -> Result<PathBuf, String> {
    if heard.mistakes.found {
        return Err(heard.mistakes.sentence(source));
    }
    if let Some(image_type) = &heard.unknown_type {
        return Err(format!(
            "this mic makes no images of the type {image_type}: `mic create --help` lists those it makes"
        ));
    }
    if heard.full {
        return Err(no_room.to_owned());
    }
    match (status, &heard.error, &heard.exception) {
        (Status::Exited(126 | 127), None, None) => Err("mic could not be started".into()),
        (_, Some(error), _) => Err(sentence::of_error(error, source)),
        (Status::Exited(0), None, _) => image(),
        (_, None, Some(exception)) => Err(sentence::of_exception(exception)),
        (Status::Exited(code @ 129..=192), None, None) => Err(by_signal(code - 128)),
        (Status::Signalled(signal), None, None) => Err(by_signal(signal)),
        (status, None, None) if heard.last.is_empty() => {
            Err(format!("mic failed and said nothing ({status})"))
        }
        (status, None, None) => Err(format!("mic failed ({status}); the last it said was: {}", heard.last)),
    }
}

impl Mistakes {
    fn sentence(&self, source: &Source<'_>) -> String {
        let at = self.line.map(|line| format!("line {}: ", source.own(line))).unwrap_or_default();
        let text = self.text.as_deref().unwrap_or("the log says which");
        format!("mic does not understand the kickstart and would leave lines out: {at}{text}")
    }
}

fn by_signal(signal: i32) -> String {
    let name = match signal {
        2 => "SIGINT",
        6 => "SIGABRT",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        _ => {
            return format!(
                "mic was ended by the signal {signal}, and not by this program; nothing of it is left"
            );
        }
    };
    let why = if signal == 9 { "; the machine may have been out of memory" } else { "" };
    format!("mic was ended by {name}, and not by this program; nothing of it is left{why}")
}

/// Tells whether a line looks like `NameError: name 'x' is not defined`.
fn is_exception(text: &str) -> bool {
    let name = text.split([':', ' ']).next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    ["Error", "Exception", "Interrupt", "Exit"].iter().any(|end| last.ends_with(end))
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_')
}

#[cfg(test)]
mod tests;
