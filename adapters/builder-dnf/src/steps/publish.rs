//! Puts what was made where a user looks for it, at the very end.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use imaging::BuilderError;

use crate::halt::Halt;
use crate::plan::Plan;
use crate::workshop::Workshop;

/// A file of the work folder that is done, and what it will be called.
///
/// In the work folder it has a name of ours, since some tools read more than a path out of a name.
pub(crate) struct Finished {
    pub(crate) file: PathBuf,
    pub(crate) name: String,
    folder: bool,
}

impl Finished {
    pub(crate) fn file(file: PathBuf, name: String) -> Finished {
        Finished { file, name, folder: false }
    }

    /// A folder whose files keep the owners they have, which outside are others than inside.
    pub(crate) fn folder(file: PathBuf, name: String) -> Finished {
        Finished { file, name, folder: true }
    }
}

/// Renames the finished files into the folder of the request, the image last; returns its name.
pub(crate) async fn publish(shop: &Workshop<'_>, plan: &Plan, files: &[Finished]) -> Result<PathBuf, Halt> {
    shop.step("finishing", None);
    let expanded = shop.request.folder.join(format!("{}.ks", shop.request.name));
    fs::write(&expanded, plan.kickstart.as_bytes()).map_err(broken)?;
    // it holds what stands in it as a password: for its owner, and the group of a web server
    fs::set_permissions(&expanded, fs::Permissions::from_mode(0o640)).map_err(broken)?;
    for (file, name) in extra_files(&shop.work.join("out"), &shop.on_host(&shop.work.join("out"))) {
        let taken = shop.request.folder.join(&name).symlink_metadata().is_ok();
        if taken || files.iter().any(|finished| finished.name == name) {
            shop.note(&format!("{name} in IMG_OUT_DIR is not kept: that name is taken"));
            continue;
        }
        bring(shop, &file, &name).await?;
    }
    for Finished { file, name, folder } in files.iter().rev() {
        if *folder {
            let on_host = shop.on_host(file);
            if !on_host.symlink_metadata().map_err(broken)?.is_dir() {
                return Err(Halt::failed(format!("a script put something else in the place of {name}")));
            }
            fs::rename(on_host, shop.request.folder.join(name)).map_err(broken)?;
        } else {
            bring(shop, file, name).await?;
        }
    }
    Ok(files.first().map(|image| PathBuf::from(&image.name)).unwrap_or_default())
}

fn broken(error: io::Error) -> Halt {
    Halt::Broken(BuilderError::new("put the image into its folder", error))
}

/// Returns what scripts left in IMG_OUT_DIR; links and folders stay behind, since they could lead anywhere.
fn extra_files(out: &Path, on_host: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(on_host).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let named = files.filter_map(|entry| entry.file_name().into_string().ok());
    named.filter(|name| !name.starts_with('.')).map(|name| (out.join(&name), name)).collect()
}

async fn bring(shop: &Workshop<'_>, file: &Path, name: &str) -> Result<(), Halt> {
    let on_host = shop.on_host(file);
    if !on_host.symlink_metadata().map_err(broken)?.is_file() {
        return Err(Halt::failed(format!("a script put something else in the place of {name}")));
    }
    shop.tool("chmod", ["0644".into(), "--".into(), file.as_os_str().to_owned()]).await?;
    shop.tool("chown", ["0:0".into(), "--".into(), file.as_os_str().to_owned()]).await?;
    shop.take_over(&on_host).await?;
    fs::rename(on_host, shop.request.folder.join(name)).map_err(broken)
}
