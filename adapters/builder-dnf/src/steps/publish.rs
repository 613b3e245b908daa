//! Puts what was made where a user looks for it, at the very end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use imaging::BuilderError;

use crate::halt::Halt;
use crate::plan::Plan;
use crate::workshop::Workshop;

/// Renames the finished files into the folder of the request, the image last; returns its name.
pub(crate) async fn publish(shop: &Workshop<'_>, plan: &Plan, files: &[PathBuf]) -> Result<PathBuf, Halt> {
    shop.step("finishing", None);
    let folder = &shop.request.folder;
    let broken = |error: io::Error| Halt::Broken(BuilderError::new("put the image into its folder", error));
    let expanded = folder.join(format!("{}.ks", shop.request.name));
    fs::write(&expanded, plan.kickstart.as_str()).map_err(broken)?;
    for extra in extra_files(&shop.work.join("out")) {
        let name = extra.file_name().unwrap_or_default();
        let taken = folder.join(name).symlink_metadata().is_ok()
            || files.iter().any(|file| file.file_name() == Some(name));
        if taken {
            shop.note(&format!("{} in IMG_OUT_DIR is not kept: that name is taken", name.display()));
            continue;
        }
        bring(shop, &extra).await?;
    }
    for file in files.iter().rev() {
        bring(shop, file).await?;
    }
    let image = files.first().and_then(|file| file.file_name()).unwrap_or_default();
    Ok(PathBuf::from(image))
}

/// Returns what scripts left in IMG_OUT_DIR; links and folders stay behind, since they could lead anywhere.
fn extra_files(out: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(out).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let shown = files.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    shown.map(|entry| entry.path()).collect()
}

async fn bring(shop: &Workshop<'_>, file: &Path) -> Result<(), Halt> {
    let broken = |error: io::Error| Halt::Broken(BuilderError::new("put the image into its folder", error));
    if !file.symlink_metadata().map_err(broken)?.is_file() {
        return Err(Halt::failed(format!(
            "a script replaced {} by something that is no file",
            file.display()
        )));
    }
    shop.tool("chmod", ["0644".into(), "--".into(), file.as_os_str().to_owned()]).await?;
    shop.tool("chown", ["0:0".into(), "--".into(), file.as_os_str().to_owned()]).await?;
    shop.take_over(file).await?;
    fs::rename(file, shop.request.folder.join(file.file_name().unwrap_or_default())).map_err(broken)
}
