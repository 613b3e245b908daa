//! A task as the words that start it as root in namespaces of its own; pure.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use child::Task;

/// Process 1 of the namespace: starts the task, and ends everything when its own standard input ends.
///
/// The words of the task are its positional parameters, which no shell reads. Whatever is alive when it ends, the kernel
/// kills.
const KEEPER: &str = r#"exec 3<&0 </dev/null 4>&2 2>/dev/null
(cat <&3; kill -TERM -1; sleep 2; kill -KILL -1) >/dev/null 4>&- &
(exec "$@" 3<&- 2>&4 4>&-)
exit $?"#;

/// How this process becomes root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// The path of sudo; none for root.
    pub(crate) sudo: Option<PathBuf>,
    /// The path of unshare.
    pub(crate) unshare: PathBuf,
}

impl Way {
    /// Returns the words up to the program.
    pub(crate) fn words(&self) -> Vec<OsString> {
        let sudo = self.sudo.iter().flat_map(|sudo| [sudo.into(), "-n".into(), "--".into()]);
        let unshare = std::iter::once(self.unshare.clone().into());
        let options = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"];
        sudo.chain(unshare).chain(options.map(OsString::from)).collect()
    }
}

/// Returns what starts a task; sudo gives nothing of our environment on, so `env` says all of it.
pub(crate) fn argv(task: &Task, way: &Way) -> Vec<OsString> {
    let mut argv = way.words();
    argv.extend(["env", "-i", "-C"].map(OsString::from));
    argv.push(folder(&task.cwd));
    argv.extend(task.env.iter().map(|(name, value)| {
        let mut setting = name.clone();
        setting.push("=");
        setting.push(value);
        setting
    }));
    argv.extend(["sh", "-c", KEEPER, "keeper"].map(OsString::from));
    argv.extend(task.argv.iter().cloned());
    argv
}

/// A folder that is no option, whatever it is called.
fn folder(path: &Path) -> OsString {
    Path::new("/").join(path).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(argv: &[OsString]) -> Vec<&str> {
        argv.iter().map(|word| word.to_str().unwrap()).collect()
    }

    #[test]
    fn root_needs_no_sudo_and_every_word_of_the_task_is_one_word() {
        let task = Task { env: Vec::new(), cwd: "/srv".into(), ..Task::new(["mic", "a b", "$(id)", ";"]) };
        let task = task.env("KEY", "x y");
        let root = Way { sudo: None, unshare: "/usr/bin/unshare".into() };
        let user = Way { sudo: Some("/usr/bin/sudo".into()), ..root.clone() };

        let (by_root, by_user) = (argv(&task, &root), argv(&task, &user));

        assert_eq!(text(&by_user)[..3], ["/usr/bin/sudo", "-n", "--"]);
        assert_eq!(by_user[3..], by_root);
        let words = text(&by_root);
        assert_eq!(words[..3], ["/usr/bin/unshare", "--mount", "--pid"]);
        assert_eq!(words[7..12], ["env", "-i", "-C", "/srv", "KEY=x y"]);
        assert_eq!(words[words.len() - 5..], ["keeper", "mic", "a b", "$(id)", ";"]);
    }
}
