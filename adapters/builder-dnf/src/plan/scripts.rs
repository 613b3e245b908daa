//! The scripts of a kickstart as programs.

use img_kickstart::{At, Kickstart, ScriptKind};

use super::names::plain;

/// One script.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Program {
    /// `%pre`, `%post` or `%pack`.
    pub(crate) section: &'static str,
    /// The line its section begins on.
    pub(crate) line: usize,
    /// What runs it, by an absolute path, and that one's options.
    pub(crate) interpreter: Vec<String>,
    /// Whether it runs inside the image.
    pub(crate) chrooted: bool,
    /// Whether the files of the image are there for it, beside it or around it.
    pub(crate) sees_image: bool,
    /// Whether its failure is the build's.
    pub(crate) fatal: bool,
    /// Where its output goes besides the log of the build, as it sees paths.
    pub(crate) log: Option<String>,
    /// The script.
    pub(crate) text: String,
}

/// Returns the scripts of one kind in the order of the file.
pub(super) fn programs(kickstart: &Kickstart, kind: ScriptKind) -> Result<Vec<Program>, String> {
    let scripts = kickstart.scripts().into_iter().filter(|script| script.kind == kind);
    let programs = scripts.map(|script| {
        let line = script.line;
        let interpreter = script.interpreter.as_deref().unwrap_or("/bin/sh");
        plain(interpreter, "interpreter", line)?;
        if !interpreter.starts_with('/') {
            return Err(format!(
                "interpreter {interpreter:?} ({line}) should be an absolute path",
                line = At(line)
            ));
        }
        Ok(Program {
            section: match kind {
                ScriptKind::Pre => "%pre",
                ScriptKind::Pack => "%pack",
                _ => "%post",
            },
            line,
            interpreter: interpreter.split_whitespace().map(str::to_owned).collect(),
            chrooted: kind == ScriptKind::Post && !script.nochroot,
            sees_image: kind != ScriptKind::Pack,
            fatal: script.erroronfail,
            log: script.log,
            // a kickstart in a request is text; no interpreter takes the other line ending
            text: String::from_utf8_lossy(&script.text).replace("\r\n", "\n"),
        })
    });
    programs.collect()
}
