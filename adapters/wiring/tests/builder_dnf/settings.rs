//! Settings: each command, read in the built image.

use crate::support::{Scene, built};
use imaging::ImageType;

#[tokio::test]
async fn language_keyboard_clock_and_name_are_set() {
    let (_scene, image, warnings) = built(
        "REPO --save\nlang fi_FI.UTF-8\nkeyboard fi\ntimezone --utc Europe/Helsinki\nnetwork --hostname=box.example\n\
         %packages\nbusybox\ntzdata\n%end\n",
    )
    .await;

    assert_eq!(warnings, Vec::<String>::new());
    for (path, text) in [
        ("/etc/locale.conf", "LANG=\"fi_FI.UTF-8\"\n"),
        ("/etc/vconsole.conf", "KEYMAP=\"fi\"\n"),
        ("/etc/adjtime", "0.0 0 0.0\n0\nUTC\n"),
        ("/etc/hostname", "box.example\n"),
        ("/etc/sysconfig/i18n", "LANG=\"fi_FI.UTF-8\"\n"),
        ("/etc/sysconfig/keyboard", "KEYTABLE=\"fi\"\n"),
        ("/etc/sysconfig/clock", "ZONE=\"Europe/Helsinki\"\nUTC=true\n"),
    ] {
        assert_eq!(image.read(path), text, "{path}");
    }
    assert_eq!(image.link("/etc/localtime"), "../usr/share/zoneinfo/Europe/Helsinki");
    let saved = image.read("/etc/yum.repos.d/demo.repo");
    assert!(
        saved.starts_with("[demo]\nname=demo\nbaseurl=file://") && saved.ends_with("enabled=1\n"),
        "{saved}"
    );
}

#[tokio::test]
async fn the_other_ways_to_say_it_mean_the_same() {
    let (_scene, image, warnings) = built(
        "REPO --install --disable\nkeyboard --vckeymap=de\ntimezone --isUtc UTC\n\
         rootpw --iscrypted $6$salt$hash\n%packages\nsetup\n%end\n",
    )
    .await;

    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(image.read("/etc/vconsole.conf"), "KEYMAP=\"de\"\n");
    assert!(image.read("/etc/adjtime").ends_with("\nUTC\n"));
    assert!(image.read("/etc/yum.repos.d/demo.repo").ends_with("\nenabled=0\n"));
    assert!(image.read("/etc/shadow").contains("root:$6$salt$hash:"));
}

#[tokio::test]
async fn a_locked_root_cannot_log_in_with_the_password_it_has() {
    let (_scene, image, _) = built("REPO\nrootpw --lock --plaintext s3cret\n%packages\nsetup\n%end\n").await;

    assert!(image.read("/etc/shadow").contains("root:!$6$"));
}

#[tokio::test]
async fn a_time_zone_that_is_not_there_is_warned_about() {
    let (_scene, image, warnings) = built("REPO\ntimezone Mars/Base\n%packages\nbusybox\n%end\n").await;

    assert_eq!(
        warnings,
        ["line 2: the image has no time zone Mars/Base; a package such as tzdata brings them"]
    );
    assert_eq!(image.read("/etc/adjtime"), "0.0 0 0.0\n0\nLOCAL\n");
}

#[tokio::test]
async fn a_language_that_the_image_does_not_have_is_warned_about() {
    let line = "line 2: the image has no locale fi_FI.UTF-8; a package such as glibc-langpack-fi brings it, or name one the \
                image has";
    let with = |script: &str| {
        format!("REPO\nlang fi_FI.UTF-8\n%packages\nbusybox\nfilesystem\n%end\n%post\n{script}\n%end\n")
    };
    for (script, warnings) in [
        ("true", vec![]), // nothing in it would read any
        ("mkdir -p /usr/lib/locale/C.utf8", vec![line]),
        (
            "mkdir -p /usr/lib/locale/sv_FI.utf8; printf 'x\\0sv_FI.utf8\\0' >/usr/lib/locale/locale-archive",
            vec![line],
        ),
        ("mkdir -p /usr/lib/locale/fi_FI.utf8", vec![]),
        ("mkdir -p /usr/lib/locale; printf '\\1\\2fi_FI.utf8\\0y' >/usr/lib/locale/locale-archive", vec![]),
        ("mkdir -p /usr/lib; ln -s /etc /usr/lib/locale", vec![]), // leads out of it, for who looks from outside
    ] {
        let (_scene, _, said) = built(&with(script)).await;
        assert_eq!(said, warnings, "{script}");
    }
    let mut strict = Scene::new(ImageType::Fs, &with("mkdir -p /usr/lib/locale"));
    strict.request.extra_opts.push("--strict".into());
    assert_eq!(strict.reason().await, format!("{line}; --strict takes that for an error"));
}

