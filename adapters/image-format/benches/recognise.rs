//! How long it takes to recognise 300 images, beside the programs OpenGnsys asks: `file`, the decompressor and partclone.info.
//!
//! `cargo bench -p image-format`. The images are made by mke2fs and partclone, and packed by gzip and lzop in turn. The
//! programs are asked as `ogGetImageInfo` asks them, with what it keeps of the image; they are timed on a tenth of the images.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const IMAGES: usize = 300;
const ASKED: usize = IMAGES / 10;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let images = images(folder.path());
    let ours = (0..5).map(|_| timed(|| images.iter().for_each(|image| recognise(image)))).min();
    let ours = ours.expect("five rounds");
    let theirs = timed(|| images[..ASKED].iter().for_each(|image| ask(image))) * (IMAGES / ASKED) as u32;
    println!("{IMAGES} images recognised         {ours:>10.1?}");
    println!("by file, decompressor, partclone.info {theirs:>10.1?}");
    println!("{:.0} times as fast", theirs.as_secs_f64() / ours.as_secs_f64());
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn recognise(image: &Path) {
    let file = File::open(image).expect("an image");
    let length = file.metadata().expect("an image").len();
    let told = image_format::recognise(file, Some(length)).expect("an image");
    assert_eq!(told.restore_bytes, Some(64 << 20));
}

/// Images of a file system of 64 MiB, packed by gzip and lzop in turn.
fn images(folder: &Path) -> Vec<PathBuf> {
    let script = "set -e; cd \"$0\"; export PATH=$PATH:/usr/sbin:/sbin
        truncate -s 64M disk; mke2fs -q -F -t ext4 disk
        partclone.extfs -d0 -F -c -L log -s disk -o image >log2 2>&1
        gzip -1 -c image >gzip; lzop -c image >lzop";
    assert!(shell(script, folder), "mke2fs, partclone, gzip and lzop work");
    let copy = |number: usize| {
        let image = folder.join(format!("{number}.img"));
        std::fs::copy(folder.join(["gzip", "lzop"][number % 2]), &image).expect("a copy");
        image
    };
    (0..IMAGES).map(copy).collect()
}

fn ask(image: &Path) {
    let script = "set -e; c=$(file -b \"$0\" | cut -d' ' -f1); \"$c\" -dc \"$0\" 2>/dev/null | head -n 40 >\"$0.infohead\"
        partclone.info -L \"$0.log\" -s \"$0.infohead\" 2>&1 | grep -q 67.1; rm \"$0.infohead\"";
    assert!(shell(script, image), "the programs know {}", image.display());
}

#[expect(
    clippy::disallowed_methods,
    reason = "this crate uses nothing of the workspace, so no `child` either"
)]
fn shell(script: &str, argument: &Path) -> bool {
    Command::new("sh").arg("-c").arg(script).arg(argument).status().expect("a shell").success()
}
