//! pykickstart beside us, in a virtual environment of its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/kickstarts/beside.py");

/// A Python that has pykickstart.
pub(super) struct Beside {
    python: PathBuf,
    version: String,
}

impl Beside {
    /// Makes the environment unless it is there; `None` where that is impossible.
    pub(super) fn install() -> Option<Beside> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pykickstart");
        let python = folder.join("bin/python");
        let pip = folder.join("bin/pip");
        if !pip.exists() {
            output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        }
        output(Command::new(&pip).args(["install", "--quiet", "pykickstart"]))?;
        let found = output(Command::new(&pip).args(["show", "pykickstart"]))?;
        let found = String::from_utf8_lossy(&found.stdout).into_owned();
        let version = found.lines().find_map(|line| line.strip_prefix("Version: "))?.to_owned();
        Some(Beside { python, version })
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Returns the least time in which it does the work on all texts, once it is started.
    pub(super) fn work(&self, texts: &[String], rounds: usize) -> Duration {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("texts");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (number, text) in texts.iter().enumerate() {
            std::fs::write(folder.join(format!("{number}.ks")), text).expect("a file");
        }
        let said = output(Command::new(&self.python).arg(SCRIPT).arg(rounds.to_string()).arg(&folder));
        let said = String::from_utf8_lossy(&said.expect("pykickstart takes the texts").stdout).into_owned();
        Duration::from_secs_f64(said.trim().parse().expect("seconds"))
    }

    /// Starts it for one file.
    pub(super) fn once(&self, file: &Path) {
        run(&self.python, &[SCRIPT.as_ref(), "1".as_ref(), file.as_os_str()]);
    }
}

/// Runs a program to its end.
pub(super) fn run(program: &Path, arguments: &[&OsStr]) {
    output(Command::new(program).args(arguments)).expect("it ends well");
}

#[expect(clippy::disallowed_methods, reason = "another program is measured, nothing is built")]
fn output(command: &mut Command) -> Option<Output> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().ok()?;
    output.status.success().then_some(output)
}
