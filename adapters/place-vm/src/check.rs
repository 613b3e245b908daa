//! What keeps machines from being started, as sentences that tell how to mend it.

use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use child::Network;
use qemu::BadKey;

use crate::Settings;
use crate::snapshot::Volume;

/// Says what is missing.
pub(crate) fn check(settings: &Settings) -> Result<(), String> {
    for program in ["qemu-system-x86_64", "qemu-img"] {
        qemu::check(Path::new(program)).map_err(|error| error.to_string())?;
    }
    if child::quick(&["ssh", "-V"]).is_err() {
        return Err("ssh is missing: install the package openssh-client (sudo apt-get install \
            --no-install-recommends openssh-client)"
            .into());
    }
    if let Err(why) = read(&settings.base) {
        return Err(format!(
            "the base image {} cannot be read ({why}): `img vm create-base` makes one, or [worker] vm_base_img says where it is",
            settings.base.display()
        ));
    }
    if let Some(kernel) = &settings.kernel
        && let Err(error) = std::fs::File::open(kernel)
    {
        return Err(format!(
            "the kernel {} cannot be read ({error}): correct [worker] vm_kernel, or leave it out when the base image boots by itself",
            kernel.display()
        ));
    }
    key(&settings.key)?;
    network(&settings.network)?;
    snapshot(settings)?;
    match settings.accel {
        qemu::Accel::Kvm => qemu::kvm(),
        _ => Ok(()),
    }
}

fn read(base: &Path) -> Result<(), String> {
    let kind = std::fs::metadata(base).map_err(|error| error.to_string())?.file_type();
    if !(kind.is_file() || kind.is_block_device()) {
        return Err("it is neither a file nor a volume".into()); // opening a pipe would wait
    }
    std::fs::File::open(base).map(drop).map_err(|error| error.to_string())
}

/// Says what is wrong with a machine that cannot be made of what is there.
pub(crate) fn of_start(error: qemu::Error, settings: &Settings) -> String {
    let base = settings.base.display().to_string();
    match error {
        qemu::Error::File { path, reason, .. } if path == base => format!(
            "the base image {base} cannot be used: {reason}; `img vm create-base --force` makes it anew, or [worker] vm_base_img says where another one is"
        ),
        other => other.to_string(),
    }
}

/// Returns what a snapshot is to be made of, and its room; none where none is wanted.
pub(crate) fn snapshot(settings: &Settings) -> Result<Option<(Volume, u64)>, String> {
    let Some(room) = settings.snapshot else { return Ok(None) };
    match Volume::of(&settings.base, Path::new("/sys/dev/block")) {
        Some(volume) => Ok(Some((volume, room))),
        None => Err(format!(
            "the base image {} is no volume of LVM, so there are no snapshots of it: leave out [worker] vm_snapshot, and an overlay holds \
             what a machine writes",
            settings.base.display()
        )),
    }
}

fn key(key: &Path) -> Result<(), String> {
    qemu::check_key(key).map_err(|bad| match bad {
        BadKey::Open(_) => format!("the key {} {bad}", key.display()),
        _ => format!(
            "the key {} to the base image {bad}: `img vm create-base` makes one, or [worker] vm_ssh_key says where it is",
            key.display()
        ),
    })
}

/// qemu's network of users knows all or nothing; what a guest closes for itself, its root opens again.
pub(crate) fn network(network: &Network) -> Result<(), String> {
    match network {
        Network::None | Network::Host => Ok(()),
        Network::Outside(_) => Err("the network of a virtual machine leads to this one as well (at 10.0.2.2), \
            which [worker] scripts_network = outside and closed_networks are to prevent: scripts_network = none gives it no network, \
            host allows that, and dnf keeps to it (--builder dnf)"
            .into()),
    }
}
