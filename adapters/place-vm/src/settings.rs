//! What a machine is made of.

use std::path::PathBuf;
use std::time::Duration;

use child::Network;
use qemu::Accel;

/// What a machine is made of, and what of this one it sees.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The image it starts from, which nothing changes: a file, or a volume.
    pub base: PathBuf,
    /// How many bytes a machine may change of a base that is a volume (LVM), in a snapshot of it, which needs root; where nothing
    /// is said, an overlay in a file holds what it writes. Nobody has run this with a real LVM.
    pub snapshot: Option<u64>,
    /// The kernel qemu loads, with the base as its root file system; none where the base boots by itself.
    pub kernel: Option<PathBuf>,
    /// The private key of its root.
    pub key: PathBuf,
    /// How long it may take to answer.
    pub wait: Duration,
    /// How long it may say nothing under a task until it is taken for one that hangs.
    pub silence: Duration,
    /// Whether its processors are real.
    pub accel: Accel,
    /// Its memory in MiB.
    pub memory: u32,
    /// Its processors.
    pub cpus: u32,
    /// What it reaches of the network: nothing, or all that this machine does, whose own loopback is at 10.0.2.2 there. A
    /// machine that is to reach less than all of it is not started.
    pub network: Network,
    /// The port of this machine's loopback that leads to its ssh; one that is free unless it is said.
    pub port: Option<u16>,
    /// Folders of this machine below which tasks may change something. What the first task is to change there
    /// ([`child::Sight`]), the machine sees at its own path; all other folders are the machine's own.
    pub shares: Vec<PathBuf>,
    /// An existing folder whose disk has room for what it writes to its own.
    pub folder: PathBuf,
}

impl Settings {
    /// Makes a machine of a base image and the key to it, which keeps its files in `folder`.
    pub fn new(base: impl Into<PathBuf>, key: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Settings {
        Settings {
            base: base.into(),
            snapshot: None,
            kernel: None,
            key: key.into(),
            wait: Duration::from_secs(120),
            silence: qemu::SILENCE,
            accel: Accel::Auto,
            memory: 1024,
            cpus: 2,
            network: Network::Host,
            port: None,
            shares: Vec::new(),
            folder: folder.into(),
        }
    }
}
