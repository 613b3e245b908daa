//! What people get wrong, and the sentence they are told: file, line, column, block.

use img_kickstart::Found;
use img_kickstart::kickstarter::{Flavour, Kickstarter, Wanted};

use crate::shelf::{Memory, make};

/// What stands before the configurations that have a mistake in them.
fn told(text: &str) -> String {
    told_of(text, &mut Memory::default())
}

fn told_of(text: &str, shelf: &mut Memory) -> String {
    match make(text, &Wanted::default(), shelf) {
        Err(mistakes) => mistakes.to_string(),
        Ok(made) => panic!("{text}: nothing is wrong: {made:?}"),
    }
}

#[test]
fn mistakes_of_form_are_told_with_their_line() {
    for (text, sentence) in [
        ("a: [1\n", "c.yaml:2:1: this is no YAML: "),
        ("a:\n\t- b\n", "c.yaml:2:"),
        ("- a\n", "c.yaml:1:1: the file should be a mapping of blocks, not a list"),
        ("a: {}\n---\nb: {}\n", "c.yaml:2:1: a second document begins here: a file holds one"),
        ("A: {}\nB: {}\nA: {}\n", "c.yaml:3:1: `A` is there twice"),
        ("A:\n  Kernel: x\n  Kernel: y\n", "c.yaml:3:3: `Kernel` is there twice"),
        ("A: !!python/object:os.system {}\n", "c.yaml:1:"),
        ("? [a]\n: b\n", "c.yaml:1:3: a key should be a text"),
        ("A: &a { Kernel: x }\nB: { <<: *a }\n", "c.yaml:2:6: `<<` is not read here: use `Inherit`"),
        ("A: &a [*a]\n", "c.yaml:1:8: this alias stands within what it is an alias of"),
        ("A: *nobody\n", "c.yaml:1:4: this is no YAML: "),
        ("A: 7\n", "c.yaml:1:1: in A: a block should be a mapping, not a text"),
        ("Configurations: {}\n", "c.yaml:1:1: `Configurations` should be a list, not a mapping"),
        ("Configurations: [x]\n", "c.yaml:1:18: a configuration should be a mapping, not a text"),
        ("Configurations: [{Kernel: x}]\n", "c.yaml:1:18: the configuration has no `Name`"),
        (
            "Repositories: [{Name: x}]\n",
            "c.yaml:1:16: in Repositories: a repository needs a `Name` and a `Url`",
        ),
        (
            "Repositories: [{Name: [x], Url: y}]\n",
            "c.yaml:1:23: in Repositories: `Name` should be a text, not a list",
        ),
        ("Repositories: [x]\n", "c.yaml:1:16: a repository should be a mapping, not a text"),
        ("ExternalConfigs: here\n", "c.yaml:1:18: `ExternalConfigs` should be a list, not a text"),
        ("ExternalConfigs: [../x]\n", "c.yaml:1:19: `../x` has a `..` in it, which could lead anywhere"),
        ("ExternalConfigs: [none]\n", "c.yaml:1:19: cannot read the folder none: there is no such folder"),
    ] {
        assert!(told(text).starts_with(sentence), "{text}: {}", told(text));
    }
    let latin = Found { name: "l.yaml".into(), text: b"A:\n  Kernel: \xe9\n".to_vec() };
    let error = Kickstarter::read(&[latin], &mut Memory::default()).unwrap_err();
    assert_eq!(error.to_string(), "l.yaml:2:1: the line is not UTF-8");
}

#[test]
fn mistakes_in_blocks_name_the_block() {
    for (text, sentence) in [
        ("A:\n  Groups: x\n", "c.yaml:2:11: in A: `Groups` should be a list, not a text"),
        ("A:\n  Groups: [[x]]\n", "c.yaml:2:12: in A: `Groups` should be a list of texts; a list is none"),
        ("A:\n  Kernel: [x]\n", "c.yaml:2:11: in A: `Kernel` should be a text, not a list"),
        ("A:\n  PartSize: big\n", "c.yaml:2:13: in A: `PartSize`: `big` is no whole number"),
        ("A:\n  StartX: perhaps\n", "c.yaml:2:11: in A: `StartX`: `perhaps` is neither yes nor no"),
        (
            "A:\n  RootPass: |\n    a\n    %post\n",
            "c.yaml:3:5: in A: `RootPass`: the text has a line break or a control character in it",
        ),
        (
            "A: { Inherit: [B] }\nb: {}\n",
            "c.yaml:1:16: in A: `Inherit` names the block `B`, which is not there (did you mean `b`?)",
        ),
        ("A: { Inherit: [A] }\n", "c.yaml:1:16: in A: `Inherit` goes round in a circle: A -> A"),
        (
            "A: { Inherit: [B] }\nB: { Inherit: [C] }\nC: { Inherit: [A] }\n",
            "c.yaml:3:16: in C: `Inherit` goes round in a circle: A -> B -> C -> A",
        ),
        (
            "Default: {}\nConfigurations: [{ Name: x, Platform: Hand }]\n",
            "c.yaml:2:39: in x: `Platform` names the block `Hand`, which is not there",
        ),
        (
            "Default: { Inherit: [] }\n",
            "c.yaml:1:12: in Default: `Inherit` is not read in files with `Default` or `Platform`",
        ),
        (
            "Configurations: [{ Name: x }, { Name: x }]\n",
            "c.yaml:1:31: in x: a configuration of that name is at c.yaml:1, too",
        ),
    ] {
        assert!(told(text).starts_with(sentence), "{text}: {}", told(text));
    }
}

