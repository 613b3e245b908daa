//! Files that are no configuration.

use std::fs::{self, File};

use crate::{GOOD, Site, refused};

#[test]
fn broken_files_are_one_sentence_and_nothing_begins() {
    let loops = format!("{GOOD}[participant]\nqueue = %(regexp)s\nregexp = %(queue)s\n");
    let texts: [(&str, &[u8], &str); 9] = [
        ("skynet.conf", b"\xff\xfe[\0", "skynet/skynet.conf:1: the line is not UTF-8"),
        ("skynet.conf", b"[boss]\namqp_host = \0\n", "skynet/skynet.conf:2: the line has a NUL"),
        (
            "skynet.conf",
            b"[boss]\r\nviewer\r\n[boss]\r\n",
            "skynet/skynet.conf:3: section [boss] is here a second time",
        ),
        (
            "skynet.conf",
            b"[db]\ndb_name = a\ndb_name = b\n",
            "skynet/skynet.conf:3: `db_name` is in [db] a second time",
        ),
        ("skynet.conf", loops.as_bytes(), "skynet/skynet.conf:7: `queue` contains itself"),
        ("build_ks.conf", b"queue = a\n", "skynet/build_ks.conf:1: this line belongs to no section"),
        ("build_ks.env", b"\x7fELF\x02\x01\xff", "skynet/build_ks.env:1: the line is not UTF-8"),
        (
            "build_ks.env",
            b"A=1\r\nIMG_BOSS_VIEWER=1 2\r\n",
            "skynet/build_ks.env:2: the value of `IMG_BOSS_VIEWER` has a blank",
        ),
        ("../imager/img.conf", b"[worker\n", "imager/img.conf:1: the name of a section ends with `]`"),
    ];
    for (name, content, sentence) in texts {
        let site = Site::new(&[("skynet.conf", GOOD)]);
        site.write(name, content);
        refused(&site, sentence);
    }
    for name in ["skynet.conf", "build_ks.conf", "build_ks.env", "../imager/img.conf"] {
        let shown = if name.starts_with("..") { "imager/img.conf".into() } else { format!("skynet/{name}") };
        let site = Site::new(&[("skynet.conf", GOOD), (name, "")]);
        fs::remove_file(site.path(name)).unwrap();
        fs::create_dir(site.path(name)).unwrap();
        refused(&site, &format!("{shown}: this is a folder: name a file in it"));

        let site = Site::new(&[("skynet.conf", GOOD), (name, "")]);
        File::create(site.path(name)).unwrap().set_len(100 << 20).unwrap();
        refused(&site, &format!("{shown}: the file is longer than 1 MB"));
    }
    let site = Site::new(&[("build_ks.conf", "")]);
    refused(&site, "skynet/skynet.conf: there is no such file: create it, or name another");
}

#[test]
fn a_mistake_in_the_file_that_says_who_it_is_comes_first() {
    let site = Site::new(&[("skynet.conf", GOOD), ("participants/arm.conf", "code = build_ks\n")]);
    let (status, _, stderr) = site.img(&["participant", "run", "arm"], &[]);
    assert_eq!(status, Some(1));
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains("skynet/participants/arm.conf:1: this line belongs to no section"), "{stderr}");
}

#[test]
fn a_bom_and_windows_line_ends_are_no_mistake() {
    let site = Site::new(&[("skynet.conf", &format!("\u{feff}{}", GOOD.replace('\n', "\r\n")))]);
    site.write("skynet.env", "\u{feff}IMG_BOSS_AMQP_USER='me' # why\r\n".as_bytes());
    let (status, stdout, stderr) = site.img(&["config", "show"], &[]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert!(stdout.contains("amqp_user = me "), "{stdout}");
}
