//! Where the image gets the time from.

use img_kickstart::{At, Kickstart};

use crate::inside::Inside;
use crate::steps::{config, services};

const CHRONY: [&str; 2] = ["/etc/chrony.conf", "/etc/chrony/chrony.conf"];
const UNITS: [&str; 4] = ["chronyd.service", "chrony.service", "ntpd.service", "systemd-timesyncd.service"];

/// One server of the time, as chrony and ntpd write it.
struct Server {
    line: usize,
    /// `server` or `pool`.
    word: &'static str,
    name: String,
    nts: bool,
}

/// Carries out `timesource` lines, and the older `timezone --ntpservers` and `--nontp`.
pub(crate) fn apply(inside: &mut Inside, kickstart: &Kickstart, warnings: &mut Vec<String>) {
    let mut servers = Vec::new();
    for command in kickstart.commands().filter(|command| matches!(command.name(), "timesource" | "timezone"))
    {
        let arguments = command.arguments();
        let line = command.line;
        if arguments.has("--ntp-disable") || arguments.has("--nontp") {
            UNITS.into_iter().for_each(|unit| inside.disable(unit));
            continue;
        }
        let nts = arguments.has("--nts");
        let mut add = |word, name: &str| servers.push(Server { line, word, name: config::quoted(name), nts });
        arguments.value("--ntp-server").into_iter().for_each(|name| add("server", name));
        arguments.value("--ntp-pool").into_iter().for_each(|name| add("pool", name));
        arguments.list("--ntpservers").iter().for_each(|name| add("server", name));
    }
    servers.retain(|server| !server.name.is_empty() && !server.name.contains(char::is_whitespace));
    let Some(first) = servers.first() else { return };
    if let Some(file) = CHRONY.into_iter().find(|file| inside.has(file)) {
        write_servers(inside, file, &servers, " iburst", " nts");
        services::enable_where_there(inside, "chronyd");
    } else if inside.has("/etc/ntp.conf") {
        write_servers(inside, "/etc/ntp.conf", &servers, " iburst", "");
        services::enable_where_there(inside, "ntpd");
    } else if services::is_there(inside, "systemd-timesyncd") {
        let names: Vec<_> = servers.iter().map(|server| server.name.as_str()).collect();
        let text = format!("[Time]\nNTP={}\n", names.join(" "));
        inside.set("/etc/systemd/timesyncd.conf.d/kickstart.conf", text);
        services::enable_where_there(inside, "systemd-timesyncd");
    } else {
        warnings.push(format!(
            "{}: the image has nothing that asks for the time: chrony, ntp or systemd-timesyncd",
            At(first.line)
        ));
        return;
    }
    if let Some(server) = servers.iter().find(|server| server.nts)
        && !CHRONY.into_iter().any(|file| inside.has(file))
    {
        warnings.push(format!("{}: --nts has no effect: only chrony can do that", At(server.line)));
    }
}

/// Puts the servers in the place of those a file has.
fn write_servers(inside: &mut Inside, file: &str, servers: &[Server], options: &str, nts: &str) {
    let text = inside.text(file).unwrap_or_default();
    let is_server = |line: &str| matches!(line.split_whitespace().next(), Some("server" | "pool"));
    let kept = text.lines().filter(|line| !is_server(line)).map(|line| format!("{line}\n"));
    let ours = servers.iter().map(|server| {
        format!("{} {}{options}{}\n", server.word, server.name, if server.nts { nts } else { "" })
    });
    let text: String = ours.chain(kept).collect();
    inside.set(file, text);
}
