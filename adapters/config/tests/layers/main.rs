//! Which file wins, what the environment changes, and what is said of it.

mod files;
mod secrets;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use config::{Configuration, Sources, keys};
use tempfile::TempDir;

/// A folder `etc` with files of a site.
struct Etc(TempDir);

impl Etc {
    fn new(files: &[(&str, &str)]) -> Etc {
        let etc = Etc(tempfile::tempdir().unwrap());
        for (name, text) in files {
            let path = etc.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text.replace("ETC", etc.0.path().to_str().unwrap())).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        etc
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, participant: Option<&str>, environment: &[(&str, &str)]) -> Configuration {
        Configuration::read(&Sources {
            file: self.path("skynet/skynet.conf"),
            participant: participant.map(str::to_owned),
            environment: environment.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            may_be_missing: false,
        })
    }

    /// What is said, without the name of the folder.
    fn said(&self, lines: impl Iterator<Item = String>) -> Vec<String> {
        let folder = format!("{}/", self.0.path().display());
        lines.map(|line| line.replace(&folder, "")).collect()
    }

    fn mistakes(&self, site: &Configuration) -> Vec<String> {
        self.said(site.mistakes().iter().map(ToString::to_string))
    }

    fn warnings(&self, site: &Configuration) -> Vec<String> {
        self.said(site.warnings().iter().cloned())
    }

    fn origin(&self, site: &Configuration, section: &str, name: &str) -> String {
        let setting = site.setting(keys::find(section, name).unwrap()).unwrap();
        let said = setting.map_or_else(|| "none".into(), |set| format!("{} from {}", set.text, set.origin));
        self.said(std::iter::once(said)).remove(0)
    }
}

#[test]
fn the_later_file_wins_and_the_environment_over_all() {
    let files = [
        (
            "imager/img.conf",
            "[boss]\namqp_host = one\nviewer = http://one\n[request_image]\nusername = one\n",
        ),
        ("imager/build_ks.conf", "[boss]\nviewer = http://two\n"),
        (
            "skynet/skynet.conf",
            "[skynet]\ninclude_dir = ETC/more\n[boss]\namqp_host = three\namqp_user = three\n",
        ),
        ("more/b.conf", "[boss]\namqp_user = five\n"),
        ("more/a.conf", "[boss]\namqp_user = four\namqp_vhost = four\n"),
        ("more/a.conf.rpmsave", "[boss\n"),
        ("skynet/mine.conf", "[boss]\namqp_vhost = six\n[participant]\nqueue = six\nconcurrency = 6\n"),
        ("skynet/skynet.env", "IMG_PARTICIPANT_QUEUE=seven\nIMG_PARTICIPANT_GRACE=7\n"),
        ("skynet/mine.env", "export IMG_PARTICIPANT_QUEUE='eight'\nIMG_BOSS_VIEWER=\n"),
    ];
    let etc = Etc::new(&files);
    let site =
        etc.read(Some("mine"), &[("IMG_PARTICIPANT_CONCURRENCY", "9"), ("IMG_STATE", "/x"), ("HOME", "/")]);
    let table = [
        ("request_image", "username", "one from imager/img.conf:5"),
        ("boss", "amqp_host", "three from skynet/skynet.conf:4"),
        ("boss", "amqp_user", "five from more/b.conf:2"),
        ("boss", "amqp_vhost", "six from skynet/mine.conf:2"),
        ("boss", "viewer", " from skynet/mine.env:2 ($IMG_BOSS_VIEWER)"),
        ("participant", "queue", "eight from skynet/mine.env:1 ($IMG_PARTICIPANT_QUEUE)"),
        ("participant", "grace", "7 from skynet/skynet.env:2 ($IMG_PARTICIPANT_GRACE)"),
        ("participant", "concurrency", "9 from $IMG_PARTICIPANT_CONCURRENCY"),
        ("participant", "regexp", "none"),
    ];
    for (section, name, expected) in table {
        assert_eq!(etc.origin(&site, section, name), expected);
    }
    assert_eq!((etc.mistakes(&site), etc.warnings(&site)), (vec![], vec![]));
    assert_eq!(site.text("boss", "viewer"), None, "an empty variable takes a value away");
    assert_eq!(site.number("boss", "amqp_heartbeat"), Some(10), "the default of the table");
    let shown = site.shown();
    let queue = shown.iter().find(|key| key.name == "queue").unwrap();
    let instead = etc.said(queue.overrides.iter().map(ToString::to_string));
    assert_eq!(instead, ["skynet/skynet.env:1 ($IMG_PARTICIPANT_QUEUE)", "skynet/mine.conf:4"]);
}

#[test]
fn an_old_name_counts_where_it_stands() {
    for (first, second, expected) in [
        ("boss_host = a", "", "a from imager/img.conf:2"),
        ("boss_host = a", "amqp_host = b", "b from skynet/skynet.conf:2"),
        ("amqp_host = a", "boss_host = b", "b from skynet/skynet.conf:2"),
        ("boss_host = a\namqp_host = b", "", "b from imager/img.conf:3"),
    ] {
        let etc = Etc::new(&[
            ("imager/img.conf", &format!("[boss]\n{first}\n")),
            ("skynet/skynet.conf", &format!("[boss]\n{second}\n")),
        ]);
        assert_eq!(etc.origin(&etc.read(None, &[]), "boss", "amqp_host"), expected);
    }
}

