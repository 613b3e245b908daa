//! Makes images with the host's own dnf, e2fsprogs, sfdisk and grub.
//!
//! A build is a [`plan`] made before anything runs, then the [`steps`] that carry it out: packages, settings, scripts,
//! file systems, boot loader. Their programs run at a [`child::Place`]; nothing is mounted on the host and no loop
//! device is used. Everything happens in `work` inside the folder of the request, which the tools see as `/build`, and
//! the finished image is renamed out of it at the end.
//!
//! | image | files | made by (Debian package) |
//! |---|---|---|
//! | all | `NAME.ks`, what scripts leave in `$IMG_OUT_DIR` | dnf (dnf), bwrap (bubblewrap), newuidmap (uidmap) |
//! | raw | `NAME.raw`, or `NAME-sda.raw`, …: disks with an MBR or GPT, grub for BIOS and UEFI | sfdisk (fdisk), mke2fs (e2fsprogs), grub-mkimage (grub-common), grub-pc-bin, grub-efi-amd64-bin |
//! | loop | `NAME.img` for `/`, `NAME-home.img` for `/home`, … | mke2fs (e2fsprogs) |
//! | qcow2, vdi, vmdk, vhd | `NAME.qcow2`, … | as raw, then qemu-img (qemu-utils) |
//! | livecd | `NAME.iso` | mksquashfs (squashfs-tools), xorriso, grub as above |
//! | liveusb | `NAME.usbimg` | mksquashfs (squashfs-tools), grub and vfat as here |
//! | fs | `NAME.tar.gz`; the option `--pack-to=FILE` chooses .tar, .gz, .bz2, .xz, .zst, .zip or a folder | tar, pigz, lbzip2, xz-utils, zstd, zip |
//! | btrfs partitions | | mkfs.btrfs (btrfs-progs) |
//! | vfat partitions | | mkfs.vfat (dosfstools), mcopy (mtools) |
//!
//! Scripts find `IMG_NAME`, `IMG_IMAGE_ID` and the tokens in their environment; `%pre` and `%post --nochroot` also
//! `INSTALL_ROOT` and `IMG_OUT_DIR`. What of a kickstart has no effect is in the warnings of the image, with its line.

mod argv;
mod builder;
mod doctor;
mod foreign;
mod foresee;
mod gauge;
mod halt;
mod inside;
mod limits;
mod memory;
mod plan;
mod reach;
mod report;
mod room;
mod steps;
mod workshop;

pub use builder::DnfBuilder;
pub use doctor::{Ability, AbilityState, abilities, check_options, missing};
pub use foresee::{Part, foresee};
pub use limits::Limits;
pub use reach::{LocalSources, Reach};
