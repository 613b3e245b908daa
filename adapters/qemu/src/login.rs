//! How the system's ssh is called to get into a guest, and what keeps it out.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use child::{Ended, Status};

/// What ssh is told whatever the guest is: it asks nobody, and knows no setting, key or agent of this machine but the key.
///
/// The key of the host is not looked at. It would say nothing here: the machine is made from an image that knows no secret of
/// ours, and its port is one of this machine's loopback that our own qemu holds as long as the machine is there.
const OPTIONS: [&str; 10] = [
    "IdentitiesOnly=yes",
    "IdentityAgent=none",
    "BatchMode=yes",
    "PasswordAuthentication=no",
    "RequestTTY=no",
    "ForwardX11=no",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=no",
    "LogLevel=ERROR",
];

/// How long a guest may say nothing before it is taken for one that hangs, unless somebody says otherwise.
pub const SILENCE: Duration = Duration::from_secs(120);
/// So often ssh asks meanwhile whether the guest is still there.
const ASKED: u32 = 8;

/// How long a guest that has greeted may take, at most, to agree on a key.
const UNTIL_IN: Duration = Duration::from_secs(60);

/// By this status ssh says that it was not the program that failed.
pub const SSH_FAILED: i32 = 255;

/// How to get into a guest.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// The private key.
    pub key: &'a Path,
    /// The port of this machine that leads there.
    pub port: u16,
    /// Who does what is done there.
    pub user: &'a str,
    /// After how long a silence it is given up; ssh knows no less than some seconds.
    pub silence: Duration,
}

/// Returns the words that have the shell of a user of the guest read one line.
pub fn ssh(way: Way<'_>, line: impl Into<OsString>) -> Vec<OsString> {
    let Way { key, port, user, silence } = way;
    let mut words: Vec<OsString> = ["ssh", "-F", "/dev/null", "-i"].map(Into::into).into();
    words.push(key.into());
    words.extend(OPTIONS.iter().flat_map(|option| ["-o", option]).map(Into::into));
    let every = (silence.as_secs() / u64::from(ASKED)).max(1);
    let until_in = silence.min(UNTIL_IN).as_secs().max(1);
    for option in [
        format!("ConnectTimeout={until_in}"),
        format!("ServerAliveInterval={every}"),
        format!("ServerAliveCountMax={ASKED}"),
    ] {
        words.extend(["-o".into(), option.into()]);
    }
    words.extend(["-p", &port.to_string(), "-l", user, "--", "127.0.0.1"].map(OsString::from));
    words.push(line.into());
    words
}

/// Tells whether the guest does not know the key.
pub fn refused(ended: &Ended) -> bool {
    ended.status == Status::Exited(SSH_FAILED) && ended.tail.contains("Permission denied")
}

/// Why a key opens no guest at all; the text goes on after what the key is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadKey {
    /// It is not there, or not ours to read.
    #[error("cannot be read ({0})")]
    Unread(#[from] io::Error),
    /// ssh takes no key that is no secret.
    #[error("is for others to read, so ssh does not take it: chmod 600 {}", .0.display())]
    Open(PathBuf),
    /// It holds something else, or asks for a password, which nobody is there to give.
    #[error("is no private key that ssh can use without a password")]
    NoKey,
}

/// Looks whether ssh will take a key.
pub fn check_key(key: &Path) -> Result<(), BadKey> {
    if File::open(key)?.metadata()?.permissions().mode() & 0o077 != 0 {
        return Err(BadKey::Open(key.to_owned()));
    }
    let words = ["ssh-keygen", "-y", "-P", "", "-f"].map(AsRef::as_ref);
    match child::quick(&[&words[..], &[key.as_os_str()]].concat()) {
        Ok(read) if !read.status.success() => Err(BadKey::NoKey),
        _ => Ok(()), // without ssh-keygen there is no ssh either, which others say
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn ssh_reads_no_settings_of_the_host_and_asks_nobody() {
        let way = super::Way { key: "/k/id".as_ref(), port: 2222, user: "nemo", silence: super::SILENCE };
        let words = super::ssh(way, "sh -s 2>&1");
        let words: Vec<_> = words.iter().map(|word| word.to_str().unwrap()).collect();
        assert!(words.starts_with(&["ssh", "-F", "/dev/null", "-i", "/k/id"]), "{words:?}");
        assert!(words.contains(&"BatchMode=yes") && words.contains(&"PasswordAuthentication=no"));
        assert!(words.contains(&"ServerAliveInterval=15") && words.contains(&"ServerAliveCountMax=8"));
        assert!(words.ends_with(&["-p", "2222", "-l", "nemo", "--", "127.0.0.1", "sh -s 2>&1"]), "{words:?}");
    }
}
