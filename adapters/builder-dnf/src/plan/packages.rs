//! Which packages.

use img_kickstart::{At, GroupInclude, Kickstart, Named, Packages};

use super::names::plain;

/// What dnf is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wanted {
    /// Packages and `@groups`, each with its line.
    pub(crate) names: Vec<Named>,
    /// Those of them that are installed before the others, with what they need.
    pub(crate) first: Vec<Named>,
    /// Packages to leave out.
    pub(crate) excluded: Vec<Named>,
    /// dnf's own settings.
    pub(crate) settings: Vec<(&'static str, String)>,
    /// Locales to keep, when not all; for rpm.
    pub(crate) languages: Option<Vec<String>>,
    /// Names that no repository has are left out.
    pub(crate) ignore_missing: bool,
    /// Packages whose needs cannot be met are left out.
    pub(crate) ignore_broken: bool,
}

/// So many names fit on dnf's command line, where a build is done.
const MOST: usize = 8000;

/// So long a name may be; there is no package with one of more than some hundred characters.
const LONGEST: usize = 1000;

/// Reads `%packages`.
pub(super) fn wanted(kickstart: &Kickstart, warnings: &mut Vec<String>) -> Result<Wanted, String> {
    let packages = kickstart.packages();
    let mut wanted = Wanted { settings: settings(&packages, warnings), ..Wanted::default() };
    wanted.languages.clone_from(&packages.options.inst_langs);
    wanted.ignore_missing = packages.options.ignoremissing;
    wanted.ignore_broken = packages.options.ignorebroken;
    for package in &kickstart.prepackages() {
        wanted.first.push(Named { name: package_name(package)?.to_owned(), line: package.line });
    }
    wanted.names.extend(wanted.first.iter().cloned());
    for package in &packages.packages {
        wanted.names.push(Named { name: package_name(package)?.to_owned(), line: package.line });
    }
    for group in &packages.groups {
        let name = plain(&group.name, "package group", group.line)?;
        short(&group.name, "package group", group.line)?;
        wanted.names.push(Named { name: format!("@{name}"), line: group.line });
    }
    for excluded in &packages.exclusions {
        let name = package_name(excluded)?;
        if name.contains([',', ' ']) {
            return Err(format!("package {name:?} ({}) has a comma or a blank", At(excluded.line)));
        }
        wanted.excluded.push(excluded.clone());
    }
    for group in &packages.excluded_groups {
        warnings.push(format!(
            "{}: -@{} has no effect; leave out packages by name",
            At(group.line),
            group.name
        ));
    }
    if let Some(environment) = &packages.environment {
        warnings.push(format!("{}: @^{} has no effect; name groups", At(environment.line), environment.name));
    }
    let count = wanted.names.len() + wanted.excluded.len();
    if count > MOST {
        return Err(format!(
            "the kickstart names {count} packages: at most {MOST} fit; name groups or patterns as kernel*"
        ));
    }
    if wanted.names.is_empty() {
        return Err("the kickstart asks for no packages: name some in a %packages section".into());
    }
    Ok(wanted)
}

/// Returns a name that dnf takes for a package, never for a file or an address.
fn package_name(package: &Named) -> Result<&str, String> {
    let name = plain(&package.name, "package", package.line)?;
    short(name, "package", package.line)?;
    if name.contains("://") || name.ends_with(".rpm") {
        return Err(format!(
            "package {name:?} ({}) should be the name of a package in a repository, not a file or an address",
            At(package.line)
        ));
    }
    Ok(name)
}

fn short(name: &str, what: &str, line: usize) -> Result<(), String> {
    if name.len() <= LONGEST {
        return Ok(());
    }
    let start: String = name.chars().take(20).collect();
    Err(format!("{what} \"{start}…\" ({}) is too long: no name has more than {LONGEST} bytes", At(line)))
}

fn settings(packages: &Packages, warnings: &mut Vec<String>) -> Vec<(&'static str, String)> {
    let options = &packages.options;
    let mut settings = vec![
        ("install_weak_deps", (!options.exclude_weakdeps).to_string()),
        // dnf has one word for both; the steps look which of them it used.
        ("strict", (!(options.ignoremissing || options.ignorebroken)).to_string()),
        ("group_package_types", group_types(packages, warnings).to_owned()),
    ];
    if options.excludedocs {
        settings.push(("tsflags", "nodocs".to_owned()));
    }
    if options.multilib {
        settings.push(("multilib_policy", "all".to_owned()));
    }
    if let Some(timeout) = options.timeout {
        settings.push(("timeout", timeout.to_string()));
    }
    settings
}

/// dnf has one choice for all groups, so that of the first group counts.
fn group_types(packages: &Packages, warnings: &mut Vec<String>) -> &'static str {
    let first = packages.groups.first().map_or(GroupInclude::Default, |group| group.include);
    for group in packages.groups.iter().filter(|group| group.include != first) {
        warnings.push(format!(
            "{}: @{} is installed like the first group: --optional and --nodefaults count for all groups",
            At(group.line),
            group.name
        ));
    }
    match first {
        GroupInclude::Required => "mandatory,conditional",
        GroupInclude::Default => "mandatory,default,conditional",
        GroupInclude::All => "mandatory,default,optional,conditional",
    }
}
