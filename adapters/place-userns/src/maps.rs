//! Gives a new user namespace its ids, from outside.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;

use tokio::sync::oneshot;

use crate::ids::{Given, Ids};

/// What the new process is told when it may go on; anything else means that it must end.
pub(crate) const MAPPED: u8 = b'+';

/// The namespaces of a new process, which may not look like itself later.
pub(crate) struct Namespaces {
    pub(crate) user: File,
    pub(crate) net: File,
}

/// Waits until a process says which one it is, maps its ids, and tells it to go on.
///
/// Without `ids` its namespace has them already. Blocks; returns the sentence why the ids could not be mapped. A process that ends early is no error here.
pub(crate) fn serve(
    ids: Option<&Ids>,
    calls: OwnedFd,
    answers: OwnedFd,
    known: oneshot::Sender<Namespaces>,
) -> Result<(), String> {
    let mut pid = [0; 4];
    if File::from(calls).read_exact(&mut pid).is_err() {
        return Ok(());
    }
    let pid = i32::from_ne_bytes(pid);
    let space = |kind: &str| File::open(format!("/proc/{pid}/ns/{kind}"));
    if let (Ok(user), Ok(net)) = (space("user"), space("net")) {
        let _ = known.send(Namespaces { user, net }); // few want to know
    }
    let mapped = ids.map_or(Ok(()), |ids| map(ids, pid));
    let answer = if mapped.is_ok() { MAPPED } else { b'-' };
    // It may have died meanwhile, which whoever waits for it sees.
    let _ = File::from(answers).write_all(&[answer]);
    mapped
}

fn map(ids: &Ids, pid: i32) -> Result<(), String> {
    match ids {
        Ids::Direct { uid_map, gid_map, .. } => {
            [("uid_map", uid_map), ("gid_map", gid_map)].into_iter().try_for_each(|(file, lines)| {
                fs::write(format!("/proc/{pid}/{file}"), lines).map_err(|error| {
                    format!(
                        "root may not map user ids here ({error}): this container needs the capability SETUID"
                    )
                })
            })
        }
        Ids::Helped { uid, gid, sub_uids, sub_gids } => {
            help("newuidmap", pid, *uid, *sub_uids)?;
            help("newgidmap", pid, *gid, *sub_gids)
        }
    }
}

fn help(tool: &str, pid: i32, own: u32, given: Given) -> Result<(), String> {
    let numbers = [0, own, 1, 1, given.start, given.count].map(|number| number.to_string());
    let argv: Vec<String> = [tool.to_owned(), pid.to_string()].into_iter().chain(numbers).collect();
    let output = child::quick(&argv).map_err(|_| crate::check::no_newuidmap())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    Err(format!("{tool} refused to map the user ids ({said}): {}", why(&status)))
}

/// What newuidmap and newgidmap need of the one who starts them, by number.
const NEEDED: [(u32, &str); 4] =
    [(7, "CAP_SETUID"), (6, "CAP_SETGID"), (1, "CAP_DAC_OVERRIDE"), (21, "CAP_SYS_ADMIN")];

/// Says what to do; `status` is the text of `/proc/self/status`.
fn why(status: &str) -> String {
    let value = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    if value("NoNewPrivs:") == Some("1") {
        return "this program runs with NoNewPrivileges, with which no setuid program works; a unit needs \
                NoNewPrivileges=no and nothing that implies it (systemctl cat shows it), a container to be started \
                without no-new-privileges"
            .to_owned();
    }
    let bounds = value("CapBnd:").and_then(|bits| u64::from_str_radix(bits, 16).ok()).unwrap_or(u64::MAX);
    let missing = NEEDED.iter().filter(|(bit, _)| bounds & (1 << bit) == 0);
    let missing: Vec<_> = missing.map(|(_, name)| *name).collect();
    if missing.is_empty() {
        return "it must be setuid root (reinstall the package uidmap), and the range in /etc/subuid and /etc/subgid be \
                this user's"
            .to_owned();
    }
    format!(
        "this program lacks {}, by which newuidmap and newgidmap write the maps; a unit needs CapabilityBoundingSet={}, \
         a container --cap-add for each",
        missing.join(", "),
        NEEDED.map(|(_, name)| name).join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn what_newuidmap_lacks_is_named_with_what_to_do() {
        let status =
            |no_new: u8, bounds: &str| format!("Name:\timg\nCapBnd:\t{bounds}\nNoNewPrivs:\t{no_new}\n");
        for (status, words) in [
            (status(1, "000001ffffffffff"), "a unit needs NoNewPrivileges=no"),
            (status(0, "000001ffffffffff"), "reinstall the package uidmap"),
            (status(0, "00000000a80425fb"), "this program lacks CAP_SYS_ADMIN, by which"),
            (
                status(0, "0000000000000000"),
                "this program lacks CAP_SETUID, CAP_SETGID, CAP_DAC_OVERRIDE, CAP_SYS_ADMIN, by which",
            ),
            (
                status(0, "0000000000000000"),
                "CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_DAC_OVERRIDE CAP_SYS_ADMIN,",
            ),
            (String::new(), "reinstall the package uidmap"),
        ] {
            assert!(why(&status).contains(words), "{words}: {}", why(&status));
        }
    }
}
