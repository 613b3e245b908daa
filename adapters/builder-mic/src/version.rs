//! Whether a mic is new enough; pure.

use crate::settings::Tool;

/// The first mic that replaces tokens (`--tokenmap`), of December 2012.
const OLDEST: (u32, u32) = (0, 14);

/// Takes what `mic --version` printed, as `mic 0.14.2 (Debian 12)`; the error is the sentence why it will not do.
///
/// A mic that says nothing of the kind is let through: people run it out of a repository, too.
pub(crate) fn check(tool: Tool, said: &str) -> Result<(), String> {
    let Some(version) = version(said).filter(|_| tool == Tool::Mic) else { return Ok(()) };
    match version < OLDEST {
        true => Err(format!(
            "this mic is too old: it is {}.{}, and {}.{} is the first that knows --tokenmap; install a newer one, or \
             build with dnf",
            version.0, version.1, OLDEST.0, OLDEST.1
        )),
        false => Ok(()),
    }
}

fn version(said: &str) -> Option<(u32, u32)> {
    said.split_whitespace().find_map(|word| {
        let (major, rest) = word.split_once('.')?;
        let minor: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some((major.parse().ok()?, minor.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_by_its_numbers() {
        for (said, is_fine) in [
            ("mic 0.14 (Debian 12)", true),
            ("mic 0.14.2+git3 (openSUSE 15.5)", true),
            ("mic 0.28.10", true),
            ("mic 1.0", true),
            ("mic 0.9.3 (Tizen)", false),
            ("mic 0.4 (Fedora)", false),
            ("mic @VERSION@", true),
            ("", true),
        ] {
            assert_eq!(check(Tool::Mic, said).is_ok(), is_fine, "{said}");
        }
        assert_eq!(check(Tool::Mic2, "mic-image-creator 0.9"), Ok(()), "it counts by itself");
    }
}
