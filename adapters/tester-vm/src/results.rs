//! The folder of results while a test runs.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use imaging::{TestReport, TestRequest};
use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use qemu::Machine;
use workbench::{Claim, Workbench};

/// What the folder is called meanwhile.
const NAME: &str = ".results.testing";

/// What the serial console of the machine printed.
const CONSOLE: &str = "console.log";

/// A hidden folder beside the image that becomes the one of results.
pub(crate) struct Results {
    bench: Workbench,
    above: File,
}

impl Results {
    /// Makes it anew.
    pub(crate) async fn make(claim: &Claim) -> io::Result<Results> {
        let bench = Workbench::make(claim, NAME).await?;
        bench.folder().set_permissions(fs::Permissions::from_mode(0o755))?; // web servers read it
        Ok(Results { bench, above: claim.folder().try_clone()? })
    }

    /// Has a machine write here and nowhere else.
    pub(crate) fn in_it(&self, machine: Machine) -> Machine {
        let folder = beneath::of_ours(self.bench.folder());
        let console = Some(folder.join(CONSOLE));
        Machine { folder, console, ..machine }
    }

    /// Writes a report, and lets the folder be that of the results, as a whole, in the place of an older one.
    pub(crate) fn publish(&self, report: &TestReport) -> io::Result<()> {
        for (name, text) in [(TestRequest::JUNIT, report.junit()), (TestRequest::JSON, report.json())] {
            let mut file = File::create_new(self.bench.path(name))?;
            file.write_all(text.as_bytes())?;
            file.set_permissions(fs::Permissions::from_mode(0o644))?;
            file.sync_all()?;
        }
        if let Ok(console) = beneath::file(self.bench.folder(), Path::new(CONSOLE)) {
            console.set_permissions(fs::Permissions::from_mode(0o644))?;
        }
        self.bench.folder().sync_all()?;
        let above = beneath::of(&self.above);
        let (new, old) = (above.join(NAME), above.join(TestRequest::RESULTS));
        match fs::symlink_metadata(&old) {
            Ok(_) => renameat2(AT_FDCWD, &new, AT_FDCWD, &old, RenameFlags::RENAME_EXCHANGE)?,
            Err(_) => fs::rename(new, old)?,
        }
        self.above.sync_all()
    }

    /// Removes what still has the hidden name: this folder, or the older results.
    pub(crate) async fn clear(&self) -> io::Result<()> {
        self.bench.clear().await
    }
}
