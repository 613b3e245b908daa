//! Images of a repository by BitTorrent, as a site has them: the real program, and ctorrent at a client.

mod program;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use program::Site;

/// A running program, killed with the value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A site with a repository and a tracker; ctorrent asks nobody at its own address, which is 127.0.0.1.
struct Room {
    site: Site,
    tracker: String,
    seeder: String,
}

impl Room {
    fn new() -> Room {
        let free = || TcpListener::bind("127.0.0.2:0").unwrap().local_addr().unwrap().to_string();
        let room = Room { site: Site::new(), tracker: free(), seeder: free() };
        std::fs::create_dir(room.site.path().join("repository")).unwrap();
        room
    }

    fn img(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.site.command(arguments);
        let repository = format!("main={}", self.site.path().join("repository").display());
        command.env("IMG_REPOSITORY_FOLDERS", repository).env("IMG_TORRENT_SERVE", "yes");
        command.env("IMG_REPOSITORY_ANNOUNCE", format!("http://{}/announce", self.tracker));
        command.env("IMG_TORRENT_LISTEN", &self.tracker).env("IMG_TORRENT_SEED_LISTEN", &self.seeder);
        command
    }

    /// Starts a program that goes on, with what it says in a file.
    fn start(&self, name: &str, arguments: &[&str]) -> Running {
        let said = std::fs::File::create(self.said(name)).unwrap();
        let mut command = self.img(arguments);
        command.stdout(said.try_clone().unwrap()).stderr(said);
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        Running(command.spawn().unwrap())
    }

    fn said(&self, name: &str) -> PathBuf {
        self.site.path().join(format!("{name}.said"))
    }

    /// Adds the image of a swap partition, the bytes of which are this one.
    fn add(&self, name: &str, byte: u8) -> PathBuf {
        let swap = self.site.path().join(format!("{name}.raw"));
        let mut bytes = vec![byte; 6 << 20];
        bytes[..4096].fill(0);
        bytes[1024..1032].copy_from_slice(&[1, 0, 0, 0, 0xff, 5, 0, 0]); // version 1, and its last page
        bytes[4086..4096].copy_from_slice(b"SWAPSPACE2");
        std::fs::write(&swap, bytes).unwrap();
        let path = swap.to_str().unwrap();
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let added = self.img(&["repo", "add", path, "--name", name]).output().unwrap();
        assert!(added.status.success(), "{added:?}");
        self.site.path().join(format!("repository/images/{name}.img"))
    }

    /// Asks the tracker for something; nothing while nobody is there.
    fn ask(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.tracker).ok()?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        Some(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Waits until the tracker knows so many torrents, so many of which somebody has.
    fn wait(&self, torrents: usize, complete: usize) {
        let start = Instant::now();
        loop {
            let told = self.ask("/scrape").unwrap_or_default();
            let count = |text: &str| told.matches(text).count();
            if count("10:downloaded") == torrents && count("8:completei1e") == complete {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(120), "{torrents}, {complete}: {told}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

/// So many of the images are given away by this program.
fn seeded(images: usize) -> usize {
    if cfg!(feature = "torrent") { images } else { 0 }
}

/// Has ctorrent fetch what a torrent is about.
#[cfg(feature = "torrent")]
fn fetch(torrent: &Path, folder: &Path) -> Vec<u8> {
    std::fs::create_dir_all(folder).unwrap();
    let (own, file) = (folder.join("own.torrent"), folder.join("image"));
    std::fs::copy(torrent, &own).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let words: [&std::ffi::OsStr; 8] = [
        "ctorrent".as_ref(),
        "-e".as_ref(),
        "0".as_ref(),
        "-p".as_ref(),
        port.as_ref(),
        "-s".as_ref(),
        file.as_ref(),
        own.as_ref(),
    ];
    let ran = child::quick(&words).expect("ctorrent is installed (.ci/need test)");
    assert!(ran.status.success(), "{ran:?}");
    std::fs::read(file).unwrap()
}

/// Holds an image against what a client gets of it.
fn fetched(room: &Room, image: &Path) {
    let torrent = image.with_extension("img.torrent");
    assert!(torrent.exists(), "{}", torrent.display());
    #[cfg(feature = "torrent")]
    {
        let folder = room.site.path().join(image.file_stem().unwrap());
        assert!(fetch(&torrent, &folder) == std::fs::read(image).unwrap());
    }
    let _ = room;
}

#[test]
fn img_up_publishes_what_is_in_the_repository_and_what_comes() {
    let room = Room::new();
    let first = room.add("first", 1);
    let _up = room.start("up", &["up"]);
    room.wait(1, seeded(1));
    fetched(&room, &first);

    let second = room.add("second", 2);
    room.wait(2, seeded(2));
    fetched(&room, &second);

    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let removed = room.img(&["repo", "remove", "first"]).output().unwrap();
    assert!(removed.status.success(), "{removed:?}");
    room.wait(1, seeded(1));
}

#[test]
fn img_repo_watch_does_so_unless_img_up_is_there() {
    let room = Room::new();
    let image = room.add("first", 3);
    let first = room.start("first", &["repo", "watch"]);
    room.wait(1, seeded(1));
    fetched(&room, &image);

    let _second = room.start("second", &["repo", "watch"]);
    let start = Instant::now();
    let said = || std::fs::read_to_string(room.said("second")).unwrap();
    while !said().contains("images are watched all the same") {
        assert!(start.elapsed() < Duration::from_secs(60), "{}", said());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(said().contains("choose another by [torrent] listen"), "{}", said());
    drop(first);
}

#[test]
fn without_a_word_of_it_nobody_listens() {
    let room = Room::new();
    let mut command = room.img(&["up"]);
    command.env_remove("IMG_TORRENT_SERVE").env("IMG_LOG", "info");
    command.stderr(std::fs::File::create(room.said("up")).unwrap()).stdout(std::process::Stdio::null());
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let _up = Running(command.spawn().unwrap());
    let start = Instant::now();
    while !std::fs::read_to_string(room.said("up")).unwrap().contains("building what") {
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(room.ask("/scrape"), None);
}

#[cfg(feature = "torrent")]
#[test]
fn why_nothing_can_be_seeded_is_told_with_what_to_do() {
    let room = Room::new();
    let said = |name: &str, value: &str| {
        #[expect(clippy::disallowed_methods, reason = "the program under test")]
        let up = room.img(&["up"]).env(name, value).env("SSL_CERT_DIR", "/nonexistent").output().unwrap();
        assert!(!up.status.success());
        String::from_utf8_lossy(&up.stderr).into_owned()
    };
    let told = said("SSL_CERT_FILE", "/nonexistent");
    assert!(told.contains("install ca-certificates"), "{told}");
    let taken = TcpListener::bind("127.0.0.2:0").unwrap();
    let told = said("IMG_TORRENT_SEED_LISTEN", &taken.local_addr().unwrap().to_string());
    assert!(told.contains("choose another by [torrent] seed_listen"), "{told}");
}
