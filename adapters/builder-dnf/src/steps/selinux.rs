//! What SELinux does in the image.

use img_kickstart::{At, Kickstart, SelinuxMode};

use crate::inside::Inside;
use crate::steps::config;

const FILE: &str = "/etc/selinux/config";

/// Carries out the `selinux` line.
pub(crate) fn apply(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    let Some(selinux) = kickstart.selinux() else { return };
    let mode = match selinux.mode {
        SelinuxMode::Enforcing => "enforcing",
        SelinuxMode::Permissive => "permissive",
        SelinuxMode::Disabled => "disabled",
    };
    match inside.text(FILE) {
        Some(text) => inside.set(FILE, config::with(&text, "SELINUX", mode)),
        None if selinux.mode == SelinuxMode::Disabled => {} // what an image without it is anyway
        None => warnings.push(format!(
            "{}: the image has no SELinux: {FILE} is missing, which a package such as selinux-policy brings",
            At(selinux.line)
        )),
    }
}
