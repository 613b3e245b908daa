//! What goes wrong with machines, a sentence each.

use std::io;

/// Why a machine does not run, or not as it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Whoever administers this machine installs it.
    #[error(
        "{program} is missing: install the package {package} (sudo apt-get install --no-install-recommends {package})"
    )]
    NoProgram {
        /// What is missing.
        program: String,
        /// What has it, in Debian.
        package: &'static str,
    },
    /// KVM was asked for and does not work; the text says what to do.
    #[error("{0}")]
    Kvm(String),
    /// A file of the machine is not there or not to be opened.
    #[error("{what} {path} cannot be used: {reason}")]
    File {
        /// What it is for the machine.
        what: &'static str,
        /// Where it should be.
        path: String,
        /// What is the matter with it.
        reason: String,
    },
    /// There is no room, or no right, for what the machine writes.
    #[error("no overlay for {disk} can be made in {folder}: {reason}")]
    Overlay {
        /// The disk below it.
        disk: String,
        /// Where it should be.
        folder: String,
        /// What qemu-img said.
        reason: String,
    },
    /// Somebody else has the port that was asked for.
    #[error("port {0} of this machine is taken: name another one, or none, which takes a free one")]
    PortTaken(u16),
    /// qemu does not like what it was told.
    #[error("qemu does not start the machine: {0}")]
    Refused(String),
    /// qemu does not answer any more; the machine is killed.
    #[error("qemu does not answer any more ({0}); the machine was ended")]
    QmpGone(String),
    /// The machine is over and should not be.
    #[error("the machine ended by itself ({how}){}", end(.console))]
    Ended {
        /// How.
        how: String,
        /// The end of what its console printed.
        console: String,
    },
    /// The machine stands still because the disk of this one is full.
    #[error(
        "the machine was stopped because {0} of this machine has no room for what it writes: make room there"
    )]
    HostFull(String),
    /// Nobody answers.
    #[error("the machine did not answer by ssh within {seconds} s{}", end(.console))]
    NoAnswer {
        /// How long it was waited for.
        seconds: u64,
        /// The end of what its console printed.
        console: String,
    },
    /// Nobody answers any more.
    #[error(
        "the machine answers no more: it has said nothing for {seconds} s, so its system hangs, or this machine is too busy{}",
        end(.console)
    )]
    Hangs {
        /// How long it was waited for.
        seconds: u64,
        /// The end of what its console printed.
        console: String,
    },
    /// A text did not appear.
    #[error("the console of the machine did not say \"{text}\" within {seconds} s{}", end(.console))]
    NotSaid {
        /// The text.
        text: String,
        /// How long it was waited for.
        seconds: u64,
        /// The end of what it printed instead.
        console: String,
    },
    /// The system refuses something that always works.
    #[error("cannot {doing}: {reason}")]
    System {
        /// What.
        doing: &'static str,
        /// What the system said.
        reason: String,
    },
}

impl Error {
    pub(crate) fn system(doing: &'static str) -> impl Fn(io::Error) -> Error {
        move |error| Error::System { doing, reason: error.to_string() }
    }
}

fn end(console: &str) -> String {
    match console.is_empty() {
        true => "; its console printed nothing".into(),
        false => format!("; the end of what its console printed:\n{console}"),
    }
}
