//! Finished files compressed, or packed together, as options say.

use std::ffi::OsString;
use std::path::Path;

use disk_format::{Compression, compressor};

use crate::halt::Halt;
use crate::plan::{Into, Pack, Wrap};
use crate::steps::publish::Finished;
use crate::steps::{archive, same};
use crate::workshop::Workshop;

/// Does what the options say with the files of an image.
pub(crate) async fn wrap(
    shop: &Workshop<'_>,
    wrap: Option<&Wrap>,
    files: Vec<Finished>,
) -> Result<Vec<Finished>, Halt> {
    match wrap {
        None => Ok(files),
        Some(Wrap::Together(pack)) => together(shop, pack, files).await,
        Some(Wrap::Each(compression)) => each(shop, *compression, files).await,
    }
}

/// Puts all files into one archive, by the names they would have.
async fn together(shop: &Workshop<'_>, pack: &Pack, files: Vec<Finished>) -> Result<Vec<Finished>, Halt> {
    shop.step("packing", None);
    let folder = shop.work.join("together");
    shop.tool("mkdir", ["--".into(), folder.clone().into_os_string()]).await?;
    for Finished { file, name, .. } in &files {
        let words = ["-T".into(), "--".into(), file.clone().into_os_string(), folder.join(name).into()];
        shop.tool("mv", words).await?;
    }
    same::tree(shop, &folder).await?;
    let mut names: Vec<&str> = files.iter().map(|finished| finished.name.as_str()).collect();
    names.sort_unstable();
    let file = shop.work.join("image/archive.zip");
    match pack.into {
        Into::Zip => archive::zip(shop, &folder, &file).await?,
        Into::Tar(compression) => {
            let bytes = files.iter().map(|one| shop.taken(&folder.join(&one.name))).sum();
            archive::tar(shop, &folder, compression, &names, bytes, &file).await?;
        }
        Into::Folder => return Err(Halt::failed("a folder is for fs images")), // the plan has no such thing
    }
    Ok(vec![Finished::file(file, pack.file.clone())])
}

/// Compresses every file by itself.
async fn each(
    shop: &Workshop<'_>,
    compression: Compression,
    files: Vec<Finished>,
) -> Result<Vec<Finished>, Halt> {
    let mut compressed = Vec::new();
    for (number, Finished { file, name, .. }) in files.iter().enumerate() {
        // how far it is in one file, a compressor does not say
        let done_of = (files.len() > 1).then_some((number as u64, files.len() as u64));
        shop.step("compressing", done_of);
        same::tree(shop, file).await?;
        let command = compressor(compression);
        let mut task = shop.task(command.split(' ').map(OsString::from));
        task.argv.extend(in_its_place(compression, file));
        shop.must(&task).await?;
        let ending = compression.ending();
        let mut packed = file.clone().into_os_string();
        packed.push(ending);
        compressed.push(Finished::file(packed.into(), format!("{name}{ending}")));
    }
    Ok(compressed)
}

/// Has a compressor replace a file.
fn in_its_place(compression: Compression, file: &Path) -> Vec<OsString> {
    let mut words: Vec<OsString> = Vec::new();
    if compression == Compression::Zstd {
        words.push("--rm".into());
    }
    words.extend(["--".into(), file.into()]);
    words
}
