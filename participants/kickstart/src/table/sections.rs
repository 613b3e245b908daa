//! The sections and the options of their opening lines.

use super::life::NEVER;
use super::row::{ANY, NONE, Opt, Row};
use super::words::{flag, number, text};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new("%addon", ANY, &[]).free(),
    Row::new("%anaconda", NONE, &[]),
    Row::new("%attachment", NONE, &[]).mic(),
    Row::new("%certificate", NONE, &[text("--dir"), text("--filename").needed(), text("--type")])
        .one_of(&["--dir", "--type"]),
    Row::new("%onerror", NONE, SCRIPT),
    Row::new("%pack", NONE, SCRIPT).mic(),
    Row::new("%packages", NONE, PACKAGES),
    Row::new("%post", NONE, POST),
    Row::new("%pre", NONE, SCRIPT),
    Row::new("%pre-install", NONE, SCRIPT),
    Row::new("%prepackages", NONE, &[]).mic(),
    Row::new("%traceback", NONE, SCRIPT),
];

/// mic stands on a pykickstart that took `--nochroot` everywhere.
const SCRIPT: &[Opt] = &[
    flag("--erroronfail"),
    text("--interpreter"),
    text("--log"),
    text("--logfile").same_as("--log"),
    flag("--nochroot").mic(),
];

const POST: &[Opt] = &[
    flag("--erroronfail"),
    text("--interpreter"),
    text("--log"),
    text("--logfile").same_as("--log"),
    flag("--nochroot"),
];

const PACKAGES: &[Opt] = &[
    flag("--default"),
    flag("--exclude-weakdeps").since(32, 9),
    flag("--excludeWeakdeps").same_as("--exclude-weakdeps").since(24, 8).old(40, NEVER).until(NEVER, 10),
    flag("--excludedocs"),
    flag("--ignorebroken").since(32, NEVER),
    flag("--ignoredeps").past(),
    flag("--ignoremissing"),
    text("--inst-langs").since(32, 9),
    text("--instLangs").same_as("--inst-langs").old(40, NEVER).until(NEVER, 10),
    flag("--multilib"),
    flag("--nobase").old(21, 7).until(22, 8),
    flag("--nocore"),
    flag("--resolvedeps").past(),
    number("--retries").since(22, 0),
    number("--timeout").since(22, 0),
];
