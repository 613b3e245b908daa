//! What of all this builder can make, this machine can.

use imaging::{Arch, BuildRequest, ImageId, ImageName, ImageType};

use crate::plan::{self, Plan};
use crate::steps::tools::{self, Tool};

/// Something a kickstart or its reader may ask for, as `livecd` or `btrfs partitions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ability {
    /// What it is.
    pub name: String,
    /// Whether it is there.
    pub state: AbilityState,
}

/// Whether this machine can make something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AbilityState {
    /// It can.
    Works,
    /// It could, with these programs or files; each with the Debian package that has it.
    Lacks(Vec<(&'static str, &'static str)>),
    /// This builder never can; the sentence says who does.
    Never(String),
}

/// What may be asked of any image, and a kickstart that asks for it.
const PARTS: &[(&str, ImageType, &str, &[&str])] = &[
    ("vfat partitions", ImageType::Raw, "part / --size=64\npart /boot/efi --size=64 --fstype=vfat\n", &[]),
    ("btrfs partitions", ImageType::Raw, "part / --size=200 --fstype=btrfs\n", &[]),
    ("swap", ImageType::Raw, "part / --size=64\npart swap --size=64\n", &[]),
    ("fs as .tar.bz2", ImageType::Fs, "", &["--pack-to=x.tar.bz2"]),
    ("fs as .tar.xz", ImageType::Fs, "", &["--pack-to=x.tar.xz"]),
    ("fs as .tar.zst", ImageType::Fs, "", &["--pack-to=x.tar.zst"]),
    ("fs as .zip", ImageType::Fs, "", &["--pack-to=x.zip"]),
];

/// Returns the package without which this builder makes nothing, where it is missing.
pub fn missing() -> Option<&'static str> {
    (!disk_format::is_there("dnf")).then_some("dnf")
}

/// Says why options of every build are refused for each type of image, if so.
pub fn check_options(options: &[String]) -> Result<(), String> {
    let words: Vec<_> = options.iter().map(String::as_str).collect();
    let of = |image_type| sample(image_type, Arch::host()?, "part / --size=64\n", &words).err();
    match ImageType::ALL.iter().map(|image_type| of(*image_type)).collect::<Option<Vec<_>>>() {
        Some(_) => of(ImageType::Fs).map_or(Ok(()), Err),
        None => Ok(()),
    }
}

/// Looks what there is for images of an architecture: each type by its word, and what all types have in common.
pub fn abilities(arch: Arch) -> Vec<Ability> {
    abilities_where(arch, &disk_format::is_there)
}

fn abilities_where(arch: Arch, is_there: &dyn Fn(&str) -> bool) -> Vec<Ability> {
    let types = ImageType::ALL.iter().map(|image_type| {
        let plan = sample(*image_type, arch, "part / --size=64\n", &[]);
        Ability { name: image_type.as_str().to_owned(), state: state(plan, arch, is_there) }
    });
    let parts = PARTS.iter().map(|(name, image_type, lines, options)| {
        let plan = sample(*image_type, arch, lines, options);
        Ability { name: (*name).to_owned(), state: state(plan, arch, is_there) }
    });
    types.chain(parts).collect()
}

fn state(plan: Result<Plan, String>, arch: Arch, is_there: &dyn Fn(&str) -> bool) -> AbilityState {
    let plan = match plan {
        Ok(plan) => plan,
        Err(why) => return AbilityState::Never(why),
    };
    let mut lacks: Vec<Tool> = tools::needed(&plan, arch);
    lacks.retain(|(program, _)| !is_there(program));
    if lacks.is_empty() { AbilityState::Works } else { AbilityState::Lacks(lacks) }
}

/// Plans the smallest image of its kind.
pub(crate) fn sample(
    image_type: ImageType,
    arch: Arch,
    lines: &str,
    options: &[&str],
) -> Result<Plan, String> {
    plan::plan(&BuildRequest {
        image_id: ImageId::reduce("sample").expect("an id"),
        name: ImageName::parse("sample").expect("a name"),
        image_type,
        arch,
        kickstart: format!(
            "{lines}repo --name=r --baseurl=http://repo.example/r\n%packages\nfilesystem\n%end\n"
        ),
        added_lines: Vec::new(),
        tokens: Vec::new(),
        extra_opts: options.iter().map(|option| (*option).to_owned()).collect(),
        post_creation: None,
        folder: "/nowhere".into(),
        log: "/nowhere/log".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state_of(name: &str, missing: &[&str]) -> AbilityState {
        let arch = "x86_64".parse().unwrap();
        let abilities = abilities_where(arch, &|program| !missing.contains(&program));
        abilities.into_iter().find(|ability| ability.name == name).unwrap().state
    }

    #[test]
    fn what_is_missing_is_named_with_its_package_and_keeps_nothing_else_from_working() {
        let missing = ["xorriso", "mkfs.btrfs"];
        for (name, expected) in [
            ("raw", AbilityState::Works),
            ("livecd", AbilityState::Lacks(vec![("xorriso", "xorriso")])),
            ("btrfs partitions", AbilityState::Lacks(vec![("mkfs.btrfs", "btrfs-progs")])),
            ("liveusb", AbilityState::Works),
        ] {
            assert_eq!(state_of(name, &missing), expected, "{name}");
        }
        assert!(matches!(state_of("nand", &[]), AbilityState::Never(why) if why.contains("mic")));
    }

    #[test]
    fn every_sample_can_be_planned_where_all_is_there() {
        for ability in abilities_where("x86_64".parse().unwrap(), &|_| true) {
            let expected = !["nand", "mrstnand"].contains(&ability.name.as_str());
            assert_eq!(ability.state == AbilityState::Works, expected, "{ability:?}");
        }
    }
}
