//! How long it takes to publish an image of 1 GB, beside the programs OpenGnsys runs one after another: md5sum of its end,
//! md5sum of all of it, ctorrent.
//!
//! `cargo bench -p repository`. Each takes its turn three times, with the image in memory and without; the best counts.
//! `IMG_BENCH_MB` makes the image smaller. The folder is on the disk of the target folder, unless `IMG_BENCH_FOLDER` says
//! where.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use imaging::testing::{Unwatched, small_image};
use imaging::{CanonicalName, ImageRepository, Incoming, Removal, RepositoryName, Tended};
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use repository::{RepositoryDir, Settings};

const ROUNDS: usize = 3;

struct Scene {
    folder: tempfile::TempDir,
    repository: RepositoryDir,
    source: PathBuf,
}

#[tokio::main]
async fn main() {
    let megabytes: usize = std::env::var("IMG_BENCH_MB").map_or(1024, |text| text.parse().expect("a number"));
    let above = std::env::var_os("IMG_BENCH_FOLDER")
        .map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
    let scene = Scene::new(&above, megabytes);
    println!("an image of {megabytes} MiB            ours    theirs");
    for (cached, name) in [(true, "in memory"), (false, "on the disk")] {
        let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
        let (mut ours_in, mut theirs_in) = (Duration::MAX, Duration::MAX);
        for _ in 0..ROUNDS {
            theirs = theirs.min(scene.programs(cached));
            ours = ours.min(scene.tend(cached).await);
            theirs_in = theirs_in.min(scene.copy_and_programs(cached));
            ours_in = ours_in.min(scene.incorporate(cached).await);
        }
        line(&format!("published, {name}"), ours, theirs);
        line(&format!("copied in, {name}"), ours_in, theirs_in);
    }
}

fn line(what: &str, ours: Duration, theirs: Duration) {
    let times = theirs.as_secs_f64() / ours.as_secs_f64();
    println!(
        "{what:<26} {:>6.2} s  {:>6.2} s   {times:.1} times as fast",
        ours.as_secs_f64(),
        theirs.as_secs_f64()
    );
}

impl Scene {
    fn new(above: &Path, megabytes: usize) -> Scene {
        let folder = tempfile::tempdir_in(above).expect("a folder");
        let settings = Settings { settle: Duration::ZERO, ..Settings::default() };
        let name = RepositoryName::parse("bench").expect("a name");
        let repository = RepositoryDir::new(name, folder.path().to_owned(), settings);
        std::fs::create_dir(folder.path().join("images")).expect("a folder");
        let source = folder.path().join("source");
        let mut file = File::create(&source).expect("a file");
        let mut number = 0x9e37_79b9_7f4a_7c15_u64;
        let mut block = small_image(1);
        for _ in 0..megabytes * 16 {
            file.write_all(&block).expect("room on the disk");
            for eight in block.chunks_exact_mut(8) {
                number ^= number << 13;
                number ^= number >> 7;
                number ^= number << 17;
                eight.copy_from_slice(&number.to_le_bytes());
            }
        }
        file.sync_all().expect("a disk");
        Scene { folder, repository, source }
    }

    /// Sees to it that a file is in memory, or not.
    fn prepare(&self, file: &Path, cached: bool) {
        let mut open = File::open(file).expect("a file");
        open.sync_all().expect("a disk");
        if cached {
            std::io::copy(&mut open, &mut std::io::sink()).expect("a file");
        } else {
            posix_fadvise(open.as_fd(), 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED).expect("a file");
        }
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("images/bench.img")
    }

    /// Puts the image where it will be published, without anything beside it.
    async fn put(&self) {
        self.clear().await;
        std::fs::hard_link(&self.source, self.image()).expect("a second name");
    }

    async fn clear(&self) {
        let image = imaging::ImagePath::new("bench.img").expect("a path");
        let _ = self.repository.remove(&image, Removal::ForGood).await;
        let _ = std::fs::remove_file(self.image());
    }

    async fn tend(&self, cached: bool) -> Duration {
        self.put().await;
        self.prepare(&self.source, cached);
        let start = Instant::now();
        let news = self.repository.tend(&Unwatched).await.expect("a repository");
        let took = start.elapsed();
        assert!(matches!(&news[..], [Tended::Published(_)]), "{news:?}");
        took
    }

    async fn incorporate(&self, cached: bool) -> Duration {
        self.clear().await;
        self.prepare(&self.source, cached);
        let incoming = Incoming::file(&self.source, CanonicalName::parse("bench").expect("a name"));
        let start = Instant::now();
        self.repository.incorporate(&incoming, &Unwatched).await.expect("an image");
        start.elapsed()
    }

    fn programs(&self, cached: bool) -> Duration {
        self.prepare(&self.source, cached);
        self.shell("work=source")
    }

    fn copy_and_programs(&self, cached: bool) -> Duration {
        self.prepare(&self.source, cached);
        let took = self.shell("work=copy; cp source copy; sync copy");
        std::fs::remove_file(self.folder.path().join("copy")).expect("a copy");
        took
    }

    /// What torrent-creator runs.
    fn shell(&self, before: &str) -> Duration {
        let script = format!(
            "set -e; {before}; tail -c1M $work | md5sum -b | cut -f1 -d' ' >$work.sum
             full=$(md5sum -b $work | cut -f1 -d' '); echo $full >$work.full.sum; rm -f $work.torrent
             ctorrent -t $work -u http://127.0.0.1:6969/announce -s $work.torrent -c $full -l 4194304 >/dev/null"
        );
        let start = Instant::now();
        #[expect(clippy::disallowed_methods, reason = "a bench measures other programs")]
        let status = Command::new("sh").args(["-c", &script]).current_dir(self.folder.path()).status();
        let took = start.elapsed();
        assert!(
            status.is_ok_and(|status| status.success()),
            "md5sum and ctorrent work: .ci/need bench installs them"
        );
        took
    }
}
