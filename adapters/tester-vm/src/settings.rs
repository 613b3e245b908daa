//! How a site tests.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use qemu::Accel;

use crate::halt::Halt;

/// A script is a page or two; what is more was not meant.
const LARGEST_SCRIPT: u64 = 256 << 10;

/// How images are tested.
#[derive(Clone)]
pub struct Settings {
    /// The script that is run in the image.
    pub script: Option<PathBuf>,
    /// Who runs it.
    pub user: String,
    /// The password by which the serial console lets that user in; none where it asks for none.
    pub password: Option<String>,
    /// The private key by which ssh lets that user in; without one the serial console is used.
    pub key: Option<PathBuf>,
    /// The kernel the image is booted with, in the place of its own boot loader.
    pub kernel: Option<PathBuf>,
    /// How long it may take to answer.
    pub wait: Duration,
    /// How long it may say nothing by ssh, once it has answered, until it is taken for one that hangs.
    pub silence: Duration,
    /// How long all of it may take.
    pub limit: Duration,
    /// What installs packages in the image.
    pub package_manager: PackageManager,
    /// A repository it gets for that.
    pub repository: Option<String>,
    /// Whether the processors are real.
    pub accel: Accel,
}

/// What installs packages in an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PackageManager {
    /// zypper.
    #[default]
    Zypper,
    /// dnf.
    Dnf,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            script: None,
            user: "root".into(),
            password: None,
            key: None,
            kernel: None,
            wait: Duration::from_secs(180),
            silence: qemu::SILENCE,
            limit: Duration::from_secs(3600),
            package_manager: PackageManager::default(),
            repository: None,
            accel: Accel::Auto,
        }
    }
}

impl Settings {
    /// Reads the script.
    pub(crate) fn script(&self) -> Result<String, Halt> {
        let path = self.script.as_ref().ok_or_else(|| {
            Halt::Failed("[tester] test_script does not say what runs the tests in the image".into())
        })?;
        let shown = path.display();
        let wrong =
            |why: &dyn std::fmt::Display| Halt::Failed(format!("[tester] test_script {shown}: {why}"));
        let mut script = String::new();
        let file = File::open(path).map_err(|error| wrong(&error))?;
        let read = file.take(LARGEST_SCRIPT + 1).read_to_string(&mut script);
        read.map_err(|error| wrong(&error))?;
        if script.len() as u64 > LARGEST_SCRIPT {
            return Err(wrong(&format!(
                "it is larger than {} KiB: have it fetch what it runs",
                LARGEST_SCRIPT >> 10
            )));
        }
        Ok(script)
    }

    /// Looks whether ssh will take the key, before a machine boots for it.
    pub(crate) fn check_key(&self) -> Result<(), Halt> {
        let Some(key) = &self.key else { return Ok(()) };
        let wrong = |bad| Halt::Failed(format!("[tester] vm_priv_ssh_key {} {bad}", key.display()));
        qemu::check_key(key).map_err(wrong)
    }

    /// Returns what a test is called that says nothing of itself.
    pub(crate) fn script_name(&self) -> String {
        let name = self.script.as_ref().and_then(|path| path.file_stem());
        name.map_or_else(|| "script".into(), |name| name.to_string_lossy().into_owned())
    }
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Settings")
            .field("script", &self.script)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}
