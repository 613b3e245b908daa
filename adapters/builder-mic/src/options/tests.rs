use imaging::testing::build_request;
use imaging::{BuildRequest, ImageType};

use super::*;

pub(crate) fn request(image_type: ImageType, options: &[&str]) -> BuildRequest {
    BuildRequest {
        extra_opts: options.iter().map(|option| (*option).to_owned()).collect(),
        ..build_request(image_type, "")
    }
}

fn raw(options: &[&str]) -> Result<Options, String> {
    alone(&request(ImageType::Raw, options))
}

/// Reads the options of a workitem where the site says nothing.
pub(crate) fn alone(request: &BuildRequest) -> Result<Options, String> {
    read(request, &[], &SiteOptions::default())
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn what_a_workitem_says_goes_to_mic_as_it_is() {
    let given = ["-v", "--compress-image=gz", "--record-pkgs", "name,url", "--copy-kernel", "--x=$(id); rm"];

    assert_eq!(raw(&given).unwrap().words, strings(&given));
}

#[test]
fn nothing_leads_out_of_the_build_in_whatever_form() {
    for options in [
        &["--outdir=/etc"][..],
        &["--outdir", "/etc"],
        &["--out=/etc"],
        &["--o", "/etc"],
        &["-o/etc"],
        &["-o", "/etc"],
        &["-vo", "/etc"],
        &["--logfile=/etc/passwd"],
        &["--cachedir=/"],
        &["-k/"],
        &["--cache=/"],
        &["-c/tmp/mine.conf"],
        &["--config=/tmp/mine.conf"],
        &["--local-pkgs-path=/root"],
        &["--tmpdir=/"],
        &["--arch=mipsel"],
        &["--tokenmap=A:B"],
        &["--format=fs"],
        &["--runtime=bootstrap"],
        &["/etc/passwd"],
        &["-"],
        &["--", "x"],
        &["--copy-kernel", "other.ks"],
        &["--strict", "other.ks"],
        &["--compress-image=gz", "other.ks"],
        &["--pack-to=/etc/x.tar"],
        &["--pack-to", "../x.tar"],
        &["--taring-to=../x.tar"],
        &["--pack-to=.."],
        &["--release=../x"],
        &["--release=."],
        &["--x=\0"],
    ] {
        let refused = raw(options);
        assert!(refused.is_err(), "{options:?} {refused:?}");
    }
    let sentence = raw(&["--out=/etc"]).unwrap_err();
    assert_eq!(sentence, "the option --out is not given to mic (--outdir: the folder is that of the build)");
}

#[test]
fn words_of_ours_are_not_for_mic() {
    let options = raw(&["--strict", "--source-date-epoch=1", "--copy-kernel"]).unwrap();

    assert_eq!((options.words, options.strict), (strings(&["--copy-kernel"]), true));
    assert_eq!(options.warnings.len(), 1);
}

#[test]
fn an_fs_image_is_packed_unless_it_is_to_be_a_folder() {
    for (options, words, pack) in [
        (&[][..], &["--pack-to=@NAME@.tar.gz"][..], Some("@NAME@.tar.gz")),
        (&["--pack-to", "x.tar.bz2"], &["--pack-to", "x.tar.bz2"], Some("x.tar.bz2")),
        (&["--taring-to=x.zip"], &["--taring-to=x.zip"], Some("x.zip")),
        (&["--pack-to=@NAME@/"], &[], None),
    ] {
        let read = alone(&request(ImageType::Fs, options)).unwrap();
        assert_eq!((read.words, read.pack.as_deref()), (strings(words), pack), "{options:?}");
    }
    assert_eq!(raw(&[]).unwrap(), Options::default());
    assert!(raw(&["--pack-to=@NAME@/"]).is_err(), "only files that are an image can be left unpacked");
    assert_eq!(raw(&["--release=4.5"]).unwrap().release.as_deref(), Some("4.5"));
}

#[test]
fn a_site_may_say_more() {
    let site = of_site(&strings(&["--pkgmgr=zypp", "--local-pkgs-path=/srv/rpms", "--cachedir=/srv/mic"]));

    let expected = strings(&["--pkgmgr=zypp", "--local-pkgs-path=/srv/rpms"]);
    assert_eq!(site.unwrap(), SiteOptions { words: expected, cache: Some("/srv/mic".into()), pack: None });
    let refused = of_site(&strings(&["--outdir=/srv"])).unwrap_err();
    assert!(refused.starts_with("[worker] mic_opts: the option --outdir "), "{refused}");
}

#[test]
fn what_a_site_says_of_every_build_is_its_own_and_a_workitem_says_it_better() {
    let mic_opts = strings(&["--copy-kernel", "--pack-to=@NAME@.tar.bz2", "--local-pkgs-path=/srv"]);
    let site = of_site(&mic_opts).unwrap();
    assert_eq!(site.pack.as_deref(), Some("@NAME@.tar.bz2"));
    for (given, words, pack) in [
        (&[][..], &["--pack-to=@NAME@.tar.bz2"][..], Some("@NAME@.tar.bz2")),
        (&["--pack-to=x.zip"], &["--pack-to=x.zip"], Some("x.zip")),
    ] {
        let mut request = request(ImageType::Raw, given);
        // build_image puts the options of the site behind those of the workitem
        request.extra_opts.extend(mic_opts.clone());
        request.extra_opts.push("--release=1".into());

        let read = read(&request, &mic_opts, &site).unwrap();

        let mut expected = strings(words);
        let at = if given.is_empty() { 0 } else { 1 };
        expected.insert(at, "--release=1".into());
        assert_eq!((read.words, read.pack.as_deref()), (expected, pack));
    }
    let mut greedy = request(ImageType::Raw, &["--local-pkgs-path=/root"]);
    greedy.extra_opts.extend(mic_opts.clone());
    assert!(read(&greedy, &mic_opts, &site).is_err());
}
