//! How the installer itself behaves.

use super::row::{ANY, NONE, Row, flag, text};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new("autostep", NONE, &[flag("--autoscreenshot").past()]),
    Row::new("cmdline", NONE, DISPLAY),
    Row::new("device", ANY, &[text("--opts").past()]).free(),
    Row::new("deviceprobe", ANY, &[]).free(),
    Row::new("driverdisk", (0, 1), &[text("--biospart"), text("--source"), text("--type").past()]),
    Row::new("graphical", NONE, DISPLAY),
    Row::new("halt", NONE, POWER),
    Row::new("logging", NONE, &[text("--host"), text("--level"), text("--port")]),
    Row::new("mediacheck", NONE, &[]),
    Row::new("poweroff", NONE, POWER),
    Row::new("rdp", NONE, &[text("--password"), text("--username")]),
    Row::new("reboot", NONE, POWER),
    Row::new("rescue", NONE, &[flag("--nomount"), flag("--romount")]),
    Row::new("shutdown", NONE, POWER),
    Row::new("text", NONE, DISPLAY),
    Row::new("unsupported_hardware", NONE, &[]).past(),
    Row::new("vnc", NONE, &[text("--connect").past(), text("--host"), text("--password"), text("--port")]),
];

const DISPLAY: &[super::row::Opt] = &[flag("--non-interactive")];

const POWER: &[super::row::Opt] = &[flag("--eject"), flag("--kexec")];