#[tokio::test]
async fn users_groups_and_passwords_are_made_without_any_program_of_the_image() {
    // `setup` has the tables and no program at all.
    let (_scene, image, warnings) = built(
        "REPO\nrootpw s3cret\ngroup --name=staff --gid=900\n\
         user --name=ann --uid=1100 --groups=wheel,staff --password=secret --plaintext --gecos=\"Ann Other\"\n\
         user --name=bob --homedir=/srv/bob --shell=/bin/false --iscrypted --password=$6$salt$hash\n\
         user --name=eve --lock --password=x\nuser --name=joe --gid=900\n%packages\nsetup\n%end\n",
    )
    .await;

    assert_eq!(warnings, Vec::<String>::new());
    let passwd = image.read("/etc/passwd");
    for line in [
        "ann:x:1100:1100:Ann Other:/home/ann:/bin/sh\n",
        "bob:x:1000:1000::/srv/bob:/bin/false\n",
        "eve:x:1001:1001::/home/eve:/bin/sh\n",
        "joe:x:1002:900::/home/joe:/bin/sh\n",
    ] {
        assert!(passwd.contains(line), "{line}{passwd}");
    }
    let shadow = image.read("/etc/shadow");
    let hash = |name: &str| {
        let line = shadow.lines().find(|line| line.starts_with(&format!("{name}:"))).unwrap();
        line.split(':').nth(1).unwrap().to_owned()
    };
    assert!(is_password("s3cret", &hash("root")) && is_password("secret", &hash("ann")));
    assert_eq!(hash("bob"), "$6$salt$hash");
    assert!(hash("eve").starts_with("!$6$"));
    assert_eq!(hash("joe"), "!");
    assert_eq!(image.stat("/etc/shadow"), "0640 0 0");
    let group = image.read("/etc/group");
    assert!(group.contains("wheel:x:10:ann\n") && group.contains("staff:x:900:ann\n"), "{group}");
    assert_eq!(
        (image.stat("/home/ann"), image.stat("/srv/bob")),
        ("0700 1100 1100".into(), "0700 1000 1000".into())
    );
}

/// Asks the C library, by way of Python's oldest friend: perl.
fn is_password(plain: &str, hash: &str) -> bool {
    let said = crate::support::tool(&["perl", "-e", "print crypt($ARGV[0], $ARGV[1])", plain, hash]);
    said == hash
}

#[tokio::test]
async fn an_account_that_cannot_be_made_names_its_line() {
    for (line, reason) in [
        ("user --name=root", "user (line 2): the image has a user root already"),
        ("user --name=ann --uid=1", "user (line 2): the number of user ann belongs to user daemon already"),
        ("user --name=ann --homedir=../x", "user (line 2): the home \"../x\" should be a path from /"),
        ("group --name=x --gid=0", "group (line 2): the number of group x belongs to group root already"),
    ] {
        let scene = Scene::new(ImageType::Loop, &format!("REPO\n{line}\n%packages\nsetup\n%end\n"));
        assert_eq!(scene.reason().await, reason);
    }
}

#[tokio::test]
async fn an_fstab_of_the_image_stays_as_it_is() {
    let (_scene, image, _) =
        built("REPO\npart / --size=60\n%packages\nbusybox\n%end\n%post\necho mine >/etc/fstab\n%end\n").await;

    assert_eq!(image.read("/etc/fstab"), "mine\n", "scripts run after it is written");
}

#[tokio::test]
async fn a_service_without_a_unit_is_warned_about() {
    let (_scene, _, warnings) =
        built("REPO\nservices --enabled=sshd --disabled=cups\n%packages\nbusybox\n%end\n").await;

    assert_eq!(
        warnings,
        [
            "line 2: the image has no systemd unit cups.service",
            "line 2: the image has no systemd unit sshd.service"
        ]
    );
}
