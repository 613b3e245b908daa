//! Puts what was made where a user looks for it, at the very end.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use imaging::BuilderError;
use jiff::Timestamp;

use crate::halt::Halt;
use crate::plan::Plan;
use crate::steps::installed::{Installed, manifest};
use crate::steps::sums::{Sums, Whole};
use crate::steps::{release, sbom, sums};
use crate::workshop::Workshop;

/// The folder of scripts' results, below the work folder.
pub(crate) const OUT: &str = "out";

/// What others will write beside the image: what was built, and how that went.
const RECORD: &str = "record.json";

/// A file of the work folder that is done, and what it will be called.
///
/// In the work folder it has a name of ours, since some tools read more than a path out of a name.
pub(crate) struct Finished {
    pub(crate) file: PathBuf,
    pub(crate) name: String,
    pub(crate) folder: bool,
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

/// Puts the finished files where `%pack` scripts find them, in the folder of scripts' results.
///
/// Folders stay where they are: their files have other owners outside.
pub(crate) fn gather(shop: &Workshop<'_>, files: &[Finished]) -> Result<(), Halt> {
    for Finished { file, name, .. } in files.iter().filter(|finished| !finished.folder) {
        let to = shop.own(&shop.work.join(OUT).join(name))?;
        if to.symlink_metadata().is_ok() {
            shop.note(&format!("{name} in IMG_OUT_DIR is not kept: that name is the image's"));
        }
        fs::rename(shop.own(file)?, to).map_err(|error| match error.kind() {
            io::ErrorKind::IsADirectory => in_the_place_of(name),
            _ => broken(error),
        })?;
    }
    Ok(())
}

/// Renames everything into the folder of the request, the image last, with what is said about it beside it; returns the
/// image's path there.
pub(crate) async fn publish(
    shop: &Workshop<'_>,
    plan: &Plan,
    files: &[Finished],
    installed: &[Installed],
) -> Result<PathBuf, Halt> {
    shop.step("finishing", None);
    let image = image(shop, files)?;
    let (name, release) = (shop.request.name.as_str(), plan.release.as_deref());
    let inner = release::folder(release, name);
    let folder = shop.request.folder.join(&inner);
    fs::create_dir_all(&folder).map_err(broken)?;
    let like = shop.request.folder.metadata().map_err(broken)?.permissions();
    for folder in folder.ancestors().take_while(|above| *above != shop.request.folder) {
        fs::set_permissions(folder, like.clone()).map_err(broken)?;
    }
    let named = |file: &str| release::named(release, name, file);

    let expanded = shop.request.folder.join(format!("{name}.ks"));
    // it holds what stands in it as a password: for its owner, and the group of a web server
    write(&expanded, plan.kickstart.as_bytes(), 0o640)?;
    let mut written = vec![format!("{name}.packages"), format!("{name}.spdx.json")];
    let mut texts = vec![manifest(installed), sbom(shop, plan, installed)];
    for (ending, text) in &plan.lists {
        let file = format!("{name}{ending}");
        match written.iter().position(|known| *known == file) {
            Some(place) => texts[place].clone_from(text),
            None => {
                written.push(file);
                texts.push(text.clone());
            }
        }
    }
    for (file, text) in written.iter().zip(texts) {
        write(&folder.join(named(file)), text.as_bytes(), 0o644)?;
    }
    written.push(format!("{name}.ks"));
    if release.is_some() {
        write(&folder.join(named(&format!("{name}.ks"))), plan.kickstart.as_bytes(), 0o640)?;
    }

    let ours = [format!("{name}.sha256"), format!("{name}.log"), "MANIFEST".into(), RECORD.into()];
    let mut taken: BTreeSet<String> = written.iter().chain(&ours).map(|file| named(file)).collect();
    let mut results = results(&shop.on_host(&shop.work.join(OUT)));
    results.sort_by_key(|result| *result != image); // first, so that no other has its name
    results.retain(|result| {
        let called = named(result);
        let free = folder.join(&called).symlink_metadata().is_err() && taken.insert(called);
        if !free {
            shop.note(&format!("{result} in IMG_OUT_DIR is not kept: that name is taken"));
        }
        free
    });
    results.sort_by_key(|result| *result == image); // last
    make_ours(shop, &results).await?;
    for finished in files.iter().filter(|finished| finished.folder) {
        let on_host = shop.own(&finished.file)?;
        if !on_host.symlink_metadata().map_err(broken)?.is_dir() {
            return Err(in_the_place_of(&finished.name));
        }
        fs::rename(on_host, folder.join(named(&finished.name))).map_err(broken)?;
    }
    let sums = sums(shop, &results, &written, &folder, &named, release.is_some()).await?;
    write(&folder.join(named(&format!("{name}.sha256"))), sums::sha256_list(&sums).as_bytes(), 0o644)?;
    if release.is_some() {
        write(&folder.join("MANIFEST"), sums::manifest(&sums).as_bytes(), 0o644)?;
    }
    if !shop.is_in_memory() {
        for result in &results {
            let on_host = shop.on_host(&shop.work.join(OUT).join(result));
            fs::rename(on_host, folder.join(named(result))).map_err(broken)?;
        }
    }
    Ok(inner.join(named(&image)))
}

/// Computes the checksums of what will be in `folder`, as it will be called there; results that are in memory are copied
/// there meanwhile.
async fn sums(
    shop: &Workshop<'_>,
    results: &[String],
    written: &[String],
    folder: &Path,
    named: &(dyn Fn(&str) -> String + Send + Sync),
    md5: bool,
) -> Result<Vec<Sums>, Halt> {
    let out = shop.on_host(&shop.work.join(OUT));
    let copy = |file: &String| shop.is_in_memory().then(|| folder.join(named(file)));
    let whole = |file: &String| Whole { path: out.join(file), copy: copy(file), name: named(file) };
    let mut files: Vec<_> = results.iter().map(whole).collect();
    let copies: Vec<_> = files.iter().filter_map(|file| file.copy.clone()).collect();
    files.extend(written.iter().map(|file| Whole {
        path: folder.join(named(file)),
        copy: None,
        name: named(file),
    }));
    let stopped = shop.stopped();
    let bytes = files.iter().map(|file| file.path.metadata().map_or(0, |about| about.len())).sum();
    let course = Arc::new(sums::Course::new(stopped.clone()));
    let computing = course.clone();
    let computed = tokio::task::spawn_blocking(move || sums::of(files, md5, &computing));
    let computed = shop.counted("finishing", bytes, || course.read(), computed).await;
    let computed = computed.map_err(|error| broken(io::Error::other(error)))?;
    if computed.is_err() {
        for copy in copies {
            let _ = fs::remove_file(copy); // half a file is no image
        }
    }
    computed.map_err(|error| match error.kind() {
        _ if stopped() => Halt::Stopped,
        io::ErrorKind::StorageFull => shop.disk_is_full(None),
        _ => broken(error),
    })
}

/// Returns which of the results is the image: after a script has packed it, the largest file that is called after it.
pub(crate) fn image(shop: &Workshop<'_>, files: &[Finished]) -> Result<String, Halt> {
    shop.own(&shop.work.join(OUT).join(shop.request.name.as_str()))?; // whatever is in it
    let Some(image) = files.first() else { return Ok(String::new()) };
    let out = shop.on_host(&shop.work.join(OUT));
    let is_file = |name: &str| out.join(name).symlink_metadata().is_ok_and(|about| about.is_file());
    if image.folder || is_file(&image.name) {
        return Ok(image.name.clone());
    }
    let stem = shop.request.name.as_str();
    let size = |name: &String| out.join(name).symlink_metadata().map_or(0, |about| about.len());
    let packed = results(&out).into_iter().filter(|name| name.starts_with(stem)).max_by_key(size);
    packed.ok_or_else(|| {
        Halt::failed(format!("{} is gone, and no other file in IMG_OUT_DIR is called {stem}…", image.name))
    })
}

fn sbom(shop: &Workshop<'_>, plan: &Plan, installed: &[Installed]) -> String {
    let created = match plan.epoch.and_then(|epoch| i64::try_from(epoch).ok()) {
        Some(epoch) => Timestamp::from_second(epoch).unwrap_or_default(),
        None => Timestamp::now(),
    };
    let created = Timestamp::from_second(created.as_second()).unwrap_or_default().to_string();
    sbom::document(&shop.request.name, plan.uuids.of("list of parts"), &created, installed)
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Halt> {
    fs::write(path, bytes).map_err(broken)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(broken)
}

fn in_the_place_of(name: &str) -> Halt {
    Halt::failed(format!("a script put something else in the place of {name}"))
}

fn broken(error: io::Error) -> Halt {
    Halt::Broken(BuilderError::new("put the image into its folder", error))
}

/// Returns the names of what is in IMG_OUT_DIR; links and folders stay behind, since they could lead anywhere.
fn results(out: &Path) -> Vec<String> {
    let entries = fs::read_dir(out).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let named = files.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<_> = named.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// Makes results ordinary files of ours.
async fn make_ours(shop: &Workshop<'_>, results: &[String]) -> Result<(), Halt> {
    if results.is_empty() {
        return Ok(());
    }
    // all that may be results, since there may be more of them than fit on a command line
    let mut task = shop.task(["find"]);
    task.argv.push(shop.work.join(OUT).into());
    let words = [
        "-maxdepth",
        "1",
        "-type",
        "f",
        "-exec",
        "chmod",
        "0644",
        "{}",
        "+",
        "-exec",
        "chown",
        "0:0",
        "{}",
        "+",
    ];
    task.argv.extend(words.map(Into::into));
    shop.must(&task).await?;
    for result in results {
        shop.take_over(&shop.on_host(&shop.work.join(OUT).join(result))).await?;
    }
    Ok(())
}
