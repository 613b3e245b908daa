//! Who may log in by ssh.

use img_kickstart::{At, Kickstart};

use crate::inside::Inside;

/// Carries out `sshkey` lines and `rootpw --allow-ssh`; the users are there already.
pub(crate) fn apply(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    for key in kickstart.sshkeys() {
        let people = inside.text("/etc/passwd").unwrap_or_default();
        match account(&people, &key.username) {
            Some((owner, home)) => add_key(inside, &home, owner, &key.key),
            None => {
                warnings.push(format!("{}: the image has no user {} for a key", At(key.line), key.username))
            }
        }
    }
    if let Some(rootpw) = kickstart.rootpw().filter(|rootpw| rootpw.allow_ssh)
        && !let_root_in(inside)
    {
        let line = At(rootpw.line);
        warnings.push(format!("{line}: --allow-ssh has no effect: the image has no /etc/ssh/sshd_config"));
    }
}

/// Finds the ids and the home of a user.
fn account(people: &str, name: &str) -> Option<((u32, u32), String)> {
    let row = people.lines().find(|line| line.split(':').next() == Some(name))?;
    let fields: Vec<_> = row.split(':').collect();
    let number = |field: usize| fields.get(field)?.parse().ok();
    let home = fields.get(5).filter(|home| home.starts_with('/'))?;
    Some(((number(2)?, number(3)?), (*home).to_owned()))
}

fn add_key(inside: &mut Inside, home: &str, owner: (u32, u32), key: &str) {
    let folder = format!("{home}/.ssh");
    let file = format!("{folder}/authorized_keys");
    inside.folder(home, 0o700, owner);
    inside.folder(&folder, 0o700, owner);
    let mut keys = inside.text(&file).unwrap_or_default();
    if !keys.is_empty() && !keys.ends_with('\n') {
        keys.push('\n');
    }
    let key: String = key.chars().filter(|c| !c.is_control()).collect();
    if !keys.lines().any(|line| line == key) {
        keys.push_str(&key);
        keys.push('\n');
    }
    inside.set_as(&file, keys, 0o600, owner);
}

/// Says that root may come in with a password; of two values sshd takes the first.
fn let_root_in(inside: &mut Inside) -> bool {
    const MAIN: &str = "/etc/ssh/sshd_config";
    const YES: &str = "PermitRootLogin yes\n";
    let Some(text) = inside.text(MAIN) else { return false };
    if text.lines().any(|line| line.trim_start().starts_with("Include /etc/ssh/sshd_config.d/")) {
        inside.set("/etc/ssh/sshd_config.d/01-permitrootlogin.conf", YES);
    } else {
        inside.set(MAIN, format!("{YES}{text}"));
    }
    true
}
