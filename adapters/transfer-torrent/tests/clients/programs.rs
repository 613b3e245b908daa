//! The real programs.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Makes a torrent as OpenGnsys does.
pub(crate) fn torrent_of(image: &Path, tracker: &str) -> Vec<u8> {
    let scratch = tempfile::tempdir().unwrap();
    let torrent = scratch.path().join("torrent");
    let made = child::quick(&[
        "ctorrent".as_ref(),
        "-t".as_ref(),
        image.as_os_str(),
        "-u".as_ref(),
        tracker.as_ref(),
        "-s".as_ref(),
        torrent.as_os_str(),
        "-l".as_ref(),
        "4194304".as_ref(),
    ]);
    let made = made.expect("ctorrent is installed (.ci/need test)");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
    std::fs::read(torrent).unwrap()
}

/// A client at work; it ends with this value.
pub(crate) struct Client {
    child: Child,
    log: PathBuf,
    /// The file it writes.
    pub(crate) file: PathBuf,
}

impl Client {
    /// Has ctorrent fetch what a torrent is about, and end when it has all.
    pub(crate) fn ctorrent(torrent: &Path, folder: &Path, more: &[&str]) -> Client {
        std::fs::create_dir_all(folder).unwrap();
        let own = folder.join("own.torrent"); // it keeps notes beside it
        std::fs::copy(torrent, &own).unwrap();
        let file = folder.join("image");
        let mut command = Command::new("ctorrent");
        // seeding would go on for 72 hours
        command.args(["-e", "0", "-C", "32", "-p", &free_port(), "-s"]).arg(&file).args(more).arg(&own);
        Client::start(command, folder, file)
    }

    /// Likewise aria2, which looks nowhere but at the tracker.
    pub(crate) fn aria2(torrent: &Path, folder: &Path, name: &str, more: &[&str]) -> Client {
        std::fs::create_dir_all(folder).unwrap();
        let mut command = Command::new("aria2c");
        let alone =
            ["--no-conf", "--enable-dht=false", "--bt-enable-lpd=false", "--enable-peer-exchange=false"];
        command.args(alone).args(["--enable-dht6=false", "--seed-time=0", "--summary-interval=0"]);
        command.args(["--file-allocation=none", "--allow-overwrite=true", "--listen-port", &free_port()]);
        command.arg("--dir").arg(folder).args(more).arg(torrent);
        Client::start(command, folder, folder.join(name))
    }

    fn start(mut command: Command, folder: &Path, file: PathBuf) -> Client {
        let log = folder.join("log");
        let out = std::fs::File::create(&log).unwrap();
        command.stdin(Stdio::null()).stdout(out.try_clone().unwrap()).stderr(out).current_dir(folder);
        command.env("HOME", folder);
        #[expect(clippy::disallowed_methods, reason = "the real client")]
        let child = command.spawn().expect("ctorrent and aria2 are installed (.ci/need test)");
        Client { child, log, file }
    }

    /// What it said.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap()).into_owned()
    }

    /// Waits until it ended; whether it did what it should is the answer.
    pub(crate) async fn ended(&mut self) -> bool {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            assert!(start.elapsed() < Duration::from_secs(120), "it does not end: {}", self.said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until it said something.
    pub(crate) async fn says(&self, text: &str) {
        let start = Instant::now();
        while !self.said().contains(text) {
            assert!(start.elapsed() < Duration::from_secs(60), "it does not say {text:?}: {}", self.said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Kills it; nothing can be said by it any more.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap(); // SIGKILL
        self.child.wait().unwrap();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns a port that was free a moment ago.
fn free_port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string()
}
