//! What this machine lacks, as sentences that tell how to mend it.

use std::path::{Path, PathBuf};

use nix::unistd::{User, getegid, geteuid};

use crate::ids::Ids;

const FOLDERS: &[&str] = &["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/// Returns the path of a program of the host's distribution.
fn program(name: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}

/// Returns the path of bwrap.
pub(crate) fn bwrap() -> Result<PathBuf, String> {
    program("bwrap").ok_or_else(|| {
        "bwrap is missing, which keeps builds apart from the host: install the package bubblewrap".to_owned()
    })
}

/// The device by which a program is a network.
const TUN: &str = "/dev/net/tun";

/// Says what is missing for tasks to reach other machines only.
pub(crate) fn slirp4netns() -> Result<(), String> {
    if program("slirp4netns").is_none() {
        return Err(
            "slirp4netns is missing, by which scripts reach other machines and not this one: install the \
                    package slirp4netns, or set [worker] scripts_network to none or host"
                .to_owned(),
        );
    }
    let opened = std::fs::OpenOptions::new().read(true).write(true).open(TUN);
    opened.map(|_| ()).map_err(|error| {
        format!(
            "{TUN} cannot be opened ({error}), by which scripts reach other machines and not this one: on a host load it \
             (sudo modprobe tun), a unit needs DeviceAllow=/dev/net/tun rw, a container --device=/dev/net/tun; or set \
             [worker] scripts_network to none or host"
        )
    })
}

pub(crate) fn no_newuidmap() -> String {
    "newuidmap is missing, without which only root can make images: install the package uidmap".to_owned()
}

/// Finds the ids this user's namespaces may have.
pub(crate) fn ids() -> Result<Ids, String> {
    let (uid, gid) = (geteuid(), getegid());
    if uid.is_root() {
        let read = |file| {
            std::fs::read_to_string(format!("/proc/self/{file}"))
                .map_err(|_| "/proc is not mounted".to_owned())
        };
        return Ids::for_root(&read("uid_map")?, &read("gid_map")?);
    }
    if program("newuidmap").is_none() || program("newgidmap").is_none() {
        return Err(no_newuidmap());
    }
    let name = User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name);
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    Ids::for_user(uid.as_raw(), gid.as_raw(), &name, &read("/etc/subuid"), &read("/etc/subgid"))
}

/// Tells whether the kernel lets this process make user namespaces.
pub(crate) fn namespaces() -> Result<(), String> {
    match child::quick(&["unshare", "--user", "true"]) {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(forbidden()),
    }
}

pub(crate) fn forbidden() -> String {
    "this machine forbids user namespaces, in which images are built: on a host, set the sysctls \
     kernel.unprivileged_userns_clone=1 and kernel.apparmor_restrict_unprivileged_userns=0 where they exist and \
     user.max_user_namespaces above 0; a container needs the right to make namespaces; and a plain chroot never has it"
        .to_owned()
}
