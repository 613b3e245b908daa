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
    let sizes: Vec<u64> = disks.iter().map(|disk| shop.taken(&disk.file)).collect();
    let mut files = Vec::new();
    for (number, disk) in disks.iter().enumerate() {
        let (ending, name) = (format.ending(), disk.name.strip_suffix(".raw").unwrap_or(&disk.name));
        let file = disk.file.with_extension(ending);
        let before: u64 = sizes[..number].iter().sum();
        let done = || before + shop.taken(&file).min(sizes[number]);
        let task = shop.task(argv::qemu_img_convert(format, &disk.file, &file));
        shop.counted("converting", sizes.iter().sum(), done, shop.must(&task)).await?;
        same::virtual_disk(shop, &file, format, uuids.of(&format!("{ending} {number}")))?;
        shop.tool("rm", ["-f".into(), "--".into(), disk.file.as_os_str().to_owned()]).await?;
        files.push(Finished::file(file, format!("{name}.{ending}")));
    }
    Ok(files)
}
