//! The lists of packages that `--record-pkgs` asks for, in the forms mic writes them in.

use std::collections::BTreeMap;

use crate::halt::Halt;
use crate::plan::Plan;
use crate::steps::installed::{Installed, LARGEST};
use crate::workshop::Workshop;

/// What rpm says of the files of a package: a line each.
const FILES: &str = "[%{=NAME}-%{=VERSION}-%{=RELEASE}.%{=ARCH}\\t%{FILENAMES}\\n]";

/// Adds the lists to the plan; where packages came from was noted when they came.
pub(crate) async fn lists(shop: &Workshop<'_>, plan: &mut Plan, installed: &[Installed]) -> Result<(), Halt> {
    if plan.records.name {
        let names: Vec<_> = installed.iter().map(full_name).collect();
        plan.lists.push((".packages", names.join("\n")));
    }
    if plan.records.content {
        let mut task = shop.task(["rpm", "--root"]).env("HOME", shop.work.join("home"));
        task.argv.push(shop.root.clone().into_os_string());
        task.argv.extend(["--dbpath", "/var/lib/rpm", "-qa", "--queryformat", FILES].map(Into::into));
        task.keep_output = Some(LARGEST);
        let said = shop.quietly(&task).await?.output;
        plan.lists.push((".files", files(&String::from_utf8_lossy(&said), installed)));
    }
    if plan.records.license {
        plan.lists.push((".license", licences(installed)));
    }
    Ok(())
}

/// Returns `NAME-VERSION-RELEASE.ARCH`, which mic calls a package by: without an epoch.
pub(crate) fn full_name(package: &Installed) -> String {
    let Installed { name, version, arch, .. } = package;
    let version = version.split_once(':').map_or(version.as_str(), |(_, version)| version);
    format!("{name}-{version}.{arch}")
}

/// Writes each package with its files below it.
fn files(said: &str, installed: &[Installed]) -> String {
    let mut of: BTreeMap<String, Vec<&str>> =
        installed.iter().map(|package| (full_name(package), Vec::new())).collect();
    for (package, file) in said.lines().filter_map(|line| line.split_once('\t')) {
        if let Some(files) = of.get_mut(package) {
            files.push(file);
        }
    }
    of.iter().map(|(package, files)| format!("{package}\n    {}\n\n", files.join("\n    "))).collect()
}

/// Writes how many packages have each licence, and which; the most used licence comes first.
fn licences(installed: &[Installed]) -> String {
    let mut of: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for package in installed {
        of.entry(&package.licence).or_default().push(full_name(package));
    }
    let mut of: Vec<_> = of.into_iter().collect();
    of.sort_by_key(|(_, packages)| std::cmp::Reverse(packages.len()));
    let mut text = "Summary:\n".to_owned();
    text.extend(of.iter().map(|(licence, packages)| format!("    - {licence}: {}\n", packages.len())));
    text.push_str("\nDetails:\n");
    for (licence, packages) in of {
        let packages: String = packages.iter().map(|package| format!("        - {package}\n")).collect();
        text.push_str(&format!("    - {licence}:\n{packages}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: &str, licence: &str) -> Installed {
        Installed {
            name: name.into(),
            version: version.into(),
            arch: "noarch".into(),
            licence: licence.into(),
            ..Installed::default()
        }
    }

    #[test]
    fn lists_have_the_form_mic_gives_them() {
        let installed =
            [package("a", "1:2-3", "MIT"), package("b", "1-1", "GPL"), package("c", "1-1", "MIT")];

        assert_eq!(full_name(&installed[0]), "a-2-3.noarch");
        assert_eq!(
            files("a-2-3.noarch\t/x\na-2-3.noarch\t/y\nother\t/z\n", &installed[..2]),
            "a-2-3.noarch\n    /x\n    /y\n\nb-1-1.noarch\n    \n\n"
        );
        assert_eq!(
            licences(&installed),
            "Summary:\n    - MIT: 2\n    - GPL: 1\n\nDetails:\n    - MIT:\n        - a-2-3.noarch\n        - c-1-1.noarch\n\n    \
             - GPL:\n        - b-1-1.noarch\n\n"
        );
    }
}
