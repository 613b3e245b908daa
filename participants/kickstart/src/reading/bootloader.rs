//! The `bootloader` line: how the image starts.

use crate::document::Kickstart;
use crate::reading::Secret;

/// The `bootloader` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bootloader {
    /// The line in the file.
    pub line: usize,
    /// `--append`: kernel arguments.
    pub append: Option<String>,
    /// `--timeout` in seconds.
    pub timeout: Option<i64>,
    /// `--location`: `mbr`, `partition`, `none` or `boot`.
    pub location: Option<String>,
    /// `--ptable`: `msdos` or `gpt`.
    pub ptable: Option<String>,
    /// `--default`: the kernel started first.
    pub default: Option<String>,
    /// `--menus`: further menu entries, `short:long:options;…`.
    pub menus: Option<String>,
    /// `--driveorder`.
    pub driveorder: Vec<String>,
    /// `--boot-drive`.
    pub boot_drive: Option<String>,
    /// `--password` or `--md5pass`.
    pub password: Option<Secret>,
    /// `--extlinux`.
    pub extlinux: bool,
    /// `--sdboot`.
    pub sdboot: bool,
    /// `--disabled`.
    pub disabled: bool,
}

impl Kickstart {
    /// Returns the `bootloader` line; the last one counts.
    pub fn bootloader(&self) -> Option<Bootloader> {
        let (line, of) = self.called(&["bootloader"]).last()?;
        Some(Bootloader {
            line,
            append: of.owned("--append"),
            timeout: of.number("--timeout"),
            location: of.owned("--location"),
            ptable: of.owned("--ptable"),
            default: of.owned("--default"),
            menus: of.owned("--menus"),
            driveorder: of.list("--driveorder"),
            boot_drive: of.owned("--boot-drive"),
            password: of.value_of(&["--password", "--md5pass"]).map(Secret::new),
            extlinux: of.has("--extlinux"),
            sdboot: of.has("--sdboot"),
            disabled: of.has("--disabled"),
        })
    }
}
