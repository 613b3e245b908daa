//! What keeps us from being root, as sentences that tell how to mend it.

use std::path::{Path, PathBuf};

use nix::unistd::{User, geteuid};

use crate::argv::Way;

const FOLDERS: &[&str] = &["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/// Returns the path of a program of the host's distribution.
fn program(name: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| Path::new(folder).join(name)).find(|path| path.is_file())
}

/// Finds out how this process becomes root.
pub(crate) fn way() -> Result<Way, String> {
    let unshare = program("unshare").ok_or("unshare is missing: install the package util-linux")?;
    let sudo = match geteuid().is_root() {
        true => None,
        false => Some(program("sudo").ok_or_else(|| {
            format!("only root can do this here: install the package sudo, then {}", permit(&unshare))
        })?),
    };
    Ok(Way { sudo, unshare })
}

/// Tries the way with a program that does nothing.
pub(crate) fn works(way: &Way) -> Result<(), String> {
    let mut words = way.words();
    words.push("true".into());
    let output = child::quick(&words).map_err(|error| format!("unshare cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    match (output.status.success(), refused(&said, way)) {
        (true, _) => Ok(()),
        (false, Some(reason)) => Err(reason),
        (false, None) => Err(format!(
            "root makes no mount and process namespaces here: {}; a container needs the right to (CAP_SYS_ADMIN)",
            said.trim()
        )),
    }
}

/// Tells from what was printed whether it was sudo that refused.
pub(crate) fn refused(said: &str, way: &Way) -> Option<String> {
    way.sudo.as_ref()?;
    let line = said.lines().find(|line| {
        line.starts_with("sudo: ")
            || line.starts_with("Sorry, user ")
            || line.contains(" is not in the sudoers file")
    })?;
    Some(format!("sudo refuses to make us root ({}): {}", line.trim(), permit(&way.unshare)))
}

/// The command that lets this user become root by [`Way`].
fn permit(unshare: &Path) -> String {
    let name = User::from_uid(geteuid()).ok().flatten();
    let name = name.map_or_else(|| format!("#{}", geteuid()), |user| user.name);
    format!(
        "this lets {name} do anything as root: echo '{name} ALL=(root) NOPASSWD: {}' | sudo tee /etc/sudoers.d/img-{name}",
        unshare.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sudo_that_refuses_is_told_with_the_line_that_makes_it_willing() {
        let user = Way { sudo: Some("/usr/bin/sudo".into()), unshare: "/usr/bin/unshare".into() };
        for said in [
            "sudo: a password is required\n",
            "Sorry, user img is not allowed to execute '/usr/bin/unshare' as root on host.\n",
            "img is not in the sudoers file.\n",
        ] {
            let reason = refused(&format!("some warning\n{said}"), &user).unwrap();
            assert!(reason.contains(said.trim()), "{reason}");
            assert!(
                reason.contains(" ALL=(root) NOPASSWD: /usr/bin/unshare' | sudo tee /etc/sudoers.d/"),
                "{reason}"
            );
        }
        assert_eq!(refused("mic: no such option\n", &user), None);
        assert_eq!(refused("sudo: a password is required\n", &Way { sudo: None, ..user }), None);
    }
}
