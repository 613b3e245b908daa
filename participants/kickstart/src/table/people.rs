//! Users, passwords and who may log in.

use super::row::{ANY, NONE, Row, flag, list, number, text};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new("auth", ANY, &[]).free(),
    Row::new("authconfig", ANY, &[]).free(),
    Row::new("authselect", ANY, &[]).free(),
    Row::new("group", NONE, &[number("--gid"), text("--name").needed()]),
    Row::new("realm", ANY, &[]).free(),
    Row::new(
        "rootpw",
        (0, 1),
        &[flag("--allow-ssh"), flag("--iscrypted"), flag("--lock"), flag("--plaintext")],
    ),
    Row::new("sshkey", (1, 1), &[text("--username").needed()]),
    Row::new(
        "sshpw",
        (1, usize::MAX),
        &[
            flag("--iscrypted"),
            flag("--lock"),
            flag("--plaintext"),
            flag("--sshkey"),
            text("--username").needed(),
        ],
    ),
    Row::new(
        "user",
        NONE,
        &[
            text("--gecos"),
            number("--gid"),
            list("--groups"),
            text("--homedir"),
            flag("--iscrypted"),
            flag("--lock"),
            text("--name").needed(),
            text("--password"),
            flag("--plaintext"),
            text("--shell"),
            number("--uid"),
        ],
    ),
];
