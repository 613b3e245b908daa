//! Files as they are found: missing, locked, endless, binary, open to everybody.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use config::{Ini, secrets_exposed};
use nix::sys::stat::Mode;
use tempfile::TempDir;

fn file(folder: &TempDir, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join("img.conf");
    fs::write(&path, content).unwrap();
    path
}

/// Returns what is said about a file, without its name.
fn refusal(path: &Path) -> String {
    let said = Ini::read(path).unwrap_err().to_string();
    said.strip_prefix(path.to_str().unwrap()).unwrap_or_else(|| panic!("no name in {said}")).to_owned()
}

#[test]
fn what_is_no_text_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let table: &[(&[u8], &str)] = &[
        (
            b"[a]\nb = \xff\n",
            ":2: the line is not UTF-8: save the file in that encoding, or name a text file",
        ),
        (
            b"[a]\r\n\rb = \xe9",
            ":3: the line is not UTF-8: save the file in that encoding, or name a text file",
        ),
        (
            b"\xff\xfe[\0a\0]\0",
            ":1: the line is not UTF-8: save the file in that encoding, or name a text file",
        ),
        (
            b"[a]\n\nb=\0\n=\n",
            ":3: the line has a NUL, so this is no text file: name another, or save it as UTF-8",
        ),
    ];
    for (content, expected) in table {
        assert_eq!(refusal(&file(&folder, content)), *expected);
    }
}

#[test]
fn what_is_no_file_is_refused_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    nix::unistd::mkfifo(&at("pipe"), Mode::S_IRWXU).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    symlink("loop", at("loop")).unwrap();
    symlink("/dev/zero", at("device")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    let table = [
        ("missing", ": there is no such file: create it, or name another"),
        ("missing/img.conf", ": there is no such file: create it, or name another"),
        ("folder", ": this is a folder: name a file in it"),
        ("pipe", ": this is a pipe or a device: name an ordinary file"),
        ("device", ": this is a pipe or a device: name an ordinary file"),
        ("socket", ": the file cannot be read: No such device or address (os error 6)"),
        ("loop", ": the file cannot be read: Too many levels of symbolic links (os error 40)"),
    ];
    for (name, expected) in table {
        assert_eq!(refusal(&at(name)), expected);
    }
}

#[test]
fn a_long_file_is_refused_and_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, format!("[a]\n{}", "#".repeat((1 << 20) - 4)));
    assert!(Ini::read(&path).is_ok(), "1 MB is allowed");

    fs::File::create(&path).unwrap().set_len(100 << 30).unwrap();

    assert_eq!(refusal(&path), ": the file is longer than 1 MB, so it is no configuration: name another");
}

#[test]
fn a_file_this_user_may_not_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "[a]");
    fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        return; // root may read everything
    }

    assert_eq!(refusal(&path), ": this user may not read it: let them, by its owner, group or mode");
}

#[test]
fn secrets_that_everybody_can_read_are_warned_about() {
    let folder = tempfile::tempdir().unwrap();
    let table = [
        (0o644, "[boss]\nAMQP_pwd = x\n[db]\ndb_pass: y", Some("amqp_pwd (line 2), db_pass (line 4)")),
        (0o604, "[web]\nsecret_key = x\n= a mistake", Some("secret_key (line 2)")),
        (0o640, "[boss]\namqp_pwd = x", None),
        (0o644, "[boss]\namqp_pwd =\nboss_pass\namqp_user = x\n; db_pass = x", None),
    ];
    for (mode, content, names) in table {
        let path = file(&folder, content);
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let file = path.display();
        let expected = names.map(|names| {
            format!("everybody on this machine can read {file}, which holds {names}: chmod o-r {file}")
        });

        assert_eq!(secrets_exposed(&path), expected, "{content:?}");
    }
    assert_eq!(secrets_exposed(Path::new("/nowhere/img.conf")), None);
}