#[test]
fn mistakes_of_a_kickstart_name_the_setting_they_come_from() {
    let head = "Configurations:\n  - Name: x\n";
    for (setting, sentence) in [
        (
            "Repos: [core]",
            "c.yaml:3:13: in x: `Repos` names the repository `core`, which is not in `Repositories`",
        ),
        ("FileName: a/b", "c.yaml:3:15: in x: `a/b` is no name of a file: set `FileName`"),
        ("FileName: ..", "c.yaml:3:15: in x: `..` is no name of a file: set `FileName`"),
        (
            "PostScripts: [a.post]",
            "c.yaml:3:19: in x: there is no `a.post`; it was looked for as a.post, scripts/a.post",
        ),
        ("PostScripts: [../a]", "c.yaml:3:19: in x: `../a` has a `..` in it, which could lead anywhere"),
        (
            "PostScripts: [/etc/passwd]",
            "c.yaml:3:19: in x: `/etc/passwd` is no name of a file below the folders",
        ),
        ("PostScripts: [\" \"]", "c.yaml:3:19: in x: `` is no name of a file below the folders"),
        ("Part: none", "c.yaml:3:11: in x: there is no `none`; it was looked for as none, part/none"),
        (
            "PackageArgs: sloppy",
            "c.yaml:3:18: in x: this would be `%packages --sloppy`: `%packages` has no option `--sloppy`",
        ),
        (
            "BootloaderOptions: --szie=1",
            "c.yaml:3:24: in x: this would be `bootloader --szie=1`: `bootloader` has no option",
        ),
        ("ExtraPackages: [\"%post\"]", "c.yaml:3:21: in x: package \"%post\" cannot stand in a package list"),
        ("Groups: [\"a#b\"]", "c.yaml:3:14: in x: package \"@a#b\" cannot stand in a package list"),
        ("RemovePackages: [-x]", "c.yaml:3:22: in x: package \"--x\" cannot stand in a package list"),
        ("PostScripts: [end]", "scripts/end:2:1: in x: `%end` would end the script in the middle"),
        (
            "PostScripts: [take]",
            "take:1:1: in x: this would be `%include /etc/shadow`: `%include` is not allowed here",
        ),
        (
            "Part: lines",
            "lines:1:1: in x: this would be `prat /`: unknown command `prat` (did you mean `part`?)",
        ),
        (
            "PostScripts: [mac]",
            "mac:1:1: in x: this would be `true\u{fffd}%end\u{fffd}rootpw a`: other readers start a new line here",
        ),
        ("Part: post", "post:1:1: in x: only commands may stand here"),
        ("PostScripts: [bytes]", "bytes:1:1: in x: the file is not UTF-8"),
    ] {
        let texts = [
            ("scripts/end", "true\n%end\n%pre\nrm -rf /\n"),
            ("take", "%include /etc/shadow\n"),
            ("lines", "prat /\n"),
            ("post", "%post\n"),
            ("mac", "true\r%end\rrootpw a\n"),
        ];
        let mut shelf = Memory::of(&texts);
        shelf.files.insert("bytes".into(), b"\xff".to_vec());
        let told = told_of(&format!("{head}    {setting}\n"), &mut shelf);
        assert!(told.starts_with(sentence), "{setting}: {told}");
        assert!(
            shelf.asked.iter().all(|path| !path.contains("..") && !path.starts_with('/')),
            "{:?}",
            shelf.asked
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let text = "A:\n  StartX: x\n  Groups: y\nConfigurations:\n  - Name: n\n    Inherit: [B]\n";
    let lines: Vec<_> = told(text).lines().map(|line| line.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(lines, ["c.yaml:2:11", "c.yaml:3:11", "c.yaml:6:15"]);
}

#[test]
fn a_file_is_written_once_and_an_address_is_chosen() {
    let twice = "Configurations:\n  - { Name: a, FileName: x }\n  - { Name: b, FileName: x.ks }\n";
    assert_eq!(told(twice), "c.yaml:3:5: in b: it would be written to x.ks, as `a` at c.yaml:2 would");
    let inactive = twice.replace("FileName: x.ks", "FileName: x.ks, Active: False");
    assert_eq!(make(&inactive, &Wanted::default(), &mut Memory::default()).unwrap().len(), 1);

    for (one, other) in [("FileName: r", "Baseline: r.ks"), ("Baseline: r.ks", "FileName: r")] {
        let meego = format!(
            "Default: {{ Language: x }}\nConfigurations:\n  - {{ Name: a, {one} }}\n  - {{ Name: b, {other} }}\n"
        );
        assert_eq!(
            told(&meego),
            "c.yaml:4:5: in b: r.ks would be a file and a folder, the other of `a` at c.yaml:3"
        );
    }

    let repos =
        "Configurations: [{ Name: a, Repos: [r] }]\nRepositories:\n  - { Name: r, Url-rnd: http://rnd/ }\n";
    assert_eq!(
        told(repos),
        "c.yaml:1:37: in a: repository `r` has an address for each flavour: say which, rnd or release"
    );
    let wanted = |flavour| Wanted { flavour: Some(flavour), ..Wanted::default() };
    let release = make(repos, &wanted(Flavour::Release), &mut Memory::default()).unwrap_err().to_string();
    assert!(release.ends_with("has no Url-release, and no Url for all"), "{release}");
    assert!(make(repos, &wanted(Flavour::Rnd), &mut Memory::default()).is_ok());
    let again = format!("{repos}  - {{ Name: r, Url: http://x/ }}\n");
    assert_eq!(told(&again), "c.yaml:4:5: in Repositories: repository `r` is at c.yaml:3, too");
}

#[test]
fn a_configuration_is_asked_for_by_name_or_file() {
    let text = "Configurations: [{ Name: a b, FileName: f, Active: no }, { Name: c }]\n";
    let only = |name: &str| Wanted { only: vec![name.into()], flavour: None };
    for (name, path) in [("a b", "f.ks"), ("f", "f.ks"), ("c", "c.ks")] {
        assert_eq!(make(text, &only(name), &mut Memory::default()).unwrap()[0].path, path, "{name}");
    }
    let none = make(text, &only("d"), &mut Memory::default()).unwrap_err().to_string();
    assert_eq!(none, "c.yaml:1:1: there is no configuration `d`; there are a b, c");
}

#[test]
fn what_a_block_says_of_being_active_and_of_the_file_counts_for_those_made_of_it() {
    let mer = "Idle: { Active: no, FileName: f }\nConfigurations:\n  - { Name: a, Inherit: [Idle] }\n  \
               - { Name: b, Inherit: [Idle], Active: yes }\n  - { Name: c, Inherit: [Idle], Active: , FileName: }\n";
    let meego = "Default: { Active: no }\nHand: { FileName: f }\nAwake: { Active: yes }\nConfigurations:\n  \
                 - { Name: a, Platform: Hand }\n  - { Name: b, Platform: Hand, Active: yes }\n  \
                 - { Name: c, Platform: Awake }\n";
    for text in [mer, meego] {
        let made = make(text, &Wanted::default(), &mut Memory::default()).unwrap();
        let made: Vec<_> = made.iter().map(|made| (&*made.name, &*made.path)).collect();
        assert_eq!(made, [("b", "f.ks"), ("c", "c.ks")], "{text}");
        let wanted = Wanted { only: vec!["f".into()], flavour: None };
        assert_eq!(make(text, &wanted, &mut Memory::default()).unwrap()[0].name, "a");
    }
    let both = mer.replace("Active: no", "Active: yes");
    assert_eq!(told(&both), "c.yaml:4:5: in b: it would be written to f.ks, as `a` at c.yaml:3 would");
}

#[test]
fn a_file_is_read_once_however_often_a_folder_is_named() {
    let text = "ExternalConfigs: [d, ., ./d/]\nConfigurations: [{ Name: x, Inherit: [B] }]\n";
    let mut shelf = Memory::of(&[("d/b.yaml", "B: { Kernel: k }\n")]);
    shelf.files.insert("/c.yaml".into(), text.into()); // the folder we are in is empty
    let made = make(text, &Wanted::default(), &mut shelf).unwrap();
    assert_eq!(made[0].packages, ["k"]);
    assert_eq!(shelf.asked, ["d/", "d/b.yaml", "/", "d/"]);
}
