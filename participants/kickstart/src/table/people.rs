//! Users, passwords and who may log in.

use super::row::{ANY, NONE, Row};
use super::words::{flag, list, number, text};

/// The rows, in alphabetical order.
pub(super) const ROWS: &[Row] = &[
    Row::new("auth", ANY, &[]).free().until(35, 10).and_mic(),
    Row::new("authconfig", ANY, &[]).free().until(35, 10).and_mic(),
    Row::new("authselect", ANY, &[]).free().since(28, 8),
    Row::new("group", NONE, &[number("--gid"), text("--name").needed()]).by("--name").many(),
    Row::new("realm", ANY, &[]).free(),
    Row::new(
        "rootpw",
        (0, 1),
        &[
            flag("--allow-ssh").since(37, 9),
            flag("--iscrypted").turns("crypted"),
            flag("--lock"),
            flag("--plaintext").turns("crypted"),
        ],
    )
    .unless(1, &["--lock"]),
    Row::new("sshkey", (1, 1), &[text("--username").needed()]).many().since(22, 8),
    Row::new(
        "sshpw",
        (1, usize::MAX),
        &[
            flag("--iscrypted").turns("crypted"),
            flag("--lock"),
            flag("--plaintext").turns("crypted"),
            flag("--sshkey").since(24, 8),
            text("--username").needed(),
        ],
    )
    .by("--username")
    .many(),
    Row::new(
        "user",
        NONE,
        &[
            text("--gecos"),
            number("--gid"),
            list("--groups"),
            text("--homedir"),
            flag("--iscrypted").turns("crypted"),
            flag("--lock"),
            text("--name").needed(),
            text("--password"),
            flag("--plaintext").turns("crypted"),
            text("--shell"),
            number("--uid"),
        ],
    )
    .by("--name")
    .many(),
];
