//! Disks as files of virtual machines.

use crate::argv;
use crate::halt::Halt;
use crate::plan::{DiskFormat, Uuids};
use crate::steps::publish::Finished;
use crate::steps::same;
use crate::workshop::Workshop;

/// Converts finished disks, each into one file; those of a raw image stay as they are.
pub(crate) async fn convert(
    shop: &Workshop<'_>,
    disks: Vec<Finished>,
    format: DiskFormat,
    uuids: &Uuids,
) -> Result<Vec<Finished>, Halt> {
    if format == DiskFormat::Raw {
        return Ok(disks);
    }
    let mut files = Vec::new();
    for (number, disk) in disks.iter().enumerate() {
        shop.step("converting", Some((number as u64, disks.len() as u64)));
        let (ending, name) = (format.ending(), disk.name.strip_suffix(".raw").unwrap_or(&disk.name));
        let file = disk.file.with_extension(ending);
        shop.must(&shop.task(argv::qemu_img_convert(format, &disk.file, &file))).await?;
        same::virtual_disk(shop, &file, format, uuids.of(&format!("{ending} {number}")))?;
        shop.tool("rm", ["-f".into(), "--".into(), disk.file.as_os_str().to_owned()]).await?;
        files.push(Finished::file(file, format!("{name}.{ending}")));
    }
    Ok(files)
}
