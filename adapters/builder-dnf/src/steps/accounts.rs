//! Passwords, users and groups.

use std::time::{SystemTime, UNIX_EPOCH};

use img_kickstart::{At, Kickstart, Secret, User};
use sha_crypt::{PasswordHasher, ShaCrypt};
use uuid::Uuid;

use crate::halt::Halt;
use crate::inside::Inside;
use crate::plan::Uuids;
use crate::steps::table::{NewUser, Tables};

/// So many ids has the user namespace that a build is done in.
const IDS: u32 = 65_536;

/// Carries out `rootpw`, `group` and `user` lines.
pub(crate) fn apply(
    inside: &mut Inside,
    kickstart: &Kickstart,
    uuids: &Uuids,
    epoch: Option<u64>,
    warnings: &mut Vec<String>,
) -> Result<(), Halt> {
    let (rootpw, groups, users) = (kickstart.rootpw(), kickstart.groups(), kickstart.users());
    if rootpw.is_none() && groups.is_empty() && users.is_empty() {
        return Ok(());
    }
    let had = read(inside);
    let mut tables = had.clone();
    if let Some(rootpw) = rootpw {
        let hash = hash(rootpw.password.as_ref(), rootpw.iscrypted, rootpw.lock, uuids.of("salt of root"));
        let known = tables.set_password("root", &hash.map_err(|why| about("rootpw", rootpw.line, why))?);
        if !known {
            warnings.push(format!("{}: the image has no user root to set a password for", At(rootpw.line)));
        }
    }
    for group in &groups {
        let named = name(&group.name).and_then(|name| tables.add_group(name, group.gid));
        named.map_err(|why| about("group", group.line, why))?;
    }
    let mut homes = Vec::new();
    for user in &users {
        let ids = add(&mut tables, user, uuids, today(epoch)).map_err(|why| about("user", user.line, why))?;
        homes.push((home(user), ids));
    }
    write(inside, &had, &tables);
    for (home, ids) in homes {
        make_home(inside, &home, ids);
    }
    Ok(())
}

fn about(command: &str, line: usize, why: impl std::fmt::Display) -> Halt {
    Halt::failed(format!("{command} ({line}): {why}", line = At(line)))
}

fn add(tables: &mut Tables, user: &User, uuids: &Uuids, today: u64) -> Result<(u32, u32), String> {
    let home = home(user);
    let field = |what: &str, text: &str| {
        let fits = !text.contains([':', '\0']) && !text.chars().any(char::is_control);
        if fits {
            Ok(())
        } else {
            Err(format!("the {what} {text:?} has a character that cannot stand there"))
        }
    };
    for (what, id) in [("uid", user.uid), ("gid", user.gid)] {
        if let Some(id) = id.filter(|id| *id >= IDS) {
            return Err(format!("--{what}={id} should be less than {IDS}: a build has no more users"));
        }
    }
    field("shell", user.shell.as_deref().unwrap_or_default())?;
    field("name", user.gecos.as_deref().unwrap_or_default())?;
    field("home", &home)?;
    if !home.starts_with('/') || home.split('/').any(|part| part == "..") {
        return Err(format!("the home {home:?} should be a path from /"));
    }
    for group in &user.groups {
        name(group)?;
    }
    let salt = uuids.of(&format!("salt of {}", user.name));
    let new = NewUser {
        name: name(&user.name)?,
        uid: user.uid,
        gid: user.gid,
        gecos: user.gecos.as_deref().unwrap_or_default(),
        home: &home,
        shell: user.shell.as_deref().unwrap_or("/bin/sh"),
        hash: &hash(user.password.as_ref(), user.iscrypted, user.lock, salt)?,
        groups: &user.groups,
    };
    tables.add_user(&new, today)
}

/// Returns the day passwords are said to be of, counted from 1970.
fn today(epoch: Option<u64>) -> u64 {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    epoch.unwrap_or_else(now) / 86_400
}

