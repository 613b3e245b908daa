//! The packages a test needs, put into the image for the time of the test.

use imaging::TestRequest;

use crate::guest::{Guest, quoted};
use crate::halt::Halt;
use crate::settings::{PackageManager, Settings};

/// How much is told of what a package manager said.
const TOLD: usize = 15;

/// Installs packages; returns whether there were any.
pub(crate) async fn install(guest: &Guest, request: &TestRequest, settings: &Settings) -> Result<bool, Halt> {
    if request.packages.is_empty() {
        return Ok(false);
    }
    let script = script(settings.package_manager, settings.repository.as_deref(), &request.packages);
    let said = guest.run(&script).await.map_err(|halt| halt.in_test("packages"))?;
    if said.status == 0 {
        return Ok(true);
    }
    let lines: Vec<_> = said.output.lines().rev().take(TOLD).collect();
    let lines: Vec<_> = lines.into_iter().rev().collect();
    let why = format!(
        "the packages of the test cannot be installed: exit status {}\n{}",
        said.status,
        lines.join("\n")
    );
    Err(Halt::test("packages", why))
}

/// Returns what the shell of the guest is to run.
fn script(manager: PackageManager, repository: Option<&str>, packages: &[String]) -> String {
    let (groups, names): (Vec<_>, Vec<_>) = packages.iter().partition(|name| name.starts_with('@'));
    let words = |list: &[&String]| list.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let mut lines = vec!["set -e".to_owned()];
    match manager {
        PackageManager::Zypper => {
            lines.extend(repository.map(|url| format!("zypper -n ar -f -G {} testtools", quoted(url))));
            lines.push("zypper -n ref".into());
            if !names.is_empty() {
                lines.push(format!("zypper -n in --force-resolution {}", words(&names)));
            }
            if !groups.is_empty() {
                let groups: Vec<String> = groups.iter().map(|group| quoted(&group[1..])).collect();
                lines.push(format!("zypper -n in --force-resolution -t pattern {}", groups.join(" ")));
            }
        }
        PackageManager::Dnf => {
            let from = repository.map(|url| format!("--repofrompath=testtools,{url}"));
            let from = from.map(|option| format!("{} --setopt=testtools.gpgcheck=0 ", quoted(&option)));
            lines.push(format!(
                "dnf -y {}install {}",
                from.unwrap_or_default(),
                words(&packages.iter().collect::<Vec<_>>())
            ));
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_package_manager_is_called_in_its_own_way() {
        let packages = ["tests-a".to_owned(), "@suite".to_owned()];
        let url = Some("http://repo/it's");
        assert_eq!(
            script(PackageManager::Zypper, url, &packages),
            "set -e\nzypper -n ar -f -G 'http://repo/it'\\''s' testtools\nzypper -n ref\nzypper -n in --force-resolution \
             'tests-a'\nzypper -n in --force-resolution -t pattern 'suite'\n"
        );
        assert_eq!(
            script(PackageManager::Dnf, None, &packages),
            "set -e\ndnf -y install 'tests-a' '@suite'\n"
        );
    }
}
