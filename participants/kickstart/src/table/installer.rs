//! How the installer itself behaves.

use super::life::NEVER;
use super::row::{ANY, NONE, Opt, Row};
use super::words::{flag, text};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new("autostep", NONE, &[flag("--autoscreenshot").until(34, 9)]).old(34, 9).until(40, 10).and_mic(),
    Row::new("cmdline", NONE, DISPLAY),
    Row::new("device", ANY, &[text("--opts").until(24, 8)]).free().old(24, 8).until(34, 9).and_mic(),
    Row::new("deviceprobe", ANY, &[]).free().old(29, 8).until(34, 9).and_mic(),
    Row::new("driverdisk", (0, 1), &[text("--biospart"), text("--source"), text("--type").past()])
        .unless(1, &["--biospart", "--source"])
        .many(),
    Row::new("graphical", NONE, DISPLAY),
    Row::new("halt", NONE, POWER),
    Row::new(
        "logging",
        NONE,
        &[text("--host"), text("--level").old(34, 9).until(40, 10).and_mic(), text("--port")],
    )
    .with(&[("--port", &["--host"])]),
    Row::new("mediacheck", NONE, &[]),
    Row::new("poweroff", NONE, POWER),
    Row::new("rdp", NONE, &[text("--password"), text("--username")]).since(43, 10),
    Row::new("reboot", NONE, POWER),
    Row::new("rescue", NONE, &[flag("--nomount"), flag("--romount")]).apart(&[("--nomount", "--romount")]),
    Row::new("shutdown", NONE, POWER),
    Row::new("text", NONE, DISPLAY),
    Row::new("unsupported_hardware", NONE, &[]).since(NEVER, 0).until(NEVER, 8),
    Row::new(
        "vnc",
        NONE,
        &[
            text("--connect").past(),
            text("--host").until(43, 10).and_mic(),
            text("--password").until(43, 10).and_mic(),
            text("--port").until(43, 10).and_mic(),
        ],
    )
    .old(43, 10)
    .until(45, 11)
    .and_mic(),
];

const DISPLAY: &[Opt] = &[flag("--non-interactive").since(26, 8)];

const POWER: &[Opt] = &[flag("--eject"), flag("--kexec").since(23, 8)];