#[test]
fn what_is_said_of_one_participant_is_not_said_of_another() {
    let etc = Etc::new(&[
        (
            "skynet/skynet.conf",
            "[skynet]\ninclude_dir = ETC/more\n[participant]\nname = mine\nqueue = mine_queue\n",
        ),
        (
            "more/other.conf",
            "[participant]\nname = other\nqueue = other_queue\ngrace = 1\n[other]\nkey = 1\n",
        ),
        (
            "skynet/third.conf",
            "[participant]\nname = by_another_name\nqueue = third_queue\n[third]\nkey = 1\n",
        ),
    ]);
    for (name, queue, grace) in [
        ("mine", Some("mine_queue"), Some(30)),
        ("other", Some("other_queue"), Some(1)),
        ("third", Some("third_queue"), Some(30)),
        ("fourth", None, Some(30)),
    ] {
        let site = etc.read(Some(name), &[]);
        assert_eq!(
            (site.text("participant", "queue").as_deref(), site.number("participant", "grace")),
            (queue, grace),
            "{name}"
        );
        assert_eq!((etc.mistakes(&site), etc.warnings(&site)), (vec![], vec![]), "{name}");
    }
}

#[test]
fn unknown_names_are_warned_about_with_what_may_be_meant() {
    let etc = Etc::new(&[(
        "skynet/skynet.conf",
        "[DEFAULT]\nanything = 1\n[boss]\namqp_hsot = x\nfoo = 1\ndb_pass = y\n[bos]\nx = 1\n[elsewhere]\nx = 1\ny = 2\n[mine]\nz = 1\n",
    )]);
    let site = etc.read(
        Some("mine"),
        &[("IMG_BOSS_AMQP_HSOT", "x"), ("IMG_TEST_AMQP_URL", "x"), ("IMG_DEMO_REPO", "x")],
    );
    assert_eq!(
        etc.warnings(&site),
        [
            "$IMG_BOSS_AMQP_HSOT is no key: did you mean $IMG_BOSS_AMQP_HOST?",
            "skynet/skynet.conf:4: [boss] has no key `amqp_hsot`: did you mean `amqp_host`?",
            "skynet/skynet.conf:5: [boss] has no key `foo`: nothing reads it",
            "skynet/skynet.conf:6: [boss] has no key `db_pass`: [db] has one",
            "skynet/skynet.conf:7: there is no section [bos]: did you mean [boss]?",
            "skynet/skynet.conf:9: there is no section [elsewhere]: nothing reads it",
        ]
    );
    assert_eq!(etc.mistakes(&site), Vec::<String>::new());
}

#[test]
fn a_loop_is_a_mistake_whoever_reads_the_value() {
    let etc = Etc::new(&[
        ("skynet/skynet.conf", "[DEFAULT]\na = %(b)s\nb = %(a)s\n[web]\nurl_prefix = <%(url_prefix)s>\n"),
        ("skynet/mine.conf", "[mine]\nformat = %(levelname)s\nx = %(x)s\n"),
    ]);
    let expected = [
        "skynet/skynet.conf:3: `b` contains itself, `b` → `a` → `b`: take one `%(…)s` out of the loop",
        "skynet/skynet.conf:2: `a` contains itself, `a` → `b` → `a`: take one `%(…)s` out of the loop",
        "skynet/skynet.conf:5: `url_prefix` contains itself, `url_prefix` → `url_prefix`: take one `%(…)s` out of the loop",
        "skynet/mine.conf:3: `x` contains itself, `x` → `x`: take one `%(…)s` out of the loop",
    ];
    let mut said = etc.mistakes(&etc.read(Some("mine"), &[]));
    let mut expected = expected.map(str::to_owned);
    said.sort();
    expected.sort();
    assert_eq!(said, expected);
}

#[test]
fn what_supervisor_had_for_a_participant_is_named_until_it_is_installed() {
    let old = "[program:x]\n[participant]\nqueue = old\n";
    let etc = Etc::new(&[
        ("skynet/skynet.conf", "[skynet]\nservice_dir = ETC/conf.d\n"),
        ("conf.d/arm.conf", old),
        ("conf.d/build_ks.conf", old),
        ("conf.d/nginx.conf", "[program:nginx]\n"),
        ("skynet/participants/build_ks.conf", "[participant]\nqueue = new\n"),
    ]);
    let told = |participant: Option<&str>| {
        let warnings = etc.warnings(&etc.read(participant, &[])).into_iter();
        warnings.filter(|warning| !warning.contains("service_dir is not used")).collect::<Vec<_>>()
    };
    let arm =
        "conf.d/arm.conf says how supervisor ran arm, and is not read: skynet install --from conf.d/arm.conf";
    assert_eq!(told(None), [arm]);
    assert_eq!(told(Some("arm")), [arm]);
    assert_eq!(told(Some("build_ks")), [""; 0]);
}
