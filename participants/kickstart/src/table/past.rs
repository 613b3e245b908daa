//! Commands only old installers knew.

use super::row::{ANY, NONE, Row};
use super::words::{exact, flag, list, text};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new("interactive", NONE, &[]).past(),
    Row::new("key", (0, 1), &[flag("--skip")]).past(),
    Row::new("langsupport", ANY, &[text("--default")]).past(),
    Row::new(
        "lilo",
        NONE,
        &[
            text("--append"),
            list("--driveorder"),
            flag("--lba32"),
            flag("--linear"),
            exact("--location", &["mbr", "partition", "none", "boot"]),
            text("--md5pass"),
            flag("--nolinear"),
            text("--password"),
            flag("--upgrade"),
            flag("--useLilo"),
        ],
    )
    .past(),
    Row::new("lilocheck", NONE, &[]).past(),
    Row::new("monitor", NONE, &[text("--hsync"), text("--monitor"), flag("--noprobe"), text("--vsync")])
        .past(),
    Row::new("mouse", ANY, &[text("--device"), flag("--emulthree")]).past().free(),
];
