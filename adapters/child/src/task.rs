//! A program call as data.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::{Network, Priority, Rlimits};

/// One call of an outside program; no shell reads any of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// The program, then its arguments.
    pub argv: Vec<OsString>,
    /// The whole environment: nothing is inherited.
    pub env: Vec<(OsString, OsString)>,
    /// The working folder, as the program sees it.
    pub cwd: PathBuf,
    /// What it reads on standard input.
    pub stdin: Vec<u8>,
    /// Keeps at most so many bytes of standard output for [`crate::Ended::output`], instead of taking it for lines.
    pub keep_output: Option<usize>,
    /// Texts that stand in no log and that nobody hears, such as a name and password in an address.
    pub hides: Vec<String>,
    /// The longest it may take.
    pub limit: Option<Duration>,
    /// How far it stands back behind others.
    pub priority: Priority,
    /// What each of its processes may take by itself.
    pub rlimits: Rlimits,
    /// The control group it is in: that of a [`crate::Pen`].
    pub pen: Option<PathBuf>,
    /// The family of processors whose programs it starts, beside those that run here anyway; as qemu calls it: `aarch64`.
    pub emulates: Option<&'static str>,
    /// What it may see and change, where the place can tell.
    pub sight: Sight,
}

/// What a task sees of the machine; everything else is up to its [`crate::Place`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sight {
    /// Files and folders it may read.
    pub reads: Vec<Shown>,
    /// Folders it may change.
    pub writes: Vec<Shown>,
    /// Trees inside `writes`, as it sees them, that it will chroot into: their folders `proc` and `dev` show the place's own.
    pub furnished: Vec<PathBuf>,
    /// What it reaches of the network.
    pub network: Network,
}

/// A path of the host, and where a task sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The path on the host.
    pub host: PathBuf,
    /// The path for the task.
    pub at: PathBuf,
}

impl Shown {
    /// Shows `host` at `at`.
    pub fn at(host: impl Into<PathBuf>, at: impl Into<PathBuf>) -> Shown {
        Shown { host: host.into(), at: at.into() }
    }

    /// Shows `host` at its own path.
    pub fn here(host: impl Into<PathBuf>) -> Shown {
        let host = host.into();
        Shown { at: host.clone(), host }
    }
}

impl Task {
    /// Makes a call with a plain environment and nothing in sight.
    pub fn new<W: Into<OsString>>(argv: impl IntoIterator<Item = W>) -> Task {
        Task {
            argv: argv.into_iter().map(Into::into).collect(),
            env: [("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("LANG", "C.UTF-8")].map(both).into(),
            cwd: PathBuf::from("/"),
            stdin: Vec::new(),
            keep_output: None,
            hides: Vec::new(),
            limit: None,
            priority: Priority::default(),
            rlimits: Rlimits::default(),
            pen: None,
            emulates: None,
            sight: Sight::default(),
        }
    }

    /// Adds an environment variable, or replaces it.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Task {
        let name = name.into();
        self.env.retain(|(known, _)| *known != name);
        self.env.push((name, value.into()));
        self
    }

    /// Sets what it may see.
    #[must_use]
    pub fn sees(self, sight: Sight) -> Task {
        Task { sight, ..self }
    }

    /// Returns a line it printed as others may see it.
    pub(crate) fn shown<'a>(&self, line: &'a str) -> Cow<'a, str> {
        let hidden = self.hides.iter().filter(|hidden| !hidden.is_empty());
        hidden.fold(Cow::Borrowed(line), |line, hidden| match line.contains(hidden.as_str()) {
            true => Cow::Owned(line.replace(hidden.as_str(), "")),
            false => line,
        })
    }

    /// Returns the program's name for messages, without its folder.
    pub fn program(&self) -> String {
        let path = PathBuf::from(self.argv.first().cloned().unwrap_or_default());
        path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

fn both((name, value): (&str, &str)) -> (OsString, OsString) {
    (name.into(), value.into())
}
