//! The place itself.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use child::{ChildError, Ended, Listen, Network, Place, Priority, Status, Task};
use qemu::{Boot, Disk, Format, Machine, Running, Way};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::snapshot::{Lvm, Snapshot};
use crate::{Settings, check, share, ssh};

/// How the kernel of a site finds its root file system, and where it speaks.
const APPEND: &str = "root=/dev/vda rw console=ttyS0 quiet";

/// Tasks in a virtual machine, which the first of them starts and which ends with this; making one costs nothing.
#[derive(Debug)]
pub struct Vm {
    settings: Settings,
    priority: Priority,
    guest: Mutex<Guest>,
    /// Folders it will have to itself.
    own: Mutex<Vec<PathBuf>>,
}

#[derive(Debug)]
enum Guest {
    NotYet,
    Up(Box<Up>),
    /// It was ended, or a task is using it; a task that nobody waits for any more leaves it so.
    Over,
}

#[derive(Debug)]
struct Up {
    running: Running,
    port: u16,
    /// What it writes to; it goes after the machine.
    _snapshot: Option<Snapshot>,
}

impl Vm {
    /// Makes a place of one machine.
    pub fn new(settings: Settings) -> Vm {
        Vm {
            settings,
            priority: Priority::default(),
            guest: Mutex::new(Guest::NotYet),
            own: Mutex::default(),
        }
    }

    /// Has the machine stand back behind others.
    #[must_use]
    pub fn behind_others(self, priority: Priority) -> Vm {
        Vm { priority, ..self }
    }

    /// Says what is missing, as [`Place::check`] does, and what is wrong with the base image, which takes longer to see.
    pub async fn check_all(&self) -> Result<(), String> {
        check::check(&self.settings)?;
        let looked = qemu::look(&self.base_disk(), self.settings.wait).await;
        looked.map_err(|error| check::of_start(error, &self.settings))
    }

    /// Says what of this place has never been run, where that is so.
    pub fn untried(&self) -> Option<&'static str> {
        self.settings
            .snapshot
            .map(|_| "nobody has run snapshots of volumes (vm_snapshot) with a real LVM yet")
    }

    fn is_shared(&self, path: &Path) -> bool {
        self.settings.shares.iter().any(|share| path.starts_with(share))
    }

    /// Returns what of this machine a task changes.
    fn shared(&self, task: &Task) -> Vec<PathBuf> {
        let here = task.sight.writes.iter().map(|shown| &shown.host).filter(|path| self.is_shared(path));
        here.cloned().collect()
    }

    fn base_disk(&self) -> Disk {
        let base = &self.settings.base;
        Disk { rests_on_others: true, format: format(base), ..Disk::throw_away(base) }
    }

    fn machine(&self, task: &Task, snapshot: Option<&Snapshot>) -> Machine {
        let Settings { kernel, port, .. } = &self.settings;
        let usual = self.base_disk();
        let disk = match snapshot {
            Some(snapshot) => Disk { path: snapshot.device.clone(), overlay: false, ..usual },
            None => usual,
        };
        let kernel =
            kernel.clone().map(|kernel| Boot::Kernel { kernel, initrd: None, append: APPEND.into() });
        Machine {
            boot: kernel.unwrap_or_default(),
            memory: self.settings.memory,
            cpus: self.settings.cpus,
            accel: self.settings.accel,
            disks: vec![disk],
            shares: share::shares(&self.shared(task)),
            network: match self.settings.network {
                Network::Host => qemu::Network::Everything(*port),
                Network::None | Network::Outside(_) => qemu::Network::OnlySsh(*port),
            },
            priority: self.priority,
            ..Machine::new(&self.settings.folder)
        }
    }

    /// Starts the machine; it is ready when its shares are mounted.
    async fn boot(&self, task: &Task) -> Result<Up, String> {
        check::check(&self.settings)?;
        let Settings { base, key, wait, .. } = &self.settings;
        let snapshot = match check::snapshot(&self.settings)? {
            Some((volume, room)) => Some(Lvm::of_machine().snapshot(&volume, room).await?),
            None => None,
        };
        let machine = self.machine(task, snapshot.as_ref());
        let running = machine.start().await.map_err(|error| check::of_start(error, &self.settings))?;
        let port = running.answers(*wait).await.map_err(|error| match error {
            qemu::Error::NoAnswer { .. } => format!("{error}\n[worker] vm_wait says how long it has"),
            _ => error.to_string(),
        })?;
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
        let line = share::mount(&machine.shares, &self.own.lock().await);
        let mounted = tokio::select! {
            ended = ssh::say(self.way(port), line, &listen) => ended.map_err(|error| error.to_string())?,
            trouble = running.trouble() => return Err(trouble.to_string()),
            () = tokio::time::sleep(*wait) => return Err(format!(
                "the virtual machine answers by ssh, and then no more for {} s ([worker] vm_wait)",
                wait.as_secs()
            )),
        };
        match mounted.well() {
            true => Ok(Up { running, port, _snapshot: snapshot }),
            false if qemu::refused(&mounted) => Err(format!(
                "the virtual machine does not know the key {0}: what is in {0}.pub has to be in /root/.ssh/authorized_keys of the base image {1}; `img vm create-base` makes both anew",
                key.display(),
                base.display()
            )),
            false => Err(format!(
                "the virtual machine does not mount folders of this one ({}): the kernel of its base image needs the modules 9p and 9pnet_virtio",
                mounted.tail.trim()
            )),
        }
    }

    fn way(&self, port: u16) -> Way<'_> {
        Way { key: &self.settings.key, port, user: ssh::USER, silence: self.settings.silence }
    }

    async fn by_ssh(&self, up: &Up, task: &Task, listen: &Listen<'_>) -> Result<Ended, ChildError> {
        let of_machine = |trouble: qemu::Error| ChildError::Place(trouble.to_string());
        let ended = tokio::select! {
            ended = ssh::run(self.way(up.port), task, listen) => ended?,
            trouble = up.running.trouble() => return Err(of_machine(trouble)),
        };
        if !ssh::may_have_broken(&ended) {
            return Ok(ended);
        }
        up.running.still_answers(self.settings.silence).await.map_err(of_machine)?;
        if !ssh::broke(&ended) {
            return Ok(ended);
        }
        Err(ChildError::Place(tokio::select! {
            trouble = up.running.trouble() => trouble.to_string(), // the reason comes after its effect
            () = tokio::time::sleep(Duration::from_secs(2)) => {
                format!("the way into the virtual machine broke: {}", ended.tail.trim())
            }
        }))
    }
}

