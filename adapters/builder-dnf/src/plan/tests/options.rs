//! What the options of a build make of its image.

use super::*;

#[test]
fn options_say_what_an_fs_image_is_packed_into() {
    let of = |form, options: &[&str]| {
        let extra_opts = options.iter().map(ToString::to_string).collect();
        let request = BuildRequest { extra_opts, ..request(form, BASE) };
        plan(&request).map(|plan| plan.form)
    };
    let packed = |form: Result<Form, String>| match form.unwrap() {
        Form::Fs(pack) => (pack.file, pack.into),
        other => panic!("{other:?}"),
    };

    for (options, file, into) in [
        (&[][..], "demo.tar.gz", Into::Tar(Some(Compression::Gzip))),
        (&["--pack-to=a.tar.zst"], "a.tar.zst", Into::Tar(Some(Compression::Zstd))),
        (&["--pack-to=a.tar.bz2"], "a.tar.bz2", Into::Tar(Some(Compression::Bzip2))),
        (&["--pack-to=a.tar.xz"], "a.tar.xz", Into::Tar(Some(Compression::Xz))),
        (&["--pack-to", "@NAME@.tar"], "demo.tar", Into::Tar(None)),
        (&["--pack-to=@NAME@.zip"], "demo.zip", Into::Zip),
        (&["--pack-to=@NAME@/"], "demo", Into::Folder),
    ] {
        assert_eq!(packed(of(ImageType::Fs, options)), (file.into(), into), "{options:?}");
    }
    for (options, sign) in [
        (&["--pack-to=../x.tar"][..], "--pack-to=../x.tar should be a file name that ends in"),
        (&["--pack-to=x.7z"], "--pack-to=x.7z should be a file name that ends in"),
        (&["--pack-to=../"], "--pack-to=../ should be a file name that ends in"),
        (&["--pack-to=a/b/"], "--pack-to=a/b/ should be a file name that ends in"),
        (&["--pack-to=/"], "--pack-to=/ should be a file name that ends in"),
        (&["--pack-to"], "the option --pack-to needs a file name"),
        (&["--strict=yes"], "the option --strict takes no value: write --strict alone"),
        (&["--release"], "the option --release needs a name"),
        (&["--release="], "--release= should be one short name"),
        (&["--release=../x"], "--release=../x should be one short name"),
        (&["--source-date-epoch"], "the option --source-date-epoch needs seconds since 1970"),
        (&["--source-date-epoch="], "--source-date-epoch= should be a number of seconds since 1970"),
        (&["--source-date-epoch=-1"], "--source-date-epoch=-1 should be a number of seconds since 1970"),
        (&["--source-date-epoch", "2026-11-26"], "--source-date-epoch=2026-11-26 should be a number"),
    ] {
        let error = of(ImageType::Fs, options).unwrap_err();
        assert!(error.starts_with(sign), "{error}");
    }
}

#[test]
fn a_release_is_known_by_the_tokens_of_mic() {
    let of = |options: &[&str], tokens: &[(&str, &str)]| {
        let kickstart = "repo --name=base --baseurl=http://x/@RELEASE@/@BUILD_ID@\n%packages\nbash\n%end\n%post\ntrue\n%end\n";
        let extra_opts = options.iter().map(ToString::to_string).collect();
        let tokens = tokens.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let request = BuildRequest { extra_opts, tokens, ..request(ImageType::Fs, kickstart) };
        let request = with_tokens(&request).unwrap();
        (plan(&request).unwrap().sources[0].url.clone(), request.tokens)
    };
    let both = |release: &str, build: &str| {
        vec![("RELEASE".to_owned(), release.to_owned()), ("BUILD_ID".to_owned(), build.to_owned())]
    };

    assert_eq!(of(&["--release=4.5"], &[]), ("http://x/4.5/4.5".into(), both("4.5", "4.5")));
    assert_eq!(of(&["--release=4.5"], &[("RELEASE", "4")]), ("http://x/4/4.5".into(), both("4", "4.5")));
    assert_eq!(of(&[], &[]), ("http://x/@RELEASE@/@BUILD_ID@".into(), vec![]));
}
