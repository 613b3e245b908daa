//! Converts raw disks by VBoxManage where it is, else by qemu-img.
//!
//! The work is done in a hidden folder beside the disk, and every path goes by an open folder, so that no link leads
//! elsewhere. The new disk leaves that folder by a rename, complete and on the medium; then the lists and the record beside it
//! ([`succession`]) speak of it; then the raw one is removed.

mod esx;
mod form;
mod halt;
mod packed;
mod program;
mod succession;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use imaging::{BuilderError, Conversion, Converted, DiskConverter, Watch};
use workbench::{Spot, Workbench};

use crate::halt::Halt;
use crate::packed::Packed;
use crate::succession::{Succession, Text};

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
        let image = self.base_dir.join(&conversion.image);
        let missing = || Halt::Failed(format!("there is no image file {}", image.display()));
        let broken = |error| Halt::broken(format!("find {}", image.display()), error);
        let spot = Spot::of(&self.base_dir, &conversion.image).map_err(broken)?.ok_or_else(missing)?;
        // somebody may have converted it meanwhile: nothing is looked at before
        let claim = spot.claim(&watch.stop()).await.map_err(broken)?.ok_or(Halt::Stopped)?;
        let name = spot.name.as_str();
        let (stem, packed) = Packed::of(name)
            .ok_or_else(|| Halt::Failed(format!("{name} is no raw disk, by its name: {}", packed::KNOWN)))?;
        let file_name = form::file_name(stem, conversion.form);
        let Some(source) = spot.file() else {
            // no raw disk and a complete new one: it was removed just before somebody was killed
            return match beneath::file(&spot.folder, Path::new(&file_name)) {
                Ok(_) => Ok(spot.above.join(file_name)),
                Err(_) => Err(missing()),
            };
        };
        let bench = Workbench::make(&claim, &format!(".{name}.converting")).await;
        let bench = bench.map_err(|error| Halt::of_disk("make a folder to convert in".into(), error))?;
        let succession = Succession { spot: &spot, new: &file_name };
        let done = self.work(&bench, &source, packed, conversion, &succession, watch).await;
        let done = done.and_then(|(made, texts)| {
            publish(&bench, &made, &succession, texts)
                .map_err(|error| Halt::of_disk(format!("put {file_name} beside {name}"), error))
        });
        let cleared = bench.clear().await;
        cleared.map_err(|error| Halt::broken("remove the folder it was converted in", error))?;
        done.map(|()| spot.above.join(file_name))
    }

    /// Makes the new disk and what is told of it, ready to get their names; returns what they are called until then.
    async fn work(
        &self,
        bench: &Workbench,
        source: &File,
        packed: Packed,
        conversion: &Conversion,
        succession: &Succession<'_>,
        watch: &dyn Watch,
    ) -> Result<(String, Vec<Text>), Halt> {
        let (form, vboxmanage) = (conversion.form, self.vboxmanage.as_deref());
        let raw = packed::unpack(bench, source, packed, watch).await?;
        let files = form::convert(bench, &raw, form, succession.new, vboxmanage, watch).await?;
        let made = form::pack(bench, &files, watch).await?;
        let texts = succession.texts(bench, &made, watch).await?;
        Ok((made, texts))
    }
}

/// Gives the new disk its name, then has all that is beside it speak of it, then removes the raw one.
fn publish(bench: &Workbench, made: &str, succession: &Succession<'_>, texts: Vec<Text>) -> io::Result<()> {
    let Succession { spot, new } = succession;
    let folder = beneath::of(&spot.folder);
    let file = beneath::file(bench.folder(), Path::new(made))?;
    file.set_permissions(fs::Permissions::from_mode(0o644))?; // web servers read it
    file.sync_all()?;
    fs::rename(bench.path(made), folder.join(new))?;
    for text in texts {
        text.publish(bench)?;
    }
    spot.folder.sync_all()?;
    fs::remove_file(folder.join(&spot.name))?;
    spot.folder.sync_all()
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
