//! How disks are converted and packed, as calls of outside programs.

mod argv;
mod compression;
mod tools;

pub use self::argv::{qemu_img_convert, qemu_img_form, vboxmanage_convert};
pub use self::compression::{Compression, compressor, compressors};
pub use self::tools::{find, is_there};
