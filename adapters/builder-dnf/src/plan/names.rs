//! Names out of a kickstart that reach a program or a file as they are.

use img_kickstart::At;

/// Returns `text` when it may be a word of dnf's command line or configuration.
pub(super) fn plain<'a>(text: &'a str, what: &str, line: usize) -> Result<&'a str, String> {
    let wrong = |why| Err(format!("{what} {text:?} ({line}) {why}", line = At(line)));
    match text {
        "" => wrong("is empty"),
        _ if text.starts_with('-') => wrong("begins with a dash"),
        _ if text.chars().any(char::is_control) => wrong("has a control character"),
        _ => Ok(text),
    }
}

/// Returns `text` when it may be one field of a table such as /etc/fstab or /etc/passwd.
pub(super) fn field<'a>(text: &'a str, what: &str, line: usize) -> Result<&'a str, String> {
    plain(text, what, line)?;
    if text.contains([' ', ':', '#', '\\', '"']) && what != "mount options"
        || text.contains(char::is_whitespace)
    {
        return Err(format!(
            "{what} {text:?} ({line}) has a character that cannot stand there",
            line = At(line)
        ));
    }
    Ok(text)
}

/// Returns `path` when it is absolute and goes nowhere but down.
pub(super) fn path_down<'a>(path: &'a str, what: &str, line: usize) -> Result<&'a str, String> {
    field(path, what, line)?;
    let goes_down = path.starts_with('/') && !path.split('/').any(|part| part == ".." || part == ".");
    if goes_down {
        Ok(path)
    } else {
        Err(format!("{what} {path:?} ({line}) should be a path from / without dots", line = At(line)))
    }
}
