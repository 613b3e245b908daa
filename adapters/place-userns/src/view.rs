//! What a task sees, as arguments of bwrap; pure.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use child::{Network, Task};

use crate::wire::Holds;

/// The parts of /etc that programs need; nothing else of it is shown: no configuration of ours, no keys, no shadow.
const ETC: &[&str] = &[
    "alternatives",
    "bindresvport.blacklist",
    "ca-certificates",
    "ca-certificates.conf",
    "crypto-policies",
    "gai.conf",
    "group",
    "host.conf",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "magic",
    "mke2fs.conf",
    "nsswitch.conf",
    "os-release",
    "passwd",
    "pki",
    "protocols",
    RESOLVER,
    "rpm",
    "services",
    "ssl/certs",
    "ssl/openssl.cnf",
    "terminfo",
];
const RESOLVER: &str = "resolv.conf";
/// Top folders that are links into /usr where /usr is merged, and folders where it is not.
const TOP: &[&str] = &["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// So much may be written to each private folder in memory.
const MEMORY: &str = "268435456";

/// What of the host decides how it is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Host {
    /// The path of bwrap.
    pub(crate) bwrap: PathBuf,
    /// Each of [`TOP`] that is there, with the target when it is a link.
    pub(crate) top: Vec<(&'static str, Option<PathBuf>)>,
    /// False where the kernel refuses a new proc, as in containers that hide parts of theirs.
    pub(crate) new_proc: bool,
}

impl Host {
    /// Looks at this host.
    pub(crate) fn look(bwrap: PathBuf) -> Host {
        let there = TOP.iter().filter(|path| Path::new(path).exists());
        let top = there.map(|path| (*path, std::fs::read_link(path).ok())).collect();
        Host { bwrap, top, new_proc: true }
    }
}

/// Says what the program gets to see, where `found_at` tells for each path of the sight where it is now, and `holds` is of
/// the way to other machines when there is one.
pub(crate) fn argv(
    task: &Task,
    host: &Host,
    holds: Option<Holds>,
    found_at: &dyn Fn(&Path) -> PathBuf,
) -> Vec<OsString> {
    let mut argv = Words(vec![host.bwrap.clone().into()]);
    argv.say(["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--new-session"]);
    if task.sight.network == Network::None {
        argv.say(["--unshare-net"]);
    }
    if let Some(holds) = &holds {
        argv.say(["--block-fd", &holds.until.to_string()]);
    }
    // Root of the namespace, but no mounting: what is read-only stays so. And what is closed of the network stays closed.
    argv.say(["--cap-add", "ALL"]);
    for kept in ["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_NET_RAW"] {
        argv.say(["--cap-drop", kept]);
    }
    argv.say(["--clearenv"]);
    for (name, value) in &task.env {
        argv.say([&"--setenv".into(), name, value]);
    }
    host_programs(&mut argv, host, holds);
    given_paths(&mut argv, task, found_at);
    for tree in &task.sight.furnished {
        proc_and_dev(&mut argv, host, tree);
    }
    argv.say(["--remount-ro", "/", "--chdir"]);
    argv.say([&task.cwd]);
    argv.say(["--"]);
    argv.0.extend(task.argv.iter().cloned());
    argv.0
}

fn host_programs(argv: &mut Words, host: &Host, holds: Option<Holds>) {
    argv.say(["--ro-bind", "/usr", "/usr"]);
    for (path, link) in &host.top {
        match link {
            Some(target) => argv.say([Path::new("--symlink"), target, Path::new(path)]),
            None => argv.say(["--ro-bind", path, path]),
        }
    }
    for name in ETC.iter().filter(|name| holds.is_none() || **name != RESOLVER) {
        let path = format!("/etc/{name}");
        argv.say(["--ro-bind-try", &path, &path]);
    }
    if let Some(holds) = holds {
        argv.say(["--ro-bind-data", &holds.resolver.to_string(), &format!("/etc/{RESOLVER}")]);
    }
    for folder in ["/tmp", "/var/tmp", "/run"] {
        argv.say(["--size", MEMORY, "--perms", "1777", "--tmpfs", folder]);
    }
    proc_and_dev(argv, host, Path::new("/"));
}

fn proc_and_dev(argv: &mut Words, host: &Host, tree: &Path) {
    let (proc, dev) = (tree.join("proc"), tree.join("dev"));
    if host.new_proc {
        argv.say([Path::new("--proc"), &proc]);
    } else {
        argv.say([Path::new("--ro-bind"), Path::new("/proc"), &proc]);
    }
    argv.say([Path::new("--dev"), &dev]);
}

/// Shows the paths of the sight, outer ones first, so that inner ones are not hidden.
fn given_paths(argv: &mut Words, task: &Task, found_at: &dyn Fn(&Path) -> PathBuf) {
    let reads = task.sight.reads.iter().map(|shown| (shown, "--ro-bind"));
    let writes = task.sight.writes.iter().map(|shown| (shown, "--bind"));
    let mut all: Vec<_> = reads.chain(writes).collect();
    all.sort_by_key(|(shown, _)| shown.at.components().count());
    for (shown, how) in all {
        argv.say([Path::new(how), &found_at(&shown.host), &shown.at]);
    }
}

struct Words(Vec<OsString>);

impl Words {
    fn say<W: Into<OsString>>(&mut self, words: impl IntoIterator<Item = W>) {
        self.0.extend(words.into_iter().map(Into::into));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use child::{Shown, Sight};

    fn text(argv: &[OsString]) -> String {
        argv.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_what_is_in_sight_is_shown_and_the_program_comes_last() {
        let host = Host {
            bwrap: "/usr/bin/bwrap".into(),
            top: vec![("/bin", Some("usr/bin".into()))],
            new_proc: true,
        };
        let sight = Sight {
            reads: vec![Shown::at("/srv/repo", "/b/work/repo")],
            writes: vec![Shown::here("/b")],
            furnished: vec!["/b/root".into()],
            network: Network::None,
        };
        let task = Task::new(["dnf", "--setenv"]).env("KEY", "a b").sees(sight);

        let argv = text(&argv(&task, &host, None, &|path| {
            Path::new("/stage").join(path.strip_prefix("/").unwrap())
        }));

        assert!(argv.starts_with("/usr/bin/bwrap --unshare-pid"), "{argv}");
        assert!(argv.contains(" --unshare-net "), "{argv}");
        assert!(argv.contains(" --setenv KEY a b "), "{argv}");
        assert!(argv.contains(" --symlink usr/bin /bin "), "{argv}");
        assert!(argv.contains(" --bind /stage/b /b --ro-bind /stage/srv/repo /b/work/repo "), "{argv}");
        assert!(argv.contains(" --proc /b/root/proc --dev /b/root/dev "), "{argv}");
        assert!(argv.ends_with(" --remount-ro / --chdir / -- dnf --setenv"), "{argv}");
        for hidden in ["/etc/shadow", "/etc/skynet", "/etc/ssh", "/home", "/root ", "/var/lib"] {
            assert!(!argv.contains(hidden), "{hidden}: {argv}");
        }
    }

    #[test]
    fn a_program_waits_for_its_way_to_other_machines_and_is_told_who_knows_names() {
        let mut task = Task::new(["true"]);
        task.sight.network = Network::Outside(vec![]);

        let argv =
            text(&argv(&task, &Host::default(), Some(Holds { until: 7, resolver: 8 }), &Path::to_path_buf));

        assert!(argv.contains(" --block-fd 7 ") && argv.contains(" --cap-drop CAP_NET_ADMIN "), "{argv}");
        assert!(argv.contains(" --ro-bind-data 8 /etc/resolv.conf "), "{argv}");
        assert!(!argv.contains("/etc/resolv.conf /etc/resolv.conf"), "{argv}");
        assert!(!argv.contains("--unshare-net"), "its namespace is made before");
    }

    #[test]
    fn a_host_with_a_masked_proc_shows_its_own() {
        let host = Host { new_proc: false, ..Host::default() };

        let argv = text(&argv(&Task::new(["true"]), &host, None, &Path::to_path_buf));

        assert!(argv.contains(" --ro-bind /proc /proc ") && !argv.contains("--proc"), "{argv}");
    }
}
