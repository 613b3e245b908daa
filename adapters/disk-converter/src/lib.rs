//! Converts raw disks by VBoxManage where it is, else by qemu-img.
//!
//! The work is done in a hidden folder beside the disk, and every path goes by an open folder, so that no link leads
//! elsewhere. The new disk leaves that folder by a rename, complete and on the medium; then the raw one is removed.

mod esx;
mod form;
mod halt;
mod packed;
mod program;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

use async_trait::async_trait;
use imaging::{BuilderError, Conversion, Converted, DiskConverter, Watch};
use workbench::{Claim, Workbench};

use crate::halt::Halt;
use crate::packed::Packed;

/// Converts the disks below one folder.
#[derive(Clone, Debug)]
pub struct HostConverter {
    base_dir: PathBuf,
    vboxmanage: Option<PathBuf>,
}

impl HostConverter {
    /// Converts what is below this folder, by VBoxManage where that is installed.
    pub fn new(base_dir: PathBuf) -> HostConverter {
        HostConverter { base_dir, vboxmanage: disk_format::find("VBoxManage") }
    }

    /// Converts by this VBoxManage, or by none.
    #[must_use]
    pub fn with_vboxmanage(self, program: Option<PathBuf>) -> HostConverter {
        HostConverter { vboxmanage: program, ..self }
    }

    async fn run(&self, conversion: &Conversion, watch: &dyn Watch) -> Result<PathBuf, Halt> {
        let image = &conversion.image;
        let missing =
            || Halt::Failed(format!("there is no image file {}", self.base_dir.join(image).display()));
        if !image.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(missing());
        }
        let (Some(above), Some(name)) = (image.parent(), image.file_name().and_then(|name| name.to_str()))
        else {
            return Err(missing());
        };
        let base = beneath::base(&self.base_dir);
        let base = base.map_err(|error| Halt::broken(format!("open {}", self.base_dir.display()), error))?;
        let folder = beneath::folder(&base, above).map_err(|_| missing())?;
        // somebody may have converted it meanwhile: nothing is looked at before
        let claim = Claim::wait(&base, above, &watch.stop()).await;
        let claim = claim.map_err(|error| Halt::broken(format!("lock {}", above.display()), error))?;
        let claim = claim.ok_or(Halt::Stopped)?;
        let (stem, packed) = Packed::of(name)
            .ok_or_else(|| Halt::Failed(format!("{name} is no raw disk, by its name: {}", packed::KNOWN)))?;
        let file_name = form::file_name(stem, conversion.form);
        let Ok(source) = beneath::file(&folder, Path::new(name)) else {
            // no raw disk and a complete new one: it was removed just before somebody was killed
            return match beneath::file(&folder, Path::new(&file_name)) {
                Ok(_) => Ok(above.join(file_name)),
                Err(_) => Err(missing()),
            };
        };
        let bench = Workbench::make(&claim, &format!(".{name}.converting")).await;
        let bench = bench.map_err(|error| Halt::of_disk("make a folder to convert in".into(), error))?;
        let done = self.work(&bench, &source, packed, conversion, &file_name, watch).await;
        let done = done.and_then(|made| {
            publish(&bench, &made, &folder, &file_name, name)
                .map_err(|error| Halt::of_disk(format!("put {file_name} beside {name}"), error))
        });
        let cleared = bench.clear().await;
        cleared.map_err(|error| Halt::broken("remove the folder it was converted in", error))?;
        done.map(|()| above.join(file_name))
    }

    /// Makes the new disk, ready to get its name; returns what it is called until then.
    async fn work(
        &self,
        bench: &Workbench,
        source: &File,
        packed: Packed,
        conversion: &Conversion,
        file_name: &str,
        watch: &dyn Watch,
    ) -> Result<String, Halt> {
        let raw = packed::unpack(bench, source, packed, watch).await?;
        let files =
            form::convert(bench, &raw, conversion.form, file_name, self.vboxmanage.as_deref(), watch).await?;
        form::pack(bench, &files, watch).await
    }
}

/// Gives the new disk its name, then removes the raw one.
fn publish(bench: &Workbench, made: &str, folder: &File, file_name: &str, raw: &str) -> io::Result<()> {
    let file = beneath::file(bench.folder(), Path::new(made))?;
    file.set_permissions(fs::Permissions::from_mode(0o644))?; // web servers read it
    file.sync_all()?;
    fs::rename(bench.path(made), beneath::of(folder).join(file_name))?;
    folder.sync_all()?;
    fs::remove_file(beneath::of(folder).join(raw))?;
    folder.sync_all()
}

#[async_trait]
impl DiskConverter for HostConverter {
    async fn convert(&self, conversion: &Conversion, watch: &dyn Watch) -> Result<Converted, BuilderError> {
        match self.run(conversion, watch).await {
            Ok(made) => Ok(Converted::Made(made)),
            Err(Halt::Failed(reason)) => Ok(Converted::Failed(reason)),
            Err(Halt::Stopped) => Ok(Converted::Stopped),
            Err(Halt::Broken(error)) => Err(error),
        }
    }
}
