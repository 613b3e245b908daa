use std::collections::BTreeMap;
use std::path::Path;

use imaging::{BuildRequest, ImageType};

use super::*;
use crate::plan::tests::{BASE, request};

fn of(image_type: ImageType, options: &[&str]) -> Result<Options, String> {
    let words: Vec<_> = options.iter().map(ToString::to_string).collect();
    read(&words, &request(image_type, BASE))
}

#[test]
fn options_are_read_as_mic_reads_them() {
    let options = of(
        ImageType::Loop,
        &[
            "--compress-disk-image=gz",
            "--shrink",
            "--record-pkgs",
            "name,url",
            "--copy-kernel",
            "--tokenmap=A:1,B:2:3",
            "-Ax86_64",
            "--arch",
            "x86_64",
            "--pkgmgr=DNF",
            "-d",
            "-v",
            "-i",
            "--use_comps",
            "--fstab-entry=uuid",
        ],
    );
    let records = Records { name: true, url: true, ..Records::default() };
    let tokens = vec![("A".into(), "1".into()), ("B".into(), "2:3".into())];
    let expected = Options {
        compression: Some(Compression::Gzip),
        shrink: true,
        records,
        copy_kernel: true,
        tokens,
        ..Options::default()
    };
    assert_eq!(options.unwrap(), expected);
    let file = |options: &[&str]| of(ImageType::Raw, options).unwrap().pack.unwrap().file;
    assert_eq!(file(&["--taring-to=@NAME@.tar"]), "demo.tar");
    assert_eq!(file(&["--pack-to=a.tar", "--pack-to=b.tar.xz"]), "b.tar.xz", "the last counts");
}

#[test]
fn what_cannot_be_says_so_by_name() {
    for (image_type, options, sign) in [
        (
            ImageType::Fs,
            &["--frobnicate"][..],
            "this builder has no option `--frobnicate`; it has --pack-to, ",
        ),
        (ImageType::Fs, &["raw"], "this builder has no option `raw`"),
        (ImageType::Fs, &["--shrink"], "the option --shrink is for loop images, and this is a fs image"),
        (ImageType::Loop, &["--shrink=yes"], "the option --shrink takes no value: write --shrink alone"),
        (
            ImageType::Qcow2,
            &["--compress-image=gz"],
            "the option --compress-image is for loop and raw images",
        ),
        (ImageType::Raw, &["--compress-image=lzo"], "--compress-image=lzo should be gz, bz2, xz or zst"),
        (ImageType::Raw, &["--compress-image"], "the option --compress-image needs gz, bz2, xz or zst"),
        (ImageType::Raw, &["--pack-to=x/"], "--pack-to=x/ is for fs images, and this is a raw image"),
        (
            ImageType::Raw,
            &["--pack-to=x.tar", "--compress-image=gz"],
            "--pack-to and --compress-image cannot both be",
        ),
        (
            ImageType::Fs,
            &["--record-pkgs=name,vcs"],
            "--record-pkgs=name,vcs should be some of name, content, ",
        ),
        (ImageType::Fs, &["--tokenmap=A"], "--tokenmap=A should be KEY:VALUE,KEY2:VALUE2"),
        (ImageType::Fs, &["--arch=armv7hl"], "--arch=armv7hl cannot be: the image is for x86_64"),
        (ImageType::Fs, &["--pkgmgr=zypp"], "--pkgmgr=zypp cannot be: packages are installed by dnf"),
        (ImageType::Raw, &["--fstab-entry=name"], "--fstab-entry=name cannot be: names of disks differ"),
        (
            ImageType::Fs,
            &["-k/tmp"],
            "this builder does not take -k: downloaded packages are kept below the state folder",
        ),
        (
            ImageType::Fs,
            &["--outdir=/srv"],
            "this builder does not take --outdir: an image goes where [worker] base_dir",
        ),
    ] {
        let error = of(image_type, options).unwrap_err();
        assert!(error.starts_with(sign), "{options:?}: {error}");
    }
}

#[test]
fn options_add_to_the_tokens_and_win_over_them() {
    let request =
        BuildRequest { extra_opts: vec!["--tokenmap=SIZE:200,NEW:x".into()], ..request(ImageType::Fs, BASE) };

    let tokens: BTreeMap<_, _> = with_tokens(&request).unwrap().tokens.into_iter().collect();

    assert_eq!(tokens, BTreeMap::from([("SIZE".into(), "200".into()), ("NEW".into(), "x".into())]));
}

/// The page has a row for each option, with the test that reads what comes of it.
#[test]
fn the_page_has_the_same_options() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = std::fs::read_to_string(root.join("docs/building.md")).unwrap();
    let section =
        text.split("\n## ").find(|section| section.starts_with("Options")).expect("there is a section");
    let mut said: BTreeMap<String, bool> = BTreeMap::new();
    for line in section.lines().filter(|line| line.starts_with("| `-")) {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let honoured = cells[1] == "honoured";
        assert!(honoured || cells[1] == "refused", "{line}");
        for name in cells[0].split('`').skip(1).step_by(2) {
            assert_eq!(said.insert(name.to_owned(), honoured), None, "{name} is there twice");
        }
        if honoured {
            let test = cells[3].trim_matches('`');
            let (module, name) = test.split_once("::").unwrap_or_else(|| panic!("{line} names no test"));
            let file = match module {
                "plan" => root.join("adapters/builder-dnf/src/plan/options/tests.rs"),
                _ => root.join(format!("adapters/wiring/tests/builder_dnf/{module}.rs")),
            };
            let text = std::fs::read_to_string(file).unwrap();
            assert!(text.contains(&format!("fn {name}()")), "there is no test {test}");
        }
    }
    let names = |known: &Known| known.names.to_vec();
    let all = table::honoured().flat_map(names).map(|name| (name.to_owned(), true));
    let all: BTreeMap<_, _> =
        all.chain(table::refused().flat_map(names).map(|name| (name.to_owned(), false))).collect();
    assert_eq!(said, all);
}
