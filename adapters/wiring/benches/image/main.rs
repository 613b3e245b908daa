//! How long an image takes, beside `dnf --installroot` alone and what one would do by hand.
//!
//! `cargo bench -p wiring --bench image`. The repository, some 200 packages of this Debian, is made once below the target
//! folder and served on a loopback address. In each round (`IMG_BENCH_ROUNDS`, 3 unless told) every contender runs with an
//! empty cache of packages, then again; `-- raw livecd` measures these alone, beside dnf. Everything is written below the
//! target folder, or below `IMG_BENCH_STORAGE`. What is done by hand needs root, to mount.

mod contender;
mod server;
mod table;

use std::path::{Path, PathBuf};

use child::{BareHost, Listen, Place, Task};
use contender::{ALL, Contender, Scene};
use place_userns::Userns;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let root = nix::unistd::geteuid().is_root();
    let wanted = |contender: &&Contender| {
        let name = contender.name();
        let named = asked.is_empty() || asked.iter().any(|word| name.contains(word.as_str()));
        **contender == Contender::Dnf || named && (root || !matches!(contender, Contender::Naive(..)))
    };
    let contenders: Vec<Contender> = ALL.iter().filter(wanted).copied().collect();
    let rounds: usize =
        std::env::var("IMG_BENCH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let scene = prepare().await;

    let mut found =
        [false, true].map(|_| contenders.iter().map(|one| (*one, Vec::new())).collect::<Vec<_>>());
    for _ in 0..rounds {
        for (number, contender) in contenders.iter().enumerate() {
            for (cold, kept) in [true, false].into_iter().zip(&mut found) {
                kept[number].1.push(contender.run(&scene, cold).await);
            }
        }
    }
    scene.place.remove(&scene.storage).await.expect("the folder of the bench can be removed");

    println!(
        "{rounds} rounds, on {}; the median, in parentheses the least and the most",
        scene.storage.display()
    );
    for (cache, found) in ["cold", "warm"].into_iter().zip(&found) {
        table::print(cache, found);
    }
    for (cache, found) in ["cold", "warm"].into_iter().zip(&found) {
        table::print_steps(cache, found);
    }
    if !root {
        println!("\nnot by hand: that mounts, which needs root");
    }
}

/// Makes the repositories that are not there yet, and serves ours.
async fn prepare() -> Scene {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/image");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| here.join("../../../../target"), PathBuf::from);
    std::fs::create_dir_all(&target).expect("a folder");
    let target = target.canonicalize().expect("a folder");
    let (demo, repo) = (target.join("demo-repo"), target.join("bench-repo"));
    script(&here.join("../../../../examples/demo/make-repo"), &[&demo]).await;
    script(&here.join("make-repo"), &[&repo, &demo]).await;
    let storage = std::env::var_os("IMG_BENCH_STORAGE")
        .map_or_else(|| target.clone(), PathBuf::from)
        .join("bench-image");
    let place = Userns::new();
    place.remove(&storage).await.expect("what an earlier bench left can be removed");
    std::fs::create_dir_all(&storage).expect("a folder");
    Scene { storage, url: server::serve(repo).expect("a free port"), here, place }
}

/// Runs a script that makes a repository, and shows what it says.
async fn script(script: &Path, arguments: &[&Path]) {
    let mut task = Task::new([script]);
    task.argv.extend(arguments.iter().map(Into::into));
    let listen = Listen {
        log: Path::new("/dev/null"),
        line: &|line| println!("{line}"),
        stop: CancellationToken::new(),
    };
    let ended = BareHost.run(&task, &listen).await.expect("it starts");
    assert!(ended.well(), "{}: {}", script.display(), ended.status);
}
