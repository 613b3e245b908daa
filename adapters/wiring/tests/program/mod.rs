//! The real program `img` on a state folder of its own.
#![allow(dead_code, reason = "each test file uses another part")]

mod story;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A folder with kickstarts, a state folder and the program.
pub(crate) struct Site {
    pub(crate) folder: tempfile::TempDir,
}

/// What a run of the program came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Site {
    pub(crate) fn new() -> Site {
        Site { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a kickstart.
    pub(crate) fn kickstart(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// Prepares a run of the program; the words are its arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_img"));
        command.args(arguments).current_dir(self.path()).env("IMG_STATE", self.path().join("state"));
        if arguments.first() == Some(&"up") {
            // a service reaches nothing of its machine unless told; these are far from any network
            command.env("IMG_WORKER_LOCAL_SOURCES", "file:///").env("IMG_WORKER_SCRIPTS_NETWORK", "none");
            command.env("IMG_WEB_LISTEN", "127.0.0.1:0"); // tests run side by side
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        Ran::of(&self.command(arguments).output().unwrap())
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        self.command(arguments).spawn().unwrap()
    }

    /// Starts the program with what it says on stderr in a file `NAME.said`, which nobody has to empty.
    pub(crate) fn start_saying(&self, name: &str, arguments: &[&str]) -> Child {
        let said = std::fs::File::create(self.path().join(format!("{name}.said"))).unwrap();
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        self.command(arguments).stdout(Stdio::null()).stderr(said).spawn().unwrap()
    }

    /// The jobs on record, newest first.
    pub(crate) fn jobs(&self) -> Vec<Value> {
        let ran = self.run(&["jobs", "--json", "--limit", "1000"]);
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
    }

    /// Every file and folder of the images, relative, sorted, without the users' layer.
    pub(crate) fn images(&self) -> Vec<String> {
        let base = self.path().join("state/images");
        let mut found = Vec::new();
        let mut folders = vec![base.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(&base).unwrap().to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// Waits until no process is left that was started for this site, and returns those that stay.
    pub(crate) fn processes_after(&self, patience: Duration) -> Vec<String> {
        let deadline = Instant::now() + patience;
        loop {
            let left = self.processes();
            if left.is_empty() || Instant::now() > deadline {
                return left;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    pub(crate) fn processes(&self) -> Vec<String> {
        let mark = self.path().to_string_lossy().into_owned();
        let pids = std::fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().into_string().ok());
        pids.filter(|pid| pid.parse::<u32>().is_ok())
            .filter_map(|pid| {
                let read = |file| std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
                let words =
                    String::from_utf8_lossy(&[read("cmdline"), read("environ")].concat()).replace('\0', " ");
                words
                    .contains(&mark)
                    .then(|| format!("{pid}: {}", words.chars().take(200).collect::<String>()))
            })
            .collect()
    }
}

/// A test that fails says what became of its jobs: what everybody logged, and what is still there.
impl Drop for Site {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", story::of(self));
        }
    }
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Ran {
        Ran {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The one JSON object on stdout.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Waits until the child has said this on stderr; returns all it said until then.
pub(crate) fn wait_for(child: &mut std::process::Child, said: &str) -> String {
    use std::io::{BufRead, BufReader};
    let mut lines = BufReader::new(child.stderr.as_mut().unwrap()).lines();
    let mut heard = String::new();
    while !heard.contains(said) {
        let line = lines.next().unwrap_or_else(|| panic!("it never said {said}:\n{heard}")).unwrap();
        heard.push_str(&line);
        heard.push('\n');
    }
    heard
}

/// The `--repo` option of the repository the images of the tests are made from.
pub(crate) fn demo_repo() -> String {
    format!("demo={}", repository("IMG_DEMO_REPO").display())
}

/// That of the repository with an ssh server and a kernel that knows the network and 9p.
pub(crate) fn vm_repo() -> String {
    format!("vm={}", repository("IMG_VM_REPO").display())
}

/// The folder of a repository, which a variable names.
pub(crate) fn repository(variable: &str) -> PathBuf {
    let folder = std::env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: run the tests by `make test`, which makes the repository")
    });
    std::path::absolute(folder).unwrap()
}

/// Makes a key pair; returns the public half.
pub(crate) fn make_key(key: &Path) -> String {
    #[expect(clippy::disallowed_methods, reason = "as people make their keys")]
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(key).status();
    assert!(made.unwrap().success());
    std::fs::read_to_string(key.with_extension("pub")).unwrap().trim_end().to_owned()
}

/// A file of the workspace.
pub(crate) fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
