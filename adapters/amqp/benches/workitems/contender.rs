//! A contender as a process, seen from outside and from inside.
//!
//! It connects and says `ready`, begins to take workitems with the first line of its input and ends with the end of it,
//! so none is left when the bench is killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use crate::python;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Raw,
    Ours,
    Python,
}

impl Kind {
    pub(crate) const ALL: [Kind; 3] = [Kind::Raw, Kind::Ours, Kind::Python];
    /// Tells a contender from the bench itself.
    pub(crate) const FLAG: &str = "--contender";

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Raw => "raw loop",
            Kind::Ours => "ours",
            Kind::Python => "Python",
        }
    }

    pub(crate) fn named(name: &str) -> Kind {
        Kind::ALL.into_iter().find(|kind| kind.name() == name).expect("the name of a contender")
    }
}

pub(crate) struct Contender {
    child: Child,
    input: Option<ChildStdin>,
}

/// What an idle process holds, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memory {
    pub(crate) resident: u64,
    pub(crate) private: u64,
}

impl Contender {
    /// Starts one and waits until it is connected.
    pub(crate) fn start(kind: Kind, queue: &str, python: &Path) -> Contender {
        let mut command = match kind {
            Kind::Python => Command::new(python),
            _ => Command::new(std::env::current_exe().expect("we are a file")),
        };
        match kind {
            Kind::Python => command.arg(python::program()).arg(queue),
            _ => command.args([Kind::FLAG, kind.name(), queue]),
        };
        #[expect(clippy::disallowed_methods, reason = "each contender is measured as a process of its own")]
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        output.read_line(&mut line).expect("a pipe");
        assert_eq!(line, "ready\n", "{kind:?}");
        Contender { input: child.stdin.take(), child }
    }

    /// Lets it begin.
    pub(crate) fn go(&mut self) {
        self.input.as_mut().expect("a pipe").write_all(b"go\n").expect("it lives");
    }

    /// How much processor time it has used, all threads together, those that have ended too.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        let after_name = stat.rsplit(')').next().expect("a name in parentheses");
        let ticks: u64 = after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u64>().expect("ticks"))
            .sum();
        Duration::from_millis(ticks * 10) // the kernel tells everybody hundredths of a second
    }

    pub(crate) fn memory(&self) -> Memory {
        let rollup = self.proc("smaps_rollup");
        let sum = |keys: &[&str]| {
            let lines = rollup.lines().filter(|line| keys.iter().any(|key| line.starts_with(key)));
            let kilobytes = lines.map(|line| line.split_whitespace().nth(1).expect("a number"));
            kilobytes.map(|number| number.parse::<u64>().expect("a number") * 1024).sum()
        };
        Memory { resident: sum(&["Rss:"]), private: sum(&["Private_Clean:", "Private_Dirty:"]) }
    }

    /// The most memory it ever had.
    pub(crate) fn peak(&self) -> u64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a number");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).expect("it lives")
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        self.input = None;
        let _ = self.child.wait();
    }
}

/// Says, inside a contender, that it is connected, waits for the word to begin, and sees to its end.
pub(crate) async fn ready() {
    let waiting = tokio::task::spawn_blocking(|| {
        println!("ready");
        std::io::stdin().read_line(&mut String::new()).expect("a pipe");
    });
    waiting.await.expect("a line");
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
}
