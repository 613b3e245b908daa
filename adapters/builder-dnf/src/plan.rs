//! What will be done, decided before anything runs; pure but for the question which programs run here.

mod address;
mod btrfs;
mod disk;
mod fstab;
mod honoured;
mod live;
mod many;
mod names;
mod options;
mod packages;
mod repos;
mod scripts;
mod uuids;
mod volume;

pub(crate) use address::without_password;
pub(crate) use disk::{Disk, DiskFormat, Layout, Table, number};
pub(crate) use fstab::fstab;
pub(crate) use live::{LARGEST_ON_FAT, Medium, MediumKind};
pub(crate) use options::{Into, Pack, Records, with_tokens};
pub(crate) use packages::Wanted;
pub(crate) use repos::{Source, local};
pub(crate) use scripts::{LogFile, Program};
pub(crate) use uuids::Uuids;
pub(crate) use volume::{ESP, FileSystem, Mount, Size, Volume};

use disk_format::Compression;
use imaging::{BuildRequest, ImageType};
use img_kickstart::{At, Kickstart, Named, ScriptKind, check, expand_tokens};

/// Everything a build does, and what it leaves out.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The kickstart with its tokens replaced.
    pub(crate) kickstart: Kickstart,
    /// The form of the image.
    pub(crate) form: Form,
    /// Where packages come from.
    pub(crate) sources: Vec<Source>,
    /// Which packages.
    pub(crate) wanted: Wanted,
    /// What runs before the packages, in order.
    pub(crate) before: Vec<Program>,
    /// What runs after them, in order.
    pub(crate) after: Vec<Program>,
    /// What runs when the image is packed, in order.
    pub(crate) pack: Vec<Program>,
    /// Packages, and paths of the image with patterns, whose files go beside the image.
    pub(crate) attached: Vec<Named>,
    /// What becomes of the files of an image that are not one archive anyway.
    pub(crate) wrap: Option<Wrap>,
    /// Lists that are asked for beside the image.
    pub(crate) records: Records,
    /// Those lists, by the ending of their names.
    pub(crate) lists: Vec<(&'static str, String)>,
    /// Whether the kernels are beside the image, too.
    pub(crate) copy_kernel: bool,
    /// Whether file systems of a loop image have no room.
    pub(crate) shrink: bool,
    /// What the image is a release of: its folder and the names of its files say so.
    pub(crate) release: Option<String>,
    /// Whether a line without effect ends the build.
    pub(crate) strict: bool,
    /// The time everything is of, in seconds since 1970, when the same image shall come out each time.
    pub(crate) epoch: Option<u64>,
    /// The identifiers of what is new.
    pub(crate) uuids: Uuids,
    /// What a person should know.
    pub(crate) warnings: Vec<String>,
}

/// The form of an image, with what only that form has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Form {
    /// One archive of all files.
    Fs(Pack),
    /// A file for each file system.
    Loop(Layout),
    /// Disks.
    Disks(Layout, DiskFormat),
    /// A live system on a medium.
    Live(Box<Medium>),
}

/// What becomes of finished files.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wrap {
    /// All go into one archive.
    Together(Pack),
    /// Each is compressed.
    Each(Compression),
}

impl Form {
    /// Returns how often the files are on the disk at once, while the image is made and is none smaller.
    pub(crate) fn copies(&self) -> u64 {
        match self {
            Form::Fs(Pack { into: Into::Folder, .. }) => 1,
            Form::Fs(_) | Form::Loop(_) | Form::Live(_) | Form::Disks(_, DiskFormat::Raw) => 2,
            Form::Disks(..) => 3,
        }
    }

    /// Returns how many bytes the partitions have together: no file of the image need be larger.
    pub(crate) fn least_bytes(&self) -> u64 {
        let volumes = self.layout().into_iter().flat_map(|layout| &layout.volumes);
        let mib = volumes.fold(0u64, |total, volume| total.saturating_add(volume.size.least()));
        mib.saturating_add(64).saturating_mul(1 << 20)
    }

