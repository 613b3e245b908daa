//! The scripts of a kickstart as programs.

use std::path::{Path, PathBuf};

use img_kickstart::{At, Kickstart, ScriptKind};

use super::names::plain;
use crate::inside::plain as plain_path;
use crate::workshop::WORK;

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
    /// Where its output goes besides the log of the build.
    pub(crate) log: Option<LogFile>,
    /// The script.
    pub(crate) text: String,
}

/// A file that keeps what a script printed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LogFile {
    /// One of the image, by its path there.
    Inside(String),
    /// One of the work folder, below that of scripts' results.
    Beside(PathBuf),
}

/// Returns the scripts of one kind in the order of the file.
pub(super) fn programs(
    kickstart: &Kickstart,
    kind: ScriptKind,
    warnings: &mut Vec<String>,
) -> Result<Vec<Program>, String> {
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
        let section = match kind {
            ScriptKind::Pre => "%pre",
            ScriptKind::Pack => "%pack",
            _ => "%post",
        };
        let chrooted = kind == ScriptKind::Post && !script.nochroot;
        let sees_image = kind != ScriptKind::Pack;
        let log = script.log.as_deref().and_then(|log| {
            let found = log_file(log, chrooted, sees_image);
            if found.is_none() {
                warnings.push(format!(
                    "{line}: `{section}`: --log={log} has no effect; the log of the build has what it printed",
                    line = At(line)
                ));
            }
            found
        });
        Ok(Program {
            section,
            line,
            interpreter: interpreter.split_whitespace().map(str::to_owned).collect(),
            chrooted,
            sees_image,
            fatal: script.erroronfail,
            log,
            // a kickstart in a request is text; no interpreter takes the other line ending
            text: String::from_utf8_lossy(&script.text).replace("\r\n", "\n"),
        })
    });
    programs.collect()
}

/// Finds the file that `--log` names, as the script sees paths; `None` when that is lost after the build.
fn log_file(log: &str, chrooted: bool, sees_image: bool) -> Option<LogFile> {
    if chrooted {
        return Some(LogFile::Inside(log.to_owned()));
    }
    let path = plain_path(&Path::new(WORK).join(log));
    let image = [format!("{WORK}/root"), "/mnt/sysimage".to_owned()];
    if let Some(below) = image.iter().filter(|_| sees_image).find_map(|image| path.strip_prefix(image).ok()) {
        return Some(LogFile::Inside(below.display().to_string()));
    }
    path.starts_with(format!("{WORK}/out")).then_some(LogFile::Beside(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_a_file_of_the_image_or_beside_it_and_of_nothing_else() {
        let inside = |path: &str| Some(LogFile::Inside(path.into()));
        let beside = |path: &str| Some(LogFile::Beside(path.into()));
        for (log, chrooted, sees_image, file) in [
            ("/root/x", true, true, inside("/root/x")),
            ("/build/root/root/x", false, true, inside("root/x")),
            ("/mnt/sysimage/x", false, true, inside("x")),
            ("/build/out/x", false, true, beside("/build/out/x")),
            ("out/x", false, true, beside("/build/out/x")),
            ("/build/out/x", false, false, beside("/build/out/x")),
            ("/build/root/x", false, false, None), // the image is packed by then
            ("/build/root/../home/x", false, true, None),
            ("/build/out/../home/x", false, true, None),
            ("/tmp/x", false, true, None),
        ] {
            assert_eq!(log_file(log, chrooted, sees_image), file, "{log}");
        }
    }
}
