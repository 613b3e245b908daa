//! What is measured: images of ours, and what one would do without us.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use child::{BareHost, Listen, Network, Place, Shown, Sight, Task};
use place_userns::Userns;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// One way to make something of the packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contender {
    /// `dnf --installroot` alone, in one call, in the same kind of namespace as ours.
    Dnf,
    /// `img build` with these words.
    Ours(&'static str, &'static [&'static str]),
    /// The script `naive` with this word; as root only.
    Naive(&'static str, &'static str),
}

/// All of them, in the order they take turns.
pub(crate) const ALL: &[Contender] = &[
    Contender::Dnf,
    Contender::Ours("raw", &["--type", "raw"]),
    Contender::Ours("loop", &["--type", "loop"]),
    Contender::Ours("fs, tar.zst", &["--type", "fs", "--pack-to", "@NAME@.tar.zst"]),
    Contender::Ours("fs, tar.gz", &["--type", "fs", "--pack-to", "@NAME@.tar.gz"]),
    Contender::Ours("fs, tar.bz2", &["--type", "fs", "--pack-to", "@NAME@.tar.bz2"]),
    Contender::Ours("livecd", &["--type", "livecd"]),
    Contender::Naive("by hand: raw", "raw"),
    Contender::Naive("by hand: tar, bzip2", "tar"),
];

/// What one run took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Took {
    pub(crate) wall: Duration,
    /// Ours: how long each step took, in milliseconds.
    pub(crate) steps: Vec<(String, u64)>,
}

/// Where everything happens.
pub(crate) struct Scene {
    /// The folder of all that is written.
    pub(crate) storage: PathBuf,
    /// The address of the repository.
    pub(crate) url: String,
    /// The folder of this bench.
    pub(crate) here: PathBuf,
    pub(crate) place: Userns,
}

impl Contender {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Contender::Dnf => "dnf alone",
            Contender::Ours(name, _) | Contender::Naive(name, _) => name,
        }
    }

    /// Runs once; `cold` means that no package was downloaded before.
    pub(crate) async fn run(self, scene: &Scene, cold: bool) -> Took {
        let cache = scene.storage.join(match self {
            Contender::Dnf => "cache-dnf",
            Contender::Ours(..) => "state/cache",
            Contender::Naive(..) => "cache-naive",
        });
        if cold {
            scene.place.remove(&cache).await.expect("the cache can be removed");
        }
        nix::unistd::sync(); // what others have written is not our business
        let took = match self {
            Contender::Dnf => scene.dnf(&cache).await,
            Contender::Ours(_, words) => scene.ours(words).await,
            Contender::Naive(_, kind) => scene.naive(kind, &cache).await,
        };
        for left in ["work", "state/images"] {
            scene.place.remove(&scene.storage.join(left)).await.expect("what was made can be removed");
        }
        took
    }
}

impl Scene {
    async fn ours(&self, words: &[&str]) -> Took {
        let mut task = Task::new([env!("CARGO_BIN_EXE_img"), "build", "--json"]);
        task.argv.push(self.here.join("bench.ks").into());
        task.argv.extend(["--repo".into(), format!("bench={}", self.url).into()]);
        task.argv.extend(["--state".into(), self.storage.join("state").into()]);
        task.argv.extend(words.iter().map(Into::into));
        task.keep_output = Some(1 << 20);
        let (mut took, output) = measure(&BareHost, &task).await;
        let answer: Value = serde_json::from_slice(&output).expect("JSON");
        let steps = answer["steps"].as_array().cloned().unwrap_or_default();
        let step = |step: &Value| Some((step["step"].as_str()?.to_owned(), step["ms"].as_u64()?));
        took.steps = steps.iter().filter_map(step).collect();
        took
    }

    async fn dnf(&self, cache: &Path) -> Took {
        let work = self.storage.join("work");
        self.place.make_folder(&work).await.expect("a folder");
        if !cache.exists() {
            self.place.make_folder(cache).await.expect("a folder");
        }
        let writes = vec![Shown::at(&work, "/build"), Shown::at(cache, "/cache")];
        let sight = Sight { writes, network: Network::Host, ..Sight::default() };
        let prepare = "mkdir -p -m 0755 root/proc root/dev home log && echo '[main]' >dnf.conf && \
                       printf '%%_dbpath /var/lib/rpm\\n%%__file_context_path %%{nil}\\n%%_netsharedpath /proc\\n' >home/.rpmmacros";
        let mut prepare = Task::new(["sh", "-c", prepare]).sees(sight.clone());
        prepare.cwd = "/build".into();
        measure(&self.place, &prepare).await;
        let mut dnf =
            Task::new(["dnf", "--assumeyes", "--config=/build/dnf.conf", "--installroot=/build/root"]);
        dnf.argv.push(format!("--repofrompath=bench,{}", self.url).into());
        let words = "--releasever=1 --forcearch=x86_64 --nogpgcheck --noplugins --color=never --setopt=reposdir=/dev/null \
                     --setopt=varsdir=/dev/null --setopt=cachedir=/../cache --setopt=logdir=/../build/log \
                     --setopt=persistdir=/build/root/var/lib/dnf --setopt=keepcache=1 --setopt=skip_if_unavailable=0 \
                     --setopt=best=1 --setopt=install_weak_deps=False install @bench";
        dnf.argv.extend(words.split_whitespace().map(Into::into));
        dnf = dnf.sees(Sight { furnished: vec!["/build/root".into()], ..sight }).env("HOME", "/build/home");
        measure(&self.place, &dnf).await.0
    }

    async fn naive(&self, kind: &str, cache: &Path) -> Took {
        // mounts and processes end with it, whatever happens
        let mut task = Task::new(["unshare", "--mount", "--pid", "--fork", "--kill-child"]);
        task.argv.extend([self.here.join("naive").into(), kind.into(), self.storage.join("work").into()]);
        task.argv.extend([cache.into(), self.url.clone().into()]);
        measure(&BareHost, &task).await.0
    }
}

/// Runs what must succeed.
async fn measure(place: &dyn Place, task: &Task) -> (Took, Vec<u8>) {
    let listen = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let begun = Instant::now();
    let ended = place.run(task, &listen).await.expect("it starts");
    let took = Took { wall: begun.elapsed(), steps: Vec::new() };
    assert!(ended.well(), "{}: {}\n{}", task.program(), ended.status, ended.tail);
    (took, ended.output)
}
