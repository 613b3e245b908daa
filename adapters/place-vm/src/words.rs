//! A task as the one line that ssh hands to the shell of the guest; pure.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use child::Task;

/// Process 1 of the task's namespace: whatever is alive when it ends, the kernel of the guest kills.
const KEEPER: &str = r#""$@"; exit $?"#;

/// Returns the line; each word of the task is one word, whatever is in it.
pub(crate) fn line(task: &Task) -> OsString {
    let mut line = b"cd ".to_vec();
    quote(&mut line, task.cwd.as_os_str());
    line.extend_from_slice(b" && exec unshare --mount --pid --fork --mount-proc env -i");
    for (name, value) in &task.env {
        let mut setting = name.clone();
        setting.push("=");
        setting.push(value);
        line.push(b' ');
        quote(&mut line, &setting);
    }
    let keeper = ["sh", "-c", KEEPER, "keeper"].map(OsStr::new);
    for word in keeper.into_iter().chain(task.argv.iter().map(AsRef::as_ref)) {
        line.push(b' ');
        quote(&mut line, word);
    }
    OsString::from_vec(line)
}

/// Puts a word between single quotes, between which a shell reads nothing but the next quote.
pub(crate) fn quote(line: &mut Vec<u8>, word: &OsStr) {
    line.push(b'\'');
    for byte in word.as_bytes() {
        match byte {
            b'\'' => line.extend_from_slice(br"'\''"),
            _ => line.push(*byte),
        }
    }
    line.push(b'\'');
}

#[cfg(test)]
mod tests {
    use super::*;
    use child::{Listen, run};
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn a_real_shell_finds_each_word_as_it_was() {
        let words = ["printf", "%s|", "a b", "$(id)", "'", r"''\''", "*", ";", "-n", "", "`id`", "\n", r"\"];
        let task = Task { cwd: "/usr".into(), ..Task::new(words) }.env("KEY", "x 'y'");
        let line = line(&task).into_string().unwrap();
        // what the guest has and this shell may not do
        let shell = line.replace("unshare --mount --pid --fork --mount-proc ", "");
        let task = Task { keep_output: Some(1000), ..Task::new(["sh", "-c", &shell]) };
        let quiet = std::path::Path::new("/dev/null");
        let listen = Listen { log: quiet, line: &|_| {}, stop: CancellationToken::new() };

        let ended = run(&task, &listen).await.unwrap();

        assert_eq!(String::from_utf8(ended.output).unwrap(), words[2..].join("|") + "|");
        assert!(line.contains(r"'KEY=x '\''y'\'''"), "{line}");
    }
}
