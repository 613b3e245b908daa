//! The sections and the options of their opening lines.

use super::row::{ANY, NONE, Opt, Row, flag, number, text};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new("%addon", ANY, &[]).free(),
    Row::new("%anaconda", NONE, &[]),
    Row::new("%attachment", NONE, &[]).mic(),
    Row::new("%certificate", NONE, &[text("--dir"), text("--filename").needed(), text("--type")]),
    Row::new("%onerror", NONE, SCRIPT),
    Row::new("%pack", NONE, SCRIPT).mic(),
    Row::new("%packages", NONE, PACKAGES),
    Row::new("%post", NONE, SCRIPT),
    Row::new("%pre", NONE, SCRIPT),
    Row::new("%pre-install", NONE, SCRIPT),
    Row::new("%prepackages", NONE, &[]).mic(),
    Row::new("%traceback", NONE, SCRIPT),
];

const SCRIPT: &[Opt] =
    &[flag("--erroronfail"), text("--interpreter"), text("--log"), text("--logfile"), flag("--nochroot")];

const PACKAGES: &[Opt] = &[
    flag("--default"),
    flag("--exclude-weakdeps"),
    flag("--excludeWeakdeps"),
    flag("--excludedocs"),
    flag("--ignorebroken"),
    flag("--ignoredeps").past(),
    flag("--ignoremissing"),
    text("--inst-langs"),
    text("--instLangs"),
    flag("--multilib"),
    flag("--nobase").past(),
    flag("--nocore"),
    flag("--resolvedeps").past(),
    number("--retries"),
    number("--timeout"),
];