fn home(user: &User) -> String {
    user.homedir.clone().unwrap_or_else(|| format!("/home/{}", user.name))
}

/// Returns a name that may stand in the tables.
fn name(text: &str) -> Result<&str, String> {
    let fits = !text.is_empty()
        && text.len() <= 32
        && !text.starts_with(['-', '+', '~'])
        && !matches!(text, "." | "..")
        && !text.chars().all(|c| c.is_ascii_digit()) // programs would take it for a number
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, ':' | ',' | '/' | '\\'));
    if fits { Ok(text) } else { Err(format!("{text:?} cannot be the name of a user or group")) }
}

/// Returns what stands for a password: a hash, with `!` before it when locked.
fn hash(password: Option<&Secret>, crypted: bool, lock: bool, salt: Uuid) -> Result<String, String> {
    let hash = match password.map(Secret::reveal) {
        None | Some("") => return Ok("!".to_owned()),
        Some(hash) if crypted => {
            if hash.contains(':') || hash.chars().any(|c| c.is_control() || c.is_whitespace()) {
                return Err("the hash of the password has a character that cannot stand there".to_owned());
            }
            hash.to_owned()
        }
        Some(plain) => {
            // crypt(3) keeps 16 characters of salt, which are 12 bytes; with a longer one no password would fit.
            let hashed = ShaCrypt::SHA512.hash_password_with_salt(plain.as_bytes(), &salt.into_bytes()[..12]);
            hashed.map_err(|error| format!("the password cannot be hashed: {error}"))?.to_string()
        }
    };
    Ok(if lock { format!("!{hash}") } else { hash })
}

fn read(inside: &Inside) -> Tables {
    Tables {
        passwd: inside.text("/etc/passwd"),
        shadow: inside.text("/etc/shadow"),
        group: inside.text("/etc/group"),
        gshadow: inside.text("/etc/gshadow"),
    }
}

fn write(inside: &mut Inside, had: &Tables, tables: &Tables) {
    for (path, before, after) in [
        ("/etc/passwd", &had.passwd, &tables.passwd),
        ("/etc/shadow", &had.shadow, &tables.shadow),
        ("/etc/group", &had.group, &tables.group),
        ("/etc/gshadow", &had.gshadow, &tables.gshadow),
    ] {
        if let Some(after) = after.as_ref().filter(|_| before != after) {
            inside.set(path, after);
        }
    }
}

/// Makes a home folder out of /etc/skel, unless a package brought one.
fn make_home(inside: &mut Inside, home: &str, ids: (u32, u32)) {
    if !inside.has(home) {
        inside.folder(home, 0o700, ids);
        inside.copy_tree("/etc/skel", home, ids);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_become_hashes_that_crypt_knows() {
        let secret = Secret::new("s3cret");
        fn hash(password: Option<&Secret>, crypted: bool, lock: bool) -> Result<String, String> {
            super::hash(password, crypted, lock, Uuid::new_v4())
        }

        let hashed = hash(Some(&secret), false, false).unwrap();

        assert!(hashed.starts_with("$6$") && hashed.len() > 90, "{hashed}");
        assert_ne!(hashed, hash(Some(&secret), false, false).unwrap(), "each has a salt of its own");
        assert_eq!(hash(Some(&Secret::new("$6$x")), true, true).unwrap(), "!$6$x");
        assert_eq!(hash(None, false, false).unwrap(), "!");
        assert!(hash(Some(&Secret::new("a:b")), true, false).is_err());
    }

    #[test]
    fn names_cannot_leave_their_field() {
        for bad in ["", "a:b", "a b", "-x", "a\nb", "../x", "a,b", ".", "..", "1000"] {
            assert!(name(bad).is_err(), "{bad}");
        }
        assert_eq!(name("ana.b"), Ok("ana.b"));
        assert_eq!(name("7up"), Ok("7up"));
    }
}
