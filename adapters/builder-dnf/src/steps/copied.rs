//! Files of the image taken out of it, with its own links followed inside of it.

use std::path::Path;

use crate::halt::Halt;
use crate::workshop::Workshop;

/// Copies files by the Python that dnf itself runs on; prints the numbers of those that cannot be.
///
/// What is written is opened first, then the image is all there is: no link of it leads out.
const COPY: &str = "import os, shutil, sys\n\
    root = sys.argv[1]\n\
    words = sys.stdin.read().split('\\0')\n\
    pairs = list(zip(words[::2], words[1::2]))\n\
    targets = [open(target, 'xb') for _, target in pairs]\n\
    os.chroot(root)\n\
    os.chdir('/')\n\
    for number, ((source, _), target) in enumerate(zip(pairs, targets)):\n    \
        if os.path.isfile(source):\n        \
            with open(source, 'rb') as opened:\n            \
                shutil.copyfileobj(opened, target, 1 << 20)\n    \
        else:\n        \
            print(number)\n";

/// Copies a file of the image, by its path there, to a path of the work folder where none is yet; returns which of the
/// pairs cannot be, since there is no such file, or its link leads nowhere.
pub(crate) async fn out(shop: &Workshop<'_>, pairs: &[(String, &Path)]) -> Result<Vec<usize>, Halt> {
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let mut task = shop.task(["/usr/bin/python3", "-I", "-c", COPY]);
    task.argv.push(shop.root.clone().into_os_string());
    let words = pairs.iter().flat_map(|(from, to)| [from.clone(), to.display().to_string()]);
    task.stdin = words.collect::<Vec<_>>().join("\0").into_bytes();
    task.keep_output = Some(1 << 16);
    let said = shop.must(&task).await?.output;
    Ok(String::from_utf8_lossy(&said).lines().filter_map(|line| line.parse().ok()).collect())
}
