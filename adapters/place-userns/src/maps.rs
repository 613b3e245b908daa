//! Gives a new user namespace its ids, from outside.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;

use crate::ids::{Given, Ids};

/// What the new process is told when it may go on; anything else means that it must end.
pub(crate) const MAPPED: u8 = b'+';

/// Waits until a process says which one it is, maps its ids, and tells it to go on.
///
/// Blocks; returns the sentence why the ids could not be mapped. A process that ends early is no error here.
pub(crate) fn serve(ids: &Ids, calls: OwnedFd, answers: OwnedFd) -> Result<(), String> {
    let mut pid = [0; 4];
    if File::from(calls).read_exact(&mut pid).is_err() {
        return Ok(());
    }
    let mapped = map(ids, i32::from_ne_bytes(pid));
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
    Err(format!(
        "{tool} refused to map the user ids ({said}): it must be setuid root (reinstall the package uidmap), and this \
         program must not run with NoNewPrivileges"
    ))
}
