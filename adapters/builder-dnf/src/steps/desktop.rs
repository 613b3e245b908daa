//! What is shown after the start: the graphical system, its desktop, and who is logged in.

use img_kickstart::{At, Kickstart};

use crate::inside::Inside;
use crate::steps::{config, services};

const DESKTOP: &str = "/etc/sysconfig/desktop";

/// Carries out `desktop`, `xconfig`, `skipx` and `firstboot` lines.
pub(crate) fn apply(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    target(inside, kickstart, warnings);
    let mut about = inside.text(DESKTOP).unwrap_or_default();
    let had = about.clone();
    let mut set = |key: &str, value: &Option<String>| {
        if let Some(value) = value {
            about = config::with(&about, key, &config::quoted(value));
        }
    };
    if let Some(xconfig) = kickstart.xconfig() {
        set("DESKTOP", &xconfig.defaultdesktop);
    }
    let desktop = kickstart.desktop().unwrap_or_default();
    set("DESKTOP", &desktop.defaultdesktop);
    set("DISPLAYMANAGER", &desktop.defaultdm);
    set("AUTOLOGIN_USER", &desktop.autologinuser);
    if about != had {
        inside.set(DESKTOP, about);
    }
    let session = desktop.session.as_deref().map(config::quoted);
    let user = desktop.autologinuser.as_deref().map(config::quoted);
    if (session.is_some() || user.is_some()) && !log_in(inside, user.as_deref(), session.as_deref()) {
        warnings.push(format!(
            "{}: the image has no gdm, lightdm, sddm or uxlaunch that logs anybody in",
            At(desktop.line)
        ));
    }
    first_boot(inside, kickstart, warnings);
}

/// Chooses what systemd starts, and init before it.
fn target(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    let skipx = kickstart.commands().filter(|command| command.name() == "skipx").last();
    let xconfig = kickstart.xconfig().filter(|xconfig| xconfig.startxonboot);
    if let (Some(skipx), Some(xconfig)) = (&skipx, &xconfig) {
        warnings.push(format!(
            "{}: `skipx` has no effect: {} says --startxonboot",
            At(skipx.line),
            At(xconfig.line)
        ));
    }
    let (line, target, level) = match (skipx, xconfig) {
        (_, Some(xconfig)) => (xconfig.line, "graphical.target", 5),
        (Some(skipx), None) => (skipx.line, "multi-user.target", 3),
        (None, None) => return,
    };
    if let Some(unit) = services::path_of(inside, target) {
        inside.link("/etc/systemd/system/default.target", unit);
        return;
    }
    match inside.text("/etc/inittab") {
        Some(text) if text.lines().any(|line| line.starts_with("id:") && line.ends_with(":initdefault:")) => {
            let lines = text.lines().map(|line| match line.starts_with("id:") {
                true => format!("id:{level}:initdefault:\n"),
                false => format!("{line}\n"),
            });
            let text: String = lines.collect();
            inside.set("/etc/inittab", text);
        }
        _ if level == 5 => warnings.push(format!("{}: the image has no {target} to start with", At(line))),
        _ => {}
    }
}

/// Tells each display manager that is there who is logged in; false when there is none.
fn log_in(inside: &mut Inside, user: Option<&str>, session: Option<&str>) -> bool {
    let mut told = false;
    for gdm in ["/etc/gdm/custom.conf", "/etc/gdm3/daemon.conf"] {
        if let Some(mut text) = inside.text(gdm) {
            if let Some(user) = user {
                text = config::with_in(&text, "[daemon]", "AutomaticLogin", user);
                text = config::with_in(&text, "[daemon]", "AutomaticLoginEnable", "True");
            }
            inside.set(gdm, text);
            if let Some(session) = session {
                inside.set("/etc/skel/.dmrc", format!("[Desktop]\nSession={session}\n"));
            }
            told = true;
        }
    }
    let lines = |head: &str, user_key: &str, session_key: &str| {
        let user = user.map(|user| format!("{user_key}={user}\n"));
        let session = session.map(|session| format!("{session_key}={session}\n"));
        format!("{head}{}{}", user.unwrap_or_default(), session.unwrap_or_default())
    };
    for (sign, file, text) in [
        (
            "/etc/lightdm",
            "/etc/lightdm/lightdm.conf.d/50-autologin.conf",
            lines(
                "[Seat:*]\n",
                "autologin-user",
                if user.is_some() { "autologin-session" } else { "user-session" },
            ),
        ),
        ("/usr/bin/sddm", "/etc/sddm.conf.d/autologin.conf", lines("[Autologin]\n", "User", "Session")),
    ] {
        if inside.has(sign) {
            inside.set(file, text);
            told = true;
        }
    }
    const UXLAUNCH: &str = "/etc/sysconfig/uxlaunch";
    if let Some(mut text) = inside.text(UXLAUNCH) {
        for (key, value) in [("user", user), ("session", session)] {
            text = value.map_or(text.clone(), |value| config::with(&text, key, value));
        }
        inside.set(UXLAUNCH, text);
        told = true;
    }
    told
}

fn first_boot(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    let Some(command) = kickstart.commands().filter(|command| command.name() == "firstboot").last() else {
        return;
    };
    let arguments = command.arguments();
    let runs = arguments.has("--enabled") || arguments.has("--reconfig");
    if !runs && !arguments.has("--disabled") {
        return;
    }
    if inside.has("/etc/sysconfig") {
        let runs = if runs { "YES" } else { "NO" };
        let text = inside.text("/etc/sysconfig/firstboot").unwrap_or_default();
        inside.set("/etc/sysconfig/firstboot", config::with(&text, "RUN_FIRSTBOOT", runs));
    }
    if arguments.has("--reconfig") {
        inside.set("/etc/reconfigSys", "");
    }
    const UNITS: [&str; 2] = ["initial-setup", "firstboot-graphical"];
    if !runs {
        UNITS.into_iter().for_each(|unit| inside.disable(&format!("{unit}.service")));
        return;
    }
    let enabled = UNITS.map(|unit| services::enable_where_there(inside, unit));
    if !enabled.contains(&true) {
        let line = At(command.line);
        warnings
            .push(format!("{line}: the image has no initial-setup or firstboot to run at its first start"));
    }
}
