//! grub's own files, for BIOS and UEFI; grub-install would want devices.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use imaging::BuilderError;

use crate::halt::Halt;
use crate::workshop::Workshop;

/// Where Debian has grub's parts for BIOS.
const BIOS_PARTS: &str = "/usr/lib/grub/i386-pc";

/// No image of grub has more bytes.
const LARGEST: u64 = 16 << 20;

/// grub's modules that are part of its image, so that it needs none from the disk.
const MODULES: &[&str] = &[
    "part_msdos",
    "part_gpt",
    "ext2",
    "btrfs",
    "fat",
    "iso9660",
    "search",
    "search_fs_uuid",
    "search_label",
    "normal",
    "configfile",
    "linux",
    "echo",
    "test",
    "minicmd",
    "reboot",
    "halt",
    "ls",
    "cat",
];

/// What an image of grub is started by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Firmware {
    /// A BIOS, from a disk.
    Bios,
    /// A BIOS, from a CD.
    BiosCd,
    Uefi,
}

impl Firmware {
    fn format(self) -> &'static str {
        match self {
            Firmware::Bios => "i386-pc",
            Firmware::BiosCd => "i386-pc-eltorito",
            Firmware::Uefi => "x86_64-efi",
        }
    }

    fn modules(self) -> &'static [&'static str] {
        match self {
            Firmware::Bios | Firmware::BiosCd => &["biosdisk"],
            Firmware::Uefi => &["all_video"],
        }
    }
}

/// Where grub finds its menu.
#[derive(Clone, Debug)]
pub(crate) struct Menu {
    /// The words for `search` that find the file system.
    pub(crate) by: String,
    /// grub's folder on it.
    pub(crate) prefix: &'static str,
}

/// Makes an image of grub that reads this menu.
pub(crate) async fn image(shop: &Workshop<'_>, menu: &Menu, firmware: Firmware) -> Result<PathBuf, Halt> {
    let Menu { by, prefix } = menu;
    let early = format!(
        "search --no-floppy {by} --set=root\nset prefix=($root){prefix}\nconfigfile ($root){prefix}/grub.cfg\n"
    );
    let (config, image) =
        (shop.work.join("parts/early.cfg"), shop.work.join("parts").join(firmware.format()));
    shop.note_down(&config, &early)?;
    let mut words: Vec<OsString> =
        ["-O".into(), firmware.format().into(), "-p".into(), OsString::from(prefix)].into();
    words.extend(["-c".into(), config.into(), "-o".into(), image.clone().into()]);
    words.extend(MODULES.iter().chain(firmware.modules()).map(OsString::from));
    shop.tool("grub-mkimage", words).await?;
    Ok(image)
}

/// Writes grub into a disk whose BIOS reads the MBR; its image lies from `sector` on.
pub(crate) fn into_mbr(shop: &Workshop<'_>, image: &Path, disk: &Path, sector: u64) -> Result<(), Halt> {
    let boot = std::fs::read(Path::new(BIOS_PARTS).join("boot.img"));
    let boot = boot.map_err(|error| Halt::Broken(BuilderError::new("read grub's boot.img", error)))?;
    // The first 440 bytes are code; the partition table follows.
    shop.patch(disk, 0, boot.get(..440).unwrap_or(&boot))?;
    shop.patch(disk, sector * 512, &shop.bytes(image, 0, LARGEST)?)?;
    // Each stage knows by a number where the next one begins. They expect the image in the second sector.
    shop.patch(disk, 0x5c, &sector.to_le_bytes())?;
    shop.patch(disk, sector * 512 + 0x1f4, &(sector + 1).to_le_bytes())
}

/// Puts grub where a UEFI looks that nobody has told anything, in a folder that is or becomes the ESP.
pub(crate) async fn for_uefi(shop: &Workshop<'_>, image: &Path, folder: &Path) -> Result<(), Halt> {
    let mut words: Vec<OsString> = ["-D", "-m", "0644", "--"].map(Into::into).into();
    words.extend([image.into(), folder.join("EFI/BOOT/BOOTX64.EFI").into()]);
    shop.tool("install", words).await.map(|_| ())
}
