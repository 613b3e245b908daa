//! `img doctor`: what of all builds works on this machine, and what would make the rest work.

mod settings;

use std::collections::BTreeSet;
use std::path::Path;

use builder_dnf::{Ability, AbilityState, abilities};
use builder_mic::{MicBuilder, Settings, Tool};
use child::{Listen, Network, Pens, Place, Task};
use cli::{DoctorAnswer, DoctorArguments, DoctorLine};
use imaging::Arch;
use nix::unistd::geteuid;
use place_host::Host;
use place_userns::Userns;
use tokio_util::sync::CancellationToken;

use crate::participants::{mic_of_machine, vm_of_machine};

/// Looks, tries, and says it; returns the exit status.
pub(crate) async fn doctor(arguments: &DoctorArguments) -> u8 {
    let place = place().await;
    let host = host();
    let mics = mics(&host).await;
    let arch = arguments.arch.or(Arch::host());
    let foreign = match arch.filter(|arch| !arch.runs_here()) {
        Some(arch) => Some(foreign(arch, Userns::new().check_programs(arch.family()).await)),
        None => None,
    };
    let runs = foreign.as_ref().is_none_or(|line| line.works == Some(true));
    let images = arch.filter(|_| runs).map_or_else(Vec::new, |arch| images(arch, arguments));
    let builder = builder(&place, arch, runs);
    let images: Vec<_> = images.into_iter().map(|image| made_by(image, &builder)).collect();
    let places: Vec<_> =
        [Some(place), foreign, Some(network()), Some(limits()), Some(host), Some(machine().await)]
            .into_iter()
            .flatten()
            .collect();
    let settings = settings::settings(arguments).await;
    let lines = places.iter().chain([&builder]).chain(&images).chain(&settings);
    let result = lines.clone().all(|line| line.works != Some(false));
    let packages: BTreeSet<String> = lines.flat_map(|line| line.packages.iter().cloned()).collect();
    let install = install(&packages);
    let other = (places[0].works == Some(false)).then(|| Userns::new().command()).flatten();
    let answer = DoctorAnswer {
        result,
        arch: arch.map_or_else(|| std::env::consts::ARCH.to_owned(), |arch| arch.as_str().to_owned()),
        commands: install.iter().cloned().chain(other).collect(),
        install,
        places,
        builders: std::iter::once(builder).chain(mics).collect(),
        images,
        settings,
    };
    answer.print(arguments.json)
}

/// Says what came of trying whether an emulator is started for programs of another processor.
fn foreign(arch: Arch, tried: Result<(), String>) -> DoctorLine {
    let reason = tried.err();
    let is_missing = reason.as_ref().is_some_and(|reason| reason.starts_with("qemu-user-static is missing"));
    let packages = is_missing.then(|| "qemu-user-static".to_owned()).into_iter().collect();
    DoctorLine { name: format!("programs for {arch}"), works: Some(reason.is_none()), reason, packages }
}

/// Runs a program where builds run: nothing else tells whether that works.
async fn place() -> DoctorLine {
    let place = Userns::new();
    let quiet = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let reason = match place.check() {
        Err(reason) => Some(reason),
        Ok(()) => match place.run(&Task::new(["true"]), &quiet).await {
            Ok(ended) if ended.well() => None,
            Ok(ended) => Some(format!("a program failed there: {}", ended.tail.trim())),
            Err(error) => Some(error.to_string()),
        },
    };
    let known = [("bwrap", "bubblewrap"), ("newuidmap", "uidmap")];
    let missing = known.iter().filter(|(program, _)| {
        reason.as_ref().is_some_and(|reason| reason.starts_with(&format!("{program} is missing")))
    });
    let packages = missing.map(|(_, package)| (*package).to_owned()).collect();
    DoctorLine { name: "user namespace".into(), works: Some(reason.is_none()), reason, packages }
}

/// Looks whether scripts of a service can reach other machines only.
fn network() -> DoctorLine {
    let reason = Userns::new().check_network(&Network::Outside(Vec::new())).err();
    let is_missing = reason.as_ref().is_some_and(|reason| reason.starts_with("slirp4netns is missing"));
    let packages = is_missing.then(|| "slirp4netns".to_owned()).into_iter().collect();
    DoctorLine { name: "network of scripts".into(), works: Some(reason.is_none()), reason, packages }
}

/// Looks whether the memory of a build could be limited; only a service needs that, so it is nothing that is wrong here.
fn limits() -> DoctorLine {
    let reason = Pens::look().err();
    let works = reason.is_none().then_some(true);
    let name = "limits of builds".into();
    DoctorLine { name, works, reason, packages: BTreeSet::new() }
}

/// Looks whether this user may be root of the machine, which only mic needs.
fn host() -> DoctorLine {
    let reason = Host::new().check().err();
    DoctorLine {
        name: "host".into(),
        works: reason.is_none().then_some(true),
        reason,
        packages: BTreeSet::new(),
    }
}

/// Looks whether a virtual machine could be started, which only mic needs, and whether it would be a fast one.
async fn machine() -> DoctorLine {
    let line = |works, reason: String| DoctorLine {
        name: "virtual machine".into(),
        works,
        reason: Some(reason),
        packages: BTreeSet::new(),
    };
    let place = vm_of_machine();
    if let Err(reason) = place.check_all().await {
        return line(None, reason);
    }
    let untried = place.untried().map(|what| format!("; {what}")).unwrap_or_default();
    let kvm = tokio::task::spawn_blocking(place_vm::kvm).await.expect("the probe does not panic");
    match kvm {
        Ok(()) => line(Some(true), format!("with KVM{untried}")),
        Err(why) => line(Some(true), format!("without KVM, some ten times slower: {why}{untried}")),
    }
}

