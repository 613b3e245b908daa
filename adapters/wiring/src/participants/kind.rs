//! The participants this program has, by name.

use std::sync::Arc;

use anyhow::{Result, bail};
use config::Configuration;
use participant_core::Participant;
use participant_core::exo::Running;

use super::stoppable::{SiteWishes, Stoppable};
use super::{
    build_image, build_ks, incorporate_image, make_vdi, request_image, test_image, update_image_status,
    update_symlinks,
};
use crate::machine::Builders;
use crate::site;
use crate::state::State;

/// This program, as far as its participants need to know it.
#[derive(Debug)]
pub(crate) struct Host {
    /// The folder of its own.
    pub(crate) state: State,
    /// What makes images.
    pub(crate) builders: Builders,
    /// A name no other running program has.
    pub(crate) owner: String,
    /// Who runs it.
    pub(crate) user: String,
    /// The workitems it works on.
    pub(crate) running: Running,
}

/// A participant of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    BuildImage,
    BuildKs,
    IncorporateImage,
    MakeVdi,
    RequestImage,
    TestImage,
    UpdateImageStatus,
    UpdateSymlinks,
}

/// What SkyNET called test_image.
const OLD_TEST_IMAGE: &str = "test_vm_image";

impl Kind {
    pub(crate) const ALL: [Kind; 8] = [
        Kind::BuildImage,
        Kind::BuildKs,
        Kind::IncorporateImage,
        Kind::MakeVdi,
        Kind::RequestImage,
        Kind::TestImage,
        Kind::UpdateImageStatus,
        Kind::UpdateSymlinks,
    ];

    /// Returns the one name it has everywhere.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::BuildImage => "build_image",
            Kind::BuildKs => "build_ks",
            Kind::IncorporateImage => "incorporate_image",
            Kind::MakeVdi => "make_vdi",
            Kind::RequestImage => "request_image",
            Kind::TestImage => "test_image",
            Kind::UpdateImageStatus => "update_image_status",
            Kind::UpdateSymlinks => "update_symlinks",
        }
    }

    /// Returns what it does, in a few words.
    pub(crate) fn does(self) -> &'static str {
        match self {
            Kind::BuildImage => "makes an image from the kickstart of the workitem",
            Kind::BuildKs => "finds or makes a kickstart, and adds repositories, packages and groups",
            Kind::IncorporateImage => "publishes a finished image in a repository of OpenGnsys",
            Kind::MakeVdi => "turns the raw disk of an image into one of a virtual machine",
            Kind::TestImage => "boots an image in a virtual machine and runs tests in it",
            Kind::RequestImage => "records that an image is wanted, and names it",
            Kind::UpdateImageStatus => "records what has become of an image",
            Kind::UpdateSymlinks => "points names of releases at what their projects are built against",
        }
    }

    /// Finds the participant that is configured as `name`: `code`, SkyNET's program file, says which it is when it is one
    /// of these, as `build_image.py` run under the name `build_image_arm`; else the name does.
    pub(crate) fn find(name: &str, code: Option<&str>) -> Result<Kind> {
        let known = |name: &str| {
            let name = if name == OLD_TEST_IMAGE { Kind::TestImage.name() } else { name };
            Kind::ALL.into_iter().find(|kind| kind.name() == name)
        };
        if let Some(kind) = code.and_then(|code| known(name_of_code(code))).or_else(|| known(name)) {
            return Ok(kind);
        }
        let names: Vec<_> = Kind::ALL.into_iter().map(Kind::name).collect();
        bail!(
            "this program has no participant `{name}`; it has {}. For one of them under another name, say which in {name}.conf: \
             [participant] code = build_image",
            names.join(", ")
        )
    }

    /// Notes what is wrong with what it needs of a configuration, without opening anything.
    pub(crate) fn check(self, site: &mut Configuration) {
        match self {
            Kind::RequestImage | Kind::UpdateImageStatus => {
                site::database(site);
            }
            Kind::BuildImage => {
                site.program("worker", "post_creation");
                site::database(site);
            }
            Kind::IncorporateImage => {
                site::repositories(site);
            }
            Kind::BuildKs | Kind::MakeVdi | Kind::TestImage | Kind::UpdateSymlinks => {} // the form of each value was checked when it was read
        }
    }

    /// Makes it from its configuration.
    pub(crate) async fn make(self, site: &mut Configuration, host: &Host) -> Result<Arc<dyn Participant>> {
        match self {
            Kind::BuildImage => {
                let wishes = Arc::new(SiteWishes::of_site(site, host));
                Ok(Arc::new(Stoppable::new(build_image::of_site(site, host), wishes, host.running.clone())))
            }
            Kind::BuildKs => build_ks::of_site(site),
            Kind::IncorporateImage => {
                let repositories = site::repositories(site);
                Ok(incorporate_image::of_site(site, repositories, host))
            }
            Kind::MakeVdi => Ok(make_vdi::of_site(site, host)),
            Kind::TestImage => Ok(test_image::of_site(site, host)),
            Kind::RequestImage => request_image::of_site(site, host).await,
            Kind::UpdateImageStatus => update_image_status::of_site(site, host).await,
            Kind::UpdateSymlinks => update_symlinks::of_site(site, host),
        }
    }
}

/// Returns the name a program file stands for: `build_image` for `/usr/share/boss-skynet/build_image.py`.
pub(crate) fn name_of_code(code: &str) -> &str {
    let file = code.rsplit('/').next().unwrap_or_default();
    file.strip_suffix(".py").unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn a_participant_is_found_by_its_name_or_its_code() {
        for (name, code, expected) in [
            ("build_ks", None, Some(Kind::BuildKs)),
            ("build_ks", Some("/usr/share/x.py"), Some(Kind::BuildKs)),
            ("arm", Some("/usr/share/boss-skynet/build_image.py"), Some(Kind::BuildImage)),
            ("arm", Some("build_image"), Some(Kind::BuildImage)),
            ("build_image", Some("build_ks.py"), Some(Kind::BuildKs)),
            ("test_vm_image", None, Some(Kind::TestImage)),
            ("vm", Some("/usr/share/boss-skynet/test_vm_image.py"), Some(Kind::TestImage)),
            ("arm", Some("mine.py"), None),
            ("arm", None, None),
        ] {
            assert_eq!(Kind::find(name, code).ok(), expected, "{name} {code:?}");
        }
    }
}
