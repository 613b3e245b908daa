//! A Python that has the library of `participant.py`, in a folder of its own below target.

use std::path::{Path, PathBuf};
use std::process::Command;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/workitems");

/// Returns the interpreter; the library is fetched once.
pub(crate) fn with_amqp() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-amqp");
    let python = folder.join("bin/python");
    let wanted = Path::new(HERE).join("requirements.txt");
    let mark = folder.join("has");
    let read = |file: &Path| std::fs::read(file).ok();
    if read(&mark).is_none() || read(&mark) != read(&wanted) {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&wanted));
        std::fs::copy(&wanted, &mark).expect("the folder can be written");
    }
    python
}

/// The program that interpreter runs.
pub(crate) fn program() -> PathBuf {
    Path::new(HERE).join("participant.py")
}

fn run(command: &mut Command) {
    #[expect(clippy::disallowed_methods, reason = "the bench prepares its Python")]
    let status = command.status();
    let status = status.unwrap_or_else(|error| panic!("{command:?}: {error}; `.ci/need bench` installs it"));
    assert!(status.success(), "{command:?} failed; `.ci/need bench` installs what it needs");
}