/// Looks which mic there is, and asks it for its version.
async fn mics(host: &DoctorLine) -> Vec<DoctorLine> {
    let mut lines = Vec::new();
    for tool in [Tool::Mic, Tool::Mic2] {
        let settings = mic_of_machine(tool, Path::new("/nonexistent")); // nothing is built
        let is_there = settings.program.exists();
        if !is_there && tool == Tool::Mic2 {
            continue; // nobody has it any more
        }
        let (works, reason) = match (is_there, host.works) {
            (false, _) => (None, Some(missing(&settings))),
            (true, None) => (None, Some("it needs the place host".into())),
            (true, _) => match MicBuilder::new(Box::new(Host::new()), settings).installed().await {
                Ok(version) => (Some(true), Some(version)),
                Err(reason) => (None, Some(reason)),
            },
        };
        lines.push(DoctorLine { name: tool.name().into(), works, reason, packages: BTreeSet::new() });
    }
    lines
}

fn missing(settings: &Settings) -> String {
    format!(
        "{} is missing, of which Debian has no package: [worker] mic_program says where another one is; `img build --builder \
         dnf` makes all but nand and mrstnand",
        settings.program.display()
    )
}

fn builder(place: &DoctorLine, arch: Option<Arch>, runs: bool) -> DoctorLine {
    let packages: BTreeSet<_> = builder_dnf::missing().map(str::to_owned).into_iter().collect();
    let reason = match place.works {
        _ if arch.is_none() => Some("there are no images for this processor".into()),
        _ if !packages.is_empty() => Some("dnf is missing".into()),
        Some(false) => Some("it works in a user namespace".into()),
        _ if !runs => Some("packages run programs of theirs".into()),
        _ => None,
    };
    DoctorLine { name: "dnf".into(), works: Some(reason.is_none()), reason, packages }
}

/// Says that no image works whose builder does not.
fn made_by(image: DoctorLine, builder: &DoctorLine) -> DoctorLine {
    match (image.works, builder.works) {
        (Some(true), Some(false)) => DoctorLine {
            works: Some(false),
            reason: Some(format!("its builder, {}, does not work", builder.name)),
            ..image
        },
        _ => image,
    }
}

/// Returns what was asked about, or everything.
fn images(arch: Arch, arguments: &DoctorArguments) -> Vec<DoctorLine> {
    let asked = |ability: &Ability| {
        arguments.types.is_empty()
            || arguments.types.iter().any(|image_type| ability.name == image_type.as_str())
    };
    abilities(arch).into_iter().filter(asked).map(line).collect()
}

fn line(Ability { name, state }: Ability) -> DoctorLine {
    let (works, reason, packages) = match state {
        AbilityState::Works => (Some(true), None, BTreeSet::new()),
        AbilityState::Never(why) => (None, Some(why), BTreeSet::new()),
        AbilityState::Lacks(tools) => {
            let programs: Vec<_> = tools.iter().map(|(program, _)| *program).collect();
            let verb = if programs.len() == 1 { "is" } else { "are" };
            let packages = tools.iter().map(|(_, package)| (*package).to_owned()).collect();
            (Some(false), Some(format!("{} {verb} missing", programs.join(", "))), packages)
        }
    };
    DoctorLine { name, works, reason, packages }
}

/// Writes the command that installs packages.
fn install(packages: &BTreeSet<String>) -> Option<String> {
    let names: Vec<&str> = packages.iter().map(String::as_str).collect();
    let sudo = if geteuid().is_root() { "" } else { "sudo " };
    (!names.is_empty()).then(|| format!("{sudo}apt-get install --no-install-recommends {}", names.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_image_works_whose_builder_does_not() {
        let line = |name: &str, works| DoctorLine {
            name: name.into(),
            works,
            reason: None,
            packages: BTreeSet::new(),
        };
        let of = |image, builder| made_by(line("raw", image), &line("dnf", builder));

        assert_eq!(of(Some(true), Some(true)).works, Some(true));
        assert_eq!(of(None, Some(false)).works, None);
        let lost = of(Some(true), Some(false));
        assert_eq!(
            (lost.works, lost.reason.as_deref()),
            (Some(false), Some("its builder, dnf, does not work"))
        );
    }

    #[test]
    fn an_emulator_is_a_package_only_where_it_is_the_package_that_is_missing() {
        for (tried, works, package) in [
            (Ok(()), true, None),
            (Err("qemu-user-static is missing, by which …"), false, Some("qemu-user-static")),
            (Err("the kernel, or the container this is, lets no user namespace …"), false, None),
        ] {
            let line = foreign("mipsel".parse().unwrap(), tried.map_err(str::to_owned));

            assert_eq!((line.name.as_str(), line.works), ("programs for mipsel", Some(works)));
            assert_eq!(line.packages.first().map(String::as_str), package, "{line:?}");
        }
    }

    #[test]
    fn what_is_missing_is_said_with_the_command_that_installs_it() {
        let state = AbilityState::Lacks(vec![("mksquashfs", "squashfs-tools"), ("xorriso", "xorriso")]);

        let line = line(Ability { name: "livecd".into(), state });

        assert_eq!(line.reason.as_deref(), Some("mksquashfs, xorriso are missing"));
        let command = install(&line.packages).unwrap();
        assert!(
            command.ends_with("apt-get install --no-install-recommends squashfs-tools xorriso"),
            "{command}"
        );
        assert_eq!(install(&BTreeSet::new()), None);
    }
}
