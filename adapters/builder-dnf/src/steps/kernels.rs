//! Kernels beside the image, for machines that are started from elsewhere.

use std::path::PathBuf;

use crate::halt::Halt;
use crate::plan::Plan;
use crate::steps::boot::in_boot;
use crate::steps::copied;
use crate::workshop::Workshop;

/// Copies each kernel of `/boot` and its initial file system into the folder of scripts' results, as
/// `NAME-vmlinuz-VERSION` and `NAME-initrd-VERSION.img`, when that is asked for; that there are none is a warning for
/// the strict as well, since a site may ask for the kernels of all images.
pub(crate) async fn copy(shop: &Workshop<'_>, plan: &mut Plan) -> Result<(), Halt> {
    if !plan.copy_kernel {
        return Ok(());
    }
    let name = shop.request.name.as_str();
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for kernel in in_boot(shop).await? {
        let version = if kernel.version.is_empty() { String::new() } else { format!("-{}", kernel.version) };
        let mut add = |file: &str, called: String| {
            files.push((format!("/boot/{file}"), shop.work.join("out").join(called)));
        };
        add(&kernel.image, format!("{name}-vmlinuz{version}"));
        if let Some(initrd) = &kernel.initrd {
            add(initrd, format!("{name}-initrd{version}.img"));
        }
    }
    if files.is_empty() {
        plan.warnings.push("--copy-kernel has no effect: there is no kernel in /boot".into());
    }
    let targets: Vec<_> = files.iter().map(|(_, to)| to.clone().into_os_string()).collect();
    if !targets.is_empty() {
        // what a script has put there gives way, be it a link
        let words = ["-rf".into(), "--".into()].into_iter().chain(targets);
        shop.tool("rm", words).await?;
    }
    let pairs: Vec<_> = files.iter().map(|(from, to)| (from.clone(), to.as_path())).collect();
    for number in copied::out(shop, &pairs).await? {
        let (from, to) = &files[number];
        shop.tool("rm", ["-f".into(), "--".into(), to.clone().into_os_string()]).await?;
        plan.warnings.push(format!("--copy-kernel: {from} of the image leads to no file"));
    }
    Ok(())
}