#[async_trait]
impl Place for Vm {
    fn check(&self) -> Result<(), String> {
        check::check(&self.settings)
    }

    fn check_network(&self, network: &Network) -> Result<(), String> {
        check::network(network)
    }

    fn resolver(&self, _network: &Network) -> Option<String> {
        None
    }

    fn is_another_machine(&self) -> bool {
        true
    }

    fn loopback_there(&self) -> Option<&'static str> {
        (self.settings.network == Network::Host).then_some(qemu::HOST)
    }

    /// Runs a task, which sees the whole guest and the shared folders whatever its [`child::Sight`].
    async fn run(&self, task: &Task, listen: &Listen<'_>) -> Result<Ended, ChildError> {
        let mut guest = self.guest.lock().await;
        let up = match std::mem::replace(&mut *guest, Guest::Over) {
            Guest::Up(up) => up,
            Guest::NotYet => tokio::select! {
                up = self.boot(task) => Box::new(up.map_err(ChildError::Place)?),
                () = listen.stop.cancelled() => {
                    return Ok(Ended { status: Status::Stopped, tail: String::new(), output: Vec::new() });
                }
            },
            Guest::Over => {
                return Err(ChildError::Place("the virtual machine of this build has ended".into()));
            }
        };
        let ended = match self.by_ssh(&up, task, listen).await {
            Ok(ended) => ended,
            Err(error) => {
                up.running.kill().await; // nothing of it is left when this returns
                return Err(error);
            }
        };
        match ended.status {
            Status::Stopped | Status::TookTooLong => {
                up.running.kill().await;
            }
            _ => *guest = Guest::Up(up),
        }
        Ok(ended)
    }

    /// Makes a folder here when it is shared, else in the guest.
    async fn make_folder(&self, folder: &Path) -> Result<(), ChildError> {
        let cannot = |place: &str, why: &str| {
            ChildError::Place(format!("cannot make the folder {}{place}: {why}", folder.display()))
        };
        if self.is_shared(folder) {
            return tokio::fs::create_dir(folder).await.map_err(|error| cannot("", &error.to_string()));
        }
        if matches!(*self.guest.lock().await, Guest::NotYet) {
            self.own.lock().await.push(folder.to_owned());
            return Ok(());
        }
        let wait = self.settings.wait;
        let mut task = Task { limit: Some(wait), ..Task::new(["mkdir", "-p", "--"]) };
        task.argv.push(folder.into());
        let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
        let ended = self.run(&task, &listen).await?;
        let why = match ended.status {
            Status::Exited(0) => return Ok(()),
            Status::TookTooLong => format!(
                "it does not answer within {} s ([worker] vm_wait), so its system hangs, or this machine is too busy",
                wait.as_secs()
            ),
            _ => ended.tail.trim().to_owned(),
        };
        Err(cannot(" in the virtual machine", &why))
    }

    async fn take_over(&self, file: &Path) -> Result<(), ChildError> {
        share::forget_notes(file); // it is ours already
        Ok(())
    }

    /// Removes a shared folder; others end with the machine.
    async fn remove(&self, folder: &Path) -> Result<(), ChildError> {
        match self.is_shared(folder) {
            true => child::remove(folder).await,
            false => Ok(()),
        }
    }
}

/// A base image is of people who may do anything here, so what its first bytes say is believed.
fn format(base: &Path) -> Format {
    use std::io::Read;
    let mut start = [0; 4];
    let read = std::fs::File::open(base).and_then(|mut file| file.read_exact(&mut start));
    match read {
        Ok(()) if &start == b"QFI\xfb" => Format::Qcow2,
        _ => Format::of_name(base),
    }
}
