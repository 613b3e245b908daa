//! Files that cannot be read, are no text, or are not there.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use config::{Configuration, Sources};

use crate::Etc;

#[test]
fn a_file_nobody_named_and_this_user_may_not_read_is_none_of_his() {
    let etc = Etc::new(&[("skynet/skynet.conf", "[boss\n"), ("skynet/skynet.env", "A='\n")]);
    for name in ["skynet/skynet.conf", "skynet/skynet.env"] {
        fs::set_permissions(etc.path(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    if fs::read(etc.path("skynet/skynet.conf")).is_ok() {
        return; // root may read everything; packaging/tests/deb tries it as nobody
    }
    let file = etc.path("skynet/skynet.conf");
    let read = |may_be_missing| {
        let environment = Vec::new();
        Configuration::read(&Sources { file: file.clone(), participant: None, environment, may_be_missing })
    };
    let why = "this user may not read it, so nothing of it counts here; --config FILE names another";
    assert_eq!(etc.mistakes(&read(true)), [""; 0]);
    assert_eq!(
        etc.warnings(&read(true)),
        [format!("skynet/skynet.env: {why}"), format!("skynet/skynet.conf: {why}")]
    );
    assert_eq!(read(false).mistakes().len(), 2);
}

#[test]
fn of_a_file_that_is_no_text_only_that_is_said() {
    for content in [&b"\xff\xfe[\0"[..], b"[boss]\namqp_user = \0\n", b"amqp_user = x\n"] {
        let etc = Etc::new(&[("skynet/skynet.conf", "")]);
        fs::write(etc.path("skynet/skynet.conf"), content).unwrap();
        let mut site = etc.read(None, &[]);
        site.required("boss", "amqp_user");
        assert_eq!(site.mistakes().len(), 1, "{:?}", site.mistakes());
    }
}

#[test]
fn a_folder_to_include_may_be_missing_but_not_a_file() {
    for (folder, mistakes, warnings) in [
        ("ETC/none", 0, 1),
        ("ETC/skynet/skynet.conf", 1, 0),
        ("relative", 1, 0),
        ("ETC/skynet", 0, 0), // itself is not read twice
        ("", 0, 0),
    ] {
        let etc = Etc::new(&[("skynet/skynet.conf", &format!("[skynet]\ninclude_dir = {folder}\n"))]);
        let site = etc.read(None, &[]);
        assert_eq!((site.mistakes().len(), site.warnings().len()), (mistakes, warnings), "{folder} {site:?}");
    }
}
