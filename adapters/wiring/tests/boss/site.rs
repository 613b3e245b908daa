//! A folder with the configuration of a site, and the programs that run by it.

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::engine::Place;

pub(crate) struct Site {
    folder: tempfile::TempDir,
}

/// A program in the background; killed with the value.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) log: PathBuf,
}

impl Site {
    /// Writes a skynet.conf for a virtual host; `more` is what follows the values of `[boss]`.
    pub(crate) fn new(vhost: &str, more: &str) -> Site {
        let Place { host, password } = Place::of_suite();
        let site = Site { folder: tempfile::tempdir().unwrap() };
        let boss = format!(
            "[boss]\namqp_host = {host}\namqp_user = img\namqp_pwd = {password}\namqp_vhost = {vhost}\n"
        );
        site.write("skynet.conf", &format!("{boss}{more}"));
        site
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    }

    /// Prepares a run of the program with our configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_img"));
        command
            .args(arguments)
            .current_dir(self.path())
            .env("IMG_CONFIG", self.path().join("skynet.conf"))
            .env("IMG_STATE", self.path().join("state"))
            .env("IMG_WORKER_LOCAL_SOURCES", "file:///")
            .env("IMG_WORKER_SCRIPTS_NETWORK", "none")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn img(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code(), text(stdout), text(stderr))
    }

    /// Starts `img participant run …`, in a group of its own as systemd does.
    pub(crate) fn run(&self, names: &[&str]) -> Program {
        self.run_with(names, &[])
    }

    /// The same, with something in the environment.
    pub(crate) fn run_with(&self, names: &[&str], environment: &[(&str, &str)]) -> Program {
        let log = self.path().join(format!("{}.log", uuid::Uuid::new_v4().simple()));
        let mut command = self.command(&["participant", "run"]);
        command
            .args(names)
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(File::create(&log).unwrap());
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let child = command.spawn().unwrap();
        Program { child, log }
    }
}

impl Program {
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until it has written these words to its log.
    pub(crate) fn says(&self, words: &str, patience: Duration) {
        let start = Instant::now();
        while !self.log().contains(words) {
            assert!(start.elapsed() < patience, "it does not say `{words}`:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
    }

    /// Waits for its end and returns its exit status.
    pub(crate) fn ended(&mut self, patience: Duration) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < patience, "it does not end:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("its log was:\n{}", self.log());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