    /// Returns the division into file systems, unless all files stay together.
    pub(crate) fn layout(&self) -> Option<&Layout> {
        match self {
            Form::Fs(_) | Form::Live(_) => None,
            Form::Loop(layout) | Form::Disks(layout, _) => Some(layout),
        }
    }
}

impl Plan {
    /// Ends the build when a line turned out to have no effect: one of the warnings from `known` on.
    pub(crate) fn strictly(&self, known: usize) -> Result<(), String> {
        strictly(self.strict, self.warnings.get(known..).unwrap_or_default())
    }
}

/// Takes warnings for an error where that is asked for.
pub(crate) fn strictly(strict: bool, new: &[String]) -> Result<(), String> {
    if !strict || new.is_empty() {
        return Ok(());
    }
    Err(format!("{}; --strict takes that for an error", new.join("; ")))
}

/// Plans a build; the error is the sentence why it cannot be done.
pub(crate) fn plan(request: &BuildRequest) -> Result<Plan, String> {
    let mut options = options::read(&request.extra_opts, request)?;
    let kickstart = Kickstart::parse(expand_tokens(&request.kickstart, &request.tokens));
    let kickstart = kickstart.numbered_without(&request.added_lines);
    if let Some(wrong) = check(&kickstart).into_iter().find(img_kickstart::Diagnostic::is_error) {
        let help = wrong.help.map(|help| format!(" ({help})")).unwrap_or_default();
        return Err(format!("{}, column {}: {}{help}", At(wrong.line), wrong.column, wrong.message));
    }
    many::check(&kickstart)?;
    let mut warnings = honoured::unheeded(&kickstart, request.image_type, request.arch);
    let uuids = Uuids::new(request, options.epoch);
    let form = match request.image_type {
        ImageType::Fs => Form::Fs(options.pack.take().unwrap_or_else(|| Pack::usual(request.name.as_str()))),
        ImageType::Loop => Form::Loop(disk::layout(&kickstart, &uuids, &mut warnings)?),
        ImageType::Livecd | ImageType::Liveusb => Form::Live(Box::new(live::medium(request, &uuids))),
        ImageType::Nand | ImageType::Mrstnand => {
            return Err(format!("{} images are only made by mic", request.image_type));
        }
        other => match DiskFormat::of(other) {
            Some(format) => Form::Disks(disk::layout(&kickstart, &uuids, &mut warnings)?, format),
            None => return Err(format!("this builder makes no {other} images")),
        },
    };
    let btrfs = form.layout().into_iter().flat_map(|layout| &layout.volumes);
    for volume in btrfs.filter(|volume| options.epoch.is_some() && volume.file_system == FileSystem::Btrfs) {
        warnings.push(format!(
            "{}: --source-date-epoch has no effect on btrfs, which mkfs.btrfs makes anew each time",
            At(volume.line.unwrap_or_default())
        ));
    }
    let sources = repos::sources(&kickstart)?;
    let wanted = packages::wanted(&kickstart, &mut warnings)?;
    let mut of_kind = |kind| scripts::programs(&kickstart, kind, &mut warnings);
    let (before, after) = (of_kind(ScriptKind::Pre)?, of_kind(ScriptKind::Post)?);
    let pack = of_kind(ScriptKind::Pack)?;
    let attached = kickstart.attachments();
    let options::Options { pack: together, compression, epoch, strict, release, records, .. } = options;
    let wrap = together.map(Wrap::Together).or(compression.map(Wrap::Each));
    let plan = Plan {
        kickstart,
        form,
        sources,
        wanted,
        before,
        after,
        pack,
        attached,
        wrap,
        records,
        lists: Vec::new(),
        copy_kernel: options.copy_kernel,
        shrink: options.shrink,
        release,
        strict,
        epoch,
        uuids,
        warnings,
    };
    plan.strictly(0)?;
    Ok(plan)
}

#[cfg(test)]
pub(crate) mod tests;
