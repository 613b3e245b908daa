//! A store of kickstarts on a disk, and the ways people try to get out of it.

use std::os::unix::fs::symlink;
use std::path::Path;

use imaging::testing::kickstart_source_keeps_its_promises;
use imaging::{KickstartSource, SourceError};
use kickstart_dir::KickstartDir;

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A folder `store` with the files of the suite, beside a folder `outside`.
fn store() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path();
    write(&top.join("store/core.ks"), "lang C\n");
    write(&top.join("store/part/b.yaml"), "x: 1\n");
    write(&top.join("store/part/a.yaml"), "x: 1\n");
    write(&top.join("store/part/folder/x"), "");
    write(&top.join("outside/secret.ks"), "rootpw secret\n");
    folder
}

#[test]
fn it_keeps_the_promises_of_every_source() {
    let folder = store();
    kickstart_source_keeps_its_promises(&KickstartDir::at(folder.path().join("store")));
}

#[test]
fn no_link_leads_out() {
    let folder = store();
    let top = folder.path().join("store");
    symlink("../outside/secret.ks", top.join("relative.ks")).unwrap();
    symlink(folder.path().join("outside/secret.ks"), top.join("absolute.ks")).unwrap();
    symlink("../outside", top.join("out")).unwrap();
    symlink("/proc/self/root/etc/hostname", top.join("magic.ks")).unwrap();
    symlink("loop.ks", top.join("loop.ks")).unwrap();
    symlink("core.ks", top.join("inside.ks")).unwrap();
    symlink("../core.ks", top.join("part/up.ks")).unwrap();
    let store = KickstartDir::at(&top);

    for path in ["relative.ks", "absolute.ks", "out/secret.ks", "magic.ks", "loop.ks"] {
        let found = store.file(path);
        assert!(matches!(found, Err(SourceError::Refused { .. })), "{path}: {found:?}");
    }
    assert!(matches!(store.files("out"), Err(SourceError::Refused { .. })));
    for path in ["inside.ks", "part/up.ks"] {
        assert_eq!(store.file(path).unwrap(), b"lang C\n", "{path}");
    }
}

#[test]
fn what_is_no_file_or_too_long_is_refused_at_once() {
    let folder = store();
    let top = folder.path().join("store");
    nix::unistd::mkfifo(&top.join("pipe.ks"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    std::fs::File::create(top.join("long.ks")).unwrap().set_len(5 << 20).unwrap();
    let store = KickstartDir::at(&top);

    for (path, sentence) in [("pipe.ks", "pipe.ks is no file"), ("long.ks", "long.ks has more than 4 MiB")] {
        assert_eq!(store.file(path).unwrap_err().to_string(), sentence);
    }
    let gone = KickstartDir::at(folder.path().join("gone"));
    assert!(matches!(gone.file("core.ks"), Err(SourceError::Unreadable { .. })));
}

#[test]
fn of_several_folders_each_has_its_own_paths() {
    let folder = store();
    let (a, b) = (folder.path().join("store/part"), folder.path().join("outside"));
    let both = KickstartDir::below([a.clone(), b.clone()]);
    let path = |folder: &Path, file: &str| folder.join(file).to_str().unwrap().to_owned();

    assert_eq!(both.file(&path(&a, "a.yaml")).unwrap(), b"x: 1\n");
    assert_eq!(both.file(&path(&b, "secret.ks")).unwrap(), b"rootpw secret\n");
    for path in [path(folder.path(), "store/core.ks"), path(&a, "../core.ks"), "a.yaml".to_owned()] {
        let found = both.file(&path);
        assert!(matches!(found, Err(SourceError::Refused { .. })), "{path}: {found:?}");
    }
}
