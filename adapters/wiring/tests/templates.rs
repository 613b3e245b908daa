//! `img ks templates` on folders of its own.

mod program;

use program::Site;

const SOUND: &str = "# DisplayName: Phone @RELEASE@\n# SuggestedArchitecture: armv7hl\n# SuggestedImageType: fs\n\
                     # SuggestedFeatures: ssh\n# KickstartType: rnd\nlang C\n";
const BROKEN: &str =
    "# SuggestedArchitecture: z80\n# SuggestedImageType: floppy\n# SuggestedFeatures: ssh, fax\nprat /\n";
const FEATURES: &str = "[ssh]\ndescription = Log in from elsewhere\npattern = Mer SSH\npackages = openssh-server, -telnet\n\
                        repos = tools\n[tools]\nrnd = http://rnd.example/%7Etools\ndefault = http://repo.example/tools\n";

fn site(template: &str, features: &str) -> Site {
    let site = Site::new();
    std::fs::create_dir(site.path().join("templates")).unwrap();
    std::fs::create_dir(site.path().join("features")).unwrap();
    site.kickstart("templates/phone.ks", template);
    site.kickstart("templates/notes.txt", "no template");
    site.kickstart("features/all.ini", features);
    site
}

const LIST: [&str; 5] = ["ks", "templates", "templates", "--features", "features"];

#[test]
fn templates_and_features_are_listed() {
    let site = site(SOUND, FEATURES);
    let listed = site.run(&LIST);
    let expected = "phone.ks  armv7hl   fs       Phone @RELEASE@; features: ssh; tokens: RELEASE\n\
                    feature ssh: Log in from elsewhere\n";
    assert_eq!((listed.status, &*listed.stdout, &*listed.stderr), (Some(0), expected, ""));

    let json = site.run(&[&LIST[..], &["--json"]].concat()).json();
    let template = &json["templates"][0];
    assert_eq!((&template["kickstart_type"], &template["tokens"][0]), (&"rnd".into(), &"RELEASE".into()));
    let feature = &json["features"][0];
    assert_eq!(feature["packages"], serde_json::json!(["openssh-server", "-telnet"]));
    assert_eq!(feature["repos"][0]["urls"]["rnd"], "http://rnd.example/%7Etools");
}

#[test]
fn folders_may_stand_in_the_configuration() {
    let site = site(SOUND, FEATURES);
    let folder = |name: &str| site.path().join(name).display().to_string();
    let text =
        format!("[web]\ntemplates_dir = {}\nfeatures_dir = {}\n", folder("templates"), folder("features"));
    site.kickstart("img.conf", text);
    let listed = site.run(&["ks", "templates", "--config", "img.conf"]);
    assert_eq!((listed.status, listed.stdout.lines().count(), &*listed.stderr), (Some(0), 2, ""));

    site.kickstart("none.conf", "");
    let nowhere = site.run(&["ks", "templates", "--config", "none.conf"]);
    assert!(nowhere.stderr.contains("say where the templates are"), "{nowhere:?}");
    assert_eq!(site.run(&["ks", "templates", "nowhere"]).status, Some(1));
}

#[test]
fn what_is_wrong_with_them_is_told() {
    let features = "[ssh]\nrepos = tools, more\ncolour = red\n\
                    pattern = @\npackages = fine, -x, a b\n[more]\nrnd = http://x/\ndefault =\n";
    let site = site(BROKEN, features);
    site.kickstart("features/again.ini", "[ssh]\ndescription = Again\n[x\n");
    let listed = site.run(&LIST);
    assert_eq!(listed.status, Some(1));
    for sentence in [
        "img: phone.ks:4:1: error: unknown command `prat` (did you mean `part`?)",
        "img: phone.ks: error: SuggestedArchitecture: no architecture `z80`",
        "img: phone.ks: error: SuggestedImageType: no image type `floppy`",
        "img: phone.ks: error: SuggestedFeatures: there is no feature `fax`",
        "img: all.ini: error: [ssh]: a feature has no `colour`",
        "img: all.ini: error: [ssh]: it has no `description`",
        "img: all.ini: error: [ssh]: there is no section [tools] with addresses",
        "img: all.ini: error: [ssh]: package \"a b\" cannot stand in a package list",
        "img: all.ini: error: [ssh]: group is empty",
        "img: all.ini: error: [ssh]: repository URL is empty",
        "img: again.ini:3: ",
    ] {
        assert!(listed.stderr.lines().any(|line| line.starts_with(sentence)), "{sentence}: {listed:?}");
    }
}

#[test]
fn no_terminal_obeys_a_template() {
    let headers = "# DisplayName: \u{1b}[2Jfine\n# SuggestedFeatures: \u{1b}[31mx\nlang C\n";
    let site = site(headers, "[ssh]\ndescription = \u{1b}[2Jred\n");
    site.kickstart("templates/two\nlines.ks", "lang C\n");
    let listed = site.run(&LIST);
    assert!(!format!("{}{}", listed.stdout, listed.stderr).contains('\u{1b}'), "{listed:?}");
    assert_eq!(listed.stdout.lines().count(), 3, "{listed:?}");
    assert!(listed.stdout.contains("\\u{1b}[2Jfine"), "{listed:?}");
}
