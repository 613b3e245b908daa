//! What a machine is to be.

use std::path::{Path, PathBuf};
use std::time::Duration;

use child::Priority;

use crate::{Accel, Boot, Disk};

/// A machine that could be started, any number of times at once.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The qemu it is.
    pub program: PathBuf,
    /// How it finds what it runs.
    pub boot: Boot,
    /// Its memory in MiB.
    pub memory: u32,
    /// Its processors.
    pub cpus: u32,
    /// Whether the processors are real.
    pub accel: Accel,
    /// Its disks; the first is booted from.
    pub disks: Vec<Disk>,
    /// Folders of this machine that the guest may mount.
    pub shares: Vec<Share>,
    /// What it reaches of the network.
    pub network: Network,
    /// An existing folder for what it writes to its overlays; nothing is seen there once it runs.
    pub folder: PathBuf,
    /// The file to which what qemu itself prints is added.
    pub log: PathBuf,
    /// The file to which what its serial console prints is written, at most some megabytes of it.
    pub console: Option<PathBuf>,
    /// How far it stands back behind others.
    pub priority: Priority,
    /// How long qemu, and what looks at its disks, may take until the machine is made.
    pub patience: Duration,
}

/// A folder of this machine that the guest mounts by `mount -t 9p -o trans=virtio,version=9p2000.L TAG /where`.
///
/// It is 9p, since that is in qemu itself; virtiofs needs a daemon of root's for each folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// What the guest calls it, at most 31 characters.
    pub tag: String,
    /// The folder.
    pub folder: PathBuf,
    /// Whether the guest may only read it.
    pub read_only: bool,
    /// Whether owners and modes the guest gives are only notes beside the files, which are ours; else it may do with them
    /// just what we may.
    pub mapped: bool,
}

/// What a machine reaches of the network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// There is no network card.
    #[default]
    None,
    /// One where it only answers by ssh.
    OnlySsh(Port),
    /// One by which it reaches what we reach, this machine's loopback at 10.0.2.2 included, and answers by ssh.
    Everything(Port),
}

/// What this machine is called by a guest whose network is everything.
pub const HOST: &str = "10.0.2.2";

/// The port of this machine's loopback that leads to the guest's port 22: one the kernel chooses, or this one.
pub type Port = Option<u16>;

impl Machine {
    /// Makes a small machine without disks that keeps its files in `folder`.
    pub fn new(folder: &Path) -> Machine {
        Machine {
            program: "qemu-system-x86_64".into(),
            boot: Boot::Bios,
            memory: 512,
            cpus: 1,
            accel: Accel::Auto,
            disks: Vec::new(),
            shares: Vec::new(),
            network: Network::None,
            folder: folder.to_owned(),
            log: PathBuf::from("/dev/null"),
            console: None,
            priority: Priority::default(),
            patience: Duration::from_secs(300),
        }
    }
}

impl Network {
    /// Returns the port that was asked for.
    pub(crate) fn port(&self) -> Option<Port> {
        match self {
            Network::None => None,
            Network::OnlySsh(port) | Network::Everything(port) => Some(*port),
        }
    }
}
