//! What a kickstart means, as types; each value knows the line it comes from.
//!
//! A line that [`crate::check()`] refuses may be missing here; where a command may stand once, the last one counts.

mod bootloader;
mod btrfs;
mod desktop;
mod locale;
mod network;
mod packages;
mod partitions;
mod passwords;
mod people;
mod repos;
mod scripts;
mod services;

pub use bootloader::Bootloader;
pub use btrfs::Btrfs;
pub use desktop::{Desktop, XConfig};
pub use locale::{Keyboard, Lang, Timezone};
pub use network::{Firewall, Network, Selinux, SelinuxMode};
pub use packages::{Entry, GroupInclude, Named, PackageGroup, PackageOptions, Packages};
pub(crate) use packages::{select, without_comment};
pub use partitions::Partition;
pub use passwords::Secret;
pub use people::{RootPassword, SshKey, User, UserGroup};
pub use repos::Repo;
pub use scripts::{Script, ScriptKind};
pub use services::Services;

use crate::arguments::Arguments;
use crate::document::Kickstart;

impl Kickstart {
    /// Returns line and arguments of each command called by one of `names`.
    pub(crate) fn called<'a>(&'a self, names: &'a [&'a str]) -> impl Iterator<Item = (usize, Arguments<'a>)> {
        let commands = self.commands_called(names);
        commands.map(|command| (command.line, command.arguments()))
    }
}
