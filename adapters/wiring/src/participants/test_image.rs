//! `test_image`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use config::Configuration;
use imaging::BaseUrl;
use participant_core::Participant;
use qemu::Accel;
use test_image::TestImage;
use tester_vm::{PackageManager, Settings, VmTester};

use super::kind::Host;
use super::make_vdi::images_of;

/// Makes the participant from `[tester]`.
pub(crate) fn of_site(site: &Configuration, host: &Host) -> Arc<dyn Participant> {
    let (base_dir, base_url) = images_of(site, "tester", host);
    of_images(site, base_dir, base_url)
}

/// Makes the participant for the images below a folder.
pub(super) fn of_images(site: &Configuration, base_dir: PathBuf, base_url: BaseUrl) -> Arc<dyn Participant> {
    Arc::new(TestImage { tester: Box::new(VmTester::new(base_dir, settings(site))), base_url })
}

fn settings(site: &Configuration) -> Settings {
    let text = |key| site.text("tester", key).filter(|text| !text.is_empty());
    let word = |key| text(key).unwrap_or_default().to_lowercase();
    let seconds = |key| site.number("tester", key).map(Duration::from_secs);
    let usual = Settings::default();
    Settings {
        script: text("test_script").map(PathBuf::from),
        user: text("test_user").unwrap_or(usual.user),
        password: text("test_pass"),
        key: text("vm_priv_ssh_key").map(PathBuf::from),
        kernel: text("vm_kernel").map(PathBuf::from),
        wait: seconds("vm_wait").unwrap_or(usual.wait),
        silence: usual.silence,
        limit: seconds("timeout").unwrap_or(usual.limit),
        package_manager: match word("package_manager").as_str() {
            "dnf" => PackageManager::Dnf,
            _ => PackageManager::Zypper,
        },
        repository: text("testtools_repourl"),
        accel: match word("vm_accel").as_str() {
            "kvm" => Accel::Kvm,
            "tcg" => Accel::Tcg,
            _ => Accel::Auto,
        },
    }
}
