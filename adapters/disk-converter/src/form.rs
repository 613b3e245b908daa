//! A raw disk in another form, and packed.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use disk_format::Compression;
use imaging::{Step, VirtualDisk, Watch};
use workbench::Workbench;

use crate::esx;
use crate::halt::Halt;
use crate::program::run;

/// Returns what the new disk is called: one file compressed, or several packed together.
pub(crate) fn file_name(stem: &str, form: VirtualDisk) -> String {
    let packed = if has_several_files(form) { ".tar.bz2" } else { ".bz2" };
    format!("{stem}.{}{packed}", form.ending())
}

/// Tells whether a form has a file that describes the disk beside those of its bytes.
fn has_several_files(form: VirtualDisk) -> bool {
    use VirtualDisk::{VmdkEsx, VmdkFixed, VmdkSplit, VmdkSplitFixed};
    matches!(form, VmdkFixed | VmdkSplit | VmdkSplitFixed | VmdkEsx)
}

/// Converts a disk; returns the names of its files, the first first.
pub(crate) async fn convert(
    bench: &Workbench,
    raw: &Path,
    form: VirtualDisk,
    file_name: &str,
    vboxmanage: Option<&Path>,
    watch: &dyn Watch,
) -> Result<Vec<String>, Halt> {
    watch.step(&Step { name: "converting".into(), done_of: None });
    let ending = form.ending();
    let stem = called(file_name.split(&format!(".{ending}.")).next().unwrap_or_default());
    let folder = bench.path("new");
    fs::create_dir(folder).map_err(|error| Halt::of_disk("make a folder".into(), error))?;
    let file = Path::new("./new").join(format!("{stem}.{ending}"));
    let argv = match vboxmanage {
        Some(program) => disk_format::vboxmanage_convert(program, form, raw, &file),
        None if disk_format::is_there("qemu-img") => {
            disk_format::qemu_img_convert(disk_format::qemu_img_form(form), raw, &file)
        }
        None => {
            return Err(Halt::broken(
                "convert the disk",
                "VBoxManage and qemu-img are missing: install the package qemu-utils",
            ));
        }
    };
    run(bench, argv, watch).await?;
    if form == VirtualDisk::VmdkEsx && vboxmanage.is_none() {
        esx::rewrap(&bench.path(&file.to_string_lossy()))
            .map_err(|error| Halt::of_disk("describe the disk for ESX".into(), error))?;
    }
    files(bench).map_err(|error| Halt::of_disk("read the new disk".into(), error))
}

/// Returns what the files of a disk are called by: its own name, where every program takes that for a name.
fn called(stem: &str) -> &str {
    let plain = stem.chars().all(|c| c.is_ascii_alphanumeric() || "._-+".contains(c));
    if plain && !stem.is_empty() && !stem.starts_with(['-', '.']) { stem } else { "disk" }
}

fn files(bench: &Workbench) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(bench.path("new"))? {
        names.extend(entry?.file_name().into_string());
    }
    names.sort_by_key(|name| (name.len(), name.clone())); // the one that describes the others has the shortest name
    Ok(names)
}

/// Compresses a disk; returns what the file is called for now.
pub(crate) async fn pack(bench: &Workbench, files: &[String], watch: &dyn Watch) -> Result<String, Halt> {
    watch.step(&Step { name: "compressing".into(), done_of: None });
    let by = Compression::Bzip2;
    let program = disk_format::compressor(by);
    if let [file] = files {
        run(bench, [program.into(), "--".into(), OsString::from(format!("./new/{file}"))], watch).await?;
        return Ok(format!("new/{file}{}", by.ending()));
    }
    let pack = "pack.tar.bz2";
    let mut argv: Vec<OsString> = vec!["tar".into(), format!("--use-compress-program={program}").into()];
    argv.extend(
        ["--owner=0", "--group=0", "--numeric-owner", "-C", "new", "-cf", pack, "--"].map(OsString::from),
    );
    argv.extend(files.iter().map(OsString::from));
    run(bench, argv, watch).await?;
    Ok(pack.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_of_several_files_is_packed_together() {
        for (form, expected) in [
            (VirtualDisk::Vdi, "n.vdi.bz2"),
            (VirtualDisk::VmdkStream, "n.vmdk.bz2"),
            (VirtualDisk::VmdkSplit, "n.vmdk.tar.bz2"),
            (VirtualDisk::VmdkEsx, "n.vmdk.tar.bz2"),
            (VirtualDisk::VhdFixed, "n.vhd.bz2"),
        ] {
            assert_eq!(file_name("n", form), expected);
        }
        assert_eq!((called("n-1.a"), called("héllo world"), called("-rf")), ("n-1.a", "disk", "disk"));
    }
}
