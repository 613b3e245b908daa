//! `rootpw`, `user`, `group` and `sshkey` lines: who may use the image.

use crate::document::Kickstart;
use crate::reading::Secret;

/// The `rootpw` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RootPassword {
    /// The line in the file.
    pub line: usize,
    /// The password or, with `iscrypted`, its hash.
    pub password: Option<Secret>,
    /// `--iscrypted`.
    pub iscrypted: bool,
    /// `--lock`.
    pub lock: bool,
    /// `--allow-ssh`.
    pub allow_ssh: bool,
}

/// One `user` line that has a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct User {
    /// The line in the file.
    pub line: usize,
    /// `--name`.
    pub name: String,
    /// `--password`: the password or, with `iscrypted`, its hash.
    pub password: Option<Secret>,
    /// `--iscrypted`.
    pub iscrypted: bool,
    /// `--lock`.
    pub lock: bool,
    /// `--groups`.
    pub groups: Vec<String>,
    /// `--homedir`.
    pub homedir: Option<String>,
    /// `--shell`.
    pub shell: Option<String>,
    /// `--uid`.
    pub uid: Option<u32>,
    /// `--gid`.
    pub gid: Option<u32>,
    /// `--gecos`.
    pub gecos: Option<String>,
}

/// One `group` line that has a name: a group of users.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserGroup {
    /// The line in the file.
    pub line: usize,
    /// `--name`.
    pub name: String,
    /// `--gid`.
    pub gid: Option<u32>,
}

/// One `sshkey` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SshKey {
    /// The line in the file.
    pub line: usize,
    /// `--username`.
    pub username: String,
    /// The key, as for `authorized_keys`.
    pub key: String,
}

impl Kickstart {
    /// Returns the `rootpw` line; the last one counts.
    pub fn rootpw(&self) -> Option<RootPassword> {
        let (line, of) = self.called(&["rootpw"]).last()?;
        Some(RootPassword {
            line,
            password: of.plain(0).map(Secret::new),
            iscrypted: of.has("--iscrypted"),
            lock: of.has("--lock"),
            allow_ssh: of.has("--allow-ssh"),
        })
    }

    /// Returns the `user` lines in the order of the file.
    pub fn users(&self) -> Vec<User> {
        let lines = self.called(&["user"]);
        let users = lines.filter_map(|(line, of)| {
            Some(User {
                line,
                name: of.owned("--name")?,
                password: of.value("--password").map(Secret::new),
                iscrypted: of.has("--iscrypted"),
                lock: of.has("--lock"),
                groups: of.list("--groups"),
                homedir: of.owned("--homedir"),
                shell: of.owned("--shell"),
                uid: of.number("--uid"),
                gid: of.number("--gid"),
                gecos: of.owned("--gecos"),
            })
        });
        users.collect()
    }

    /// Returns the `group` lines in the order of the file.
    pub fn groups(&self) -> Vec<UserGroup> {
        let lines = self.called(&["group"]);
        let groups = lines.filter_map(|(line, of)| {
            Some(UserGroup { line, name: of.owned("--name")?, gid: of.number("--gid") })
        });
        groups.collect()
    }

    /// Returns the `sshkey` lines in the order of the file.
    pub fn sshkeys(&self) -> Vec<SshKey> {
        let lines = self.called(&["sshkey"]);
        let keys = lines.filter_map(|(line, of)| {
            Some(SshKey { line, username: of.owned("--username")?, key: of.plain(0)?.to_owned() })
        });
        keys.collect()
    }
}
